"""What residents type finds the service they mean, in three languages, with slips of the finger."""

import pytest
from sqlalchemy import text

from app.catalog.operations import load
from app.catalog.search import services_for
from app.database import session
from app.i18n import force_locale

from ..conftest import ROOT

PHRASES = [
    ("nb", "hull i veien", "ROAD-POTHOLE"),
    ("nb", "hul", "ROAD-POTHOLE"),
    ("nb", "Det er et stort hull i asfalten ved skolen, bilene svinger ut", "ROAD-POTHOLE"),
    ("nb", "mørkt", "LIGHT-DARK"),
    ("nb", "lyktestolpen lyser ikke", "LIGHT-DARK"),
    ("nb", "gatelyss", "LIGHT-DARK"),
    ("nb", "gatelykt", "LIGHT-DARK"),
    ("nb", "lyset er gått utenfor huset vårt", "LIGHT-DARK"),
    ("nb", "hele gata er mørk", "LIGHT-SEVERAL-DARK"),
    ("nb", "lampa blinker hele tiden", "LIGHT-FLICKERING"),
    ("nb", "gatelyset står på om dagen", "LIGHT-BY-DAY"),
    ("nb", "noen har kjørt på lysmasten", "LIGHT-POLE"),
    ("nb", "kloakk lukter", "SEWAGE-SMELL"),
    ("nb", "det stinker kloakk", "SEWAGE-SMELL"),
    ("nb", "tett sluk", "SEWAGE-GULLY"),
    ("nb", "kumlokket er borte", "SEWAGE-MANHOLE"),
    ("nb", "kloakk i kjelleren", "SEWAGE-BLOCKED"),
    ("nb", "sølpespann", "WASTE-NOT-COLLECTED"),
    ("nb", "bosset er ikke hentet", "WASTE-NOT-COLLECTED"),
    ("nb", "søppelet er ikke hentet", "WASTE-NOT-COLLECTED"),
    ("nb", "søppelkassen er full", "WASTE-LITTER-BIN"),
    ("nb", "noen har kastet en sofa i skogen", "WASTE-DUMPED"),
    ("nb", "glasscontaineren er full", "WASTE-CONTAINER"),
    ("nb", "ikke vann i springen", "WATER-NONE"),
    ("nb", "brunt vann", "WATER-QUALITY"),
    ("nb", "vannet lekker ut i gata", "WATER-LEAK"),
    ("nb", "dårlig trykk i dusjen", "WATER-PRESSURE"),
    ("nb", "glatt på veien", "ROAD-WINTER"),
    ("nb", "ikke brøyta", "ROAD-WINTER"),
    ("nb", "trafikkskiltet er revet ned", "ROAD-SIGN"),
    ("nb", "autovær ødelagt", "ROAD-SIGN"),
    ("nb", "brostein løs på fortauet", "ROAD-PAVEMENT"),
    ("nb", "hekken skjuler krysset", "ROAD-SIGHT"),
    ("nb", "oljesøl i havna", "ENVIRONMENT-OIL"),
    ("nb", "bilvrak uten skilter", "ENVIRONMENT-VEHICLE"),
    ("nb", "sprøytespisser ved busstoppet", "ENVIRONMENT-HAZARDOUS"),
    ("nb", "naboen brenner bål", "ENVIRONMENT-NOISE"),
    ("nb", "huska på lekeplassen er ødelagt", "OTHER-PLAYGROUND"),
    ("nb", "benken er knekt", "OTHER-PARK"),
    ("nb", "livbøya mangler på kaia", "OTHER-QUAY"),
    ("nb", "grafitti på veggen", "OTHER-GRAFFITI"),
    ("nn", "hol i vegen", "ROAD-POTHOLE"),
    ("nn", "vegen er ikkje brøytt", "ROAD-WINTER"),
    ("nn", "lykta er sløkt", "LIGHT-DARK"),
    ("nn", "søpla er ikkje henta", "WASTE-NOT-COLLECTED"),
    ("nn", "vatnet er brunt", "WATER-QUALITY"),
    ("nn", "daudt dyr i vegkanten", "ENVIRONMENT-OTHER"),
    ("nn", "leikeplassen", "OTHER-PLAYGROUND"),
    ("nn", "hull i veien", "ROAD-POTHOLE"),
    ("en", "pothole", "ROAD-POTHOLE"),
    ("en", "potholes on the road", "ROAD-POTHOLE"),
    ("en", "street lamp is dark", "LIGHT-DARK"),
    ("en", "streetlight not working", "LIGHT-DARK"),
    ("en", "it smells of sewage", "SEWAGE-SMELL"),
    ("en", "garbage not collected", "WASTE-NOT-COLLECTED"),
    ("en", "grafiti", "OTHER-GRAFFITI"),
    ("en", "icy road", "ROAD-WINTER"),
    ("en", "no water", "WATER-NONE"),
    ("en", "abandoned car", "ENVIRONMENT-VEHICLE"),
    ("en", "hull i veien", "ROAD-POTHOLE"),
    ("nb", "pothole", "ROAD-POTHOLE"),
    ("nb", "street light", "LIGHT-DARK"),
]


@pytest.mark.parametrize(("language", "words", "service"), PHRASES)
def test_words_find_the_service_among_the_first_three(jurisdiction, language, words, service):
    with force_locale(language):
        found = services_for(jurisdiction.id, words, language, 3)
    assert service in [match.code for match in found]


@pytest.mark.parametrize("words", ["", "i", "qqxxqq", "og det er", "1234567", "'; --", "🙂"])
def test_words_that_mean_nothing_find_nothing(jurisdiction, words):
    assert services_for(jurisdiction.id, words, "nb") == []


def test_a_description_of_any_length_is_read(jurisdiction):
    assert services_for(jurisdiction.id, "hull i veien " * 400, "nb")[0].code == "ROAD-POTHOLE"


def test_names_come_in_the_language_in_use(jurisdiction):
    with force_locale("en"):
        found = services_for(jurisdiction.id, "hull", "en", 1)
    assert (found[0].name, found[0].group_name) == ("Pothole", "Road")


def test_a_service_out_of_use_is_not_found(jurisdiction):
    session().execute(text("UPDATE service SET is_active = false WHERE code = 'ROAD-POTHOLE'"))
    codes = [match.code for match in services_for(jurisdiction.id, "hull i veien", "nb", 10)]
    assert "ROAD-POTHOLE" not in codes


def test_loading_the_catalogue_again_leaves_each_word_once(jurisdiction):
    count = text("SELECT count(*) FROM service_term")
    before = session().scalar(count)
    load(ROOT / "municipalities" / "kristiansund", jurisdiction.id)
    assert session().scalar(count) == before > 1000


def test_words_and_trigrams_have_their_indexes(jurisdiction):
    session().execute(text("SET LOCAL enable_seqscan = off"))
    plan = "EXPLAIN SELECT 1 FROM service_term WHERE "
    words = session().scalars(text(plan + "words @@ plainto_tsquery('norwegian', 'hull')"))
    assert "ix_service_term_words" in " ".join(words)
    terms = session().scalars(text(plan + "term %> 'gatelyss'"))
    assert "ix_service_term_term" in " ".join(terms)
