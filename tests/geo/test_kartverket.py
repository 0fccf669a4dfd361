"""Kartverket's services: what is asked, what is understood, and what happens when they fail."""

import json
import logging
import time

import pytest

from app.geo import kartverket as client
from app.geo.breaker import PAUSE_SECONDS, Breaker
from app.geo.kartverket import (
    KartverketAway,
    addresses_like,
    addresses_near,
    ask,
    names_like,
    names_near,
    tidy,
)

from ..conftest import ROOT
from ..factories import TOWN
from ..kartverket import address, kartverket, name

HOUSE = address("Vågeveien", 4, 63.1105, 7.7281)
ISLAND = name("Innlandet", 63.1044, 7.7348)
QUESTION = addresses_like("Vågeveien 4", "1505")


@pytest.fixture
def service():
    with kartverket(addresses=[HOUSE], names=[ISLAND]) as running:
        yield running


def test_an_address_is_asked_for_in_the_municipality_and_in_degrees(service):
    (hit,) = ask(service.url, QUESTION)
    assert (hit.text, hit.street, hit.number) == ("Vågeveien 4", "Vågeveien", 4)
    assert (hit.longitude, hit.latitude, hit.area) == (7.7281, 63.1105, "KRISTIANSUND N")
    ((path, query, headers),) = service.asked
    assert path == "/adresser/v1/sok"
    assert query["sok"] == ["Vågeveien 4*"]
    assert query["kommunenummer"] == ["1505"]
    assert query["utkoordsys"] == ["4258"]
    assert headers["User-Agent"].startswith("melde-feil")


def test_addresses_around_a_point_are_asked_for_by_lat_and_lon(service):
    (hit,) = ask(service.url, addresses_near(TOWN, "1505", metres=60))
    assert hit.text == "Vågeveien 4"
    ((path, query, _),) = service.asked
    assert path == "/adresser/v1/punktsok"
    assert (query["lat"], query["lon"], query["radius"]) == (["63.11040"], ["7.72790"], ["60"])


def test_a_name_is_read_by_its_spelling_with_the_ring_over_the_a(service):
    (hit,) = ask(service.url, names_like("Innl", "1505"))
    assert (hit.text, hit.longitude, hit.latitude) == ("Innlandet", 7.7348, 63.1044)
    ((path, query, _),) = service.asked
    assert (path, query["knr"], query["side"]) == ("/stedsnavn/v1/navn", ["1505"], ["1"])


def test_names_around_a_point_have_their_spelling_in_a_list(service):
    position = client.Position(longitude=7.7348, latitude=63.1044)
    (hit,) = ask(service.url, names_near(position, "1505", metres=500))
    assert hit.text == "Innlandet"
    ((_, query, _),) = service.asked
    assert (query["nord"], query["ost"]) == (["63.10440"], ["7.73480"])


def test_nothing_found_is_an_answer(service):
    assert ask(service.url, addresses_like("Finnes ikke", "1505")) == []


def test_what_is_in_another_municipality_is_left_out(service):
    service.addresses = [HOUSE | {"kommunenummer": "1554"}]
    service.names = [ISLAND | {"kommuner": [{"kommunenummer": "1554"}]}]
    assert ask(service.url, addresses_near(TOWN, "1505", metres=200)) == []
    assert ask(service.url, names_like("Innl", "1505")) == []


def test_the_recorded_answers_are_understood():
    folder = ROOT / "tests" / "geo" / "answers"
    for path in sorted(folder.glob("*.json")):
        recorded = json.loads(path.read_text())
        rows = recorded["adresser"]
        number = rows[0]["kommunenummer"] if rows else "1505"
        with kartverket(fault=path.read_text()) as running:
            hits = ask(running.url, addresses_like("Arendalsgata 12", number))
        assert [hit.text for hit in hits] == [row["adressetekst"] for row in rows]


def test_the_number_of_a_property_is_no_street_address(service):
    service.addresses = [HOUSE | {"objtype": "Matrikkeladresse", "adressenavn": None}]
    (hit,) = ask(service.url, QUESTION)
    assert hit.street is None


# --- what goes wrong --------------------------------------------------------------------------------

BROKEN = [
    "500",
    "404",
    "cut",
    "hang up",
    "<html>Vedlikehold</html>",
    " ",
    "[]",
    "null",
    "{}",
    '{"adresser": {}}',
    '{"adresser": [1]}',
    '{"adresser": [{"adressetekst": "Vågeveien 4"}]}',
    json.dumps({"adresser": [HOUSE | {"representasjonspunkt": {"lat": "nord", "lon": 7}}]}),
    json.dumps({"adresser": [HOUSE | {"representasjonspunkt": {"lat": 630, "lon": 7}}]}),
    '{"adresser": [{"adressetekst": "V", "kommunenummer": "1505",'
    ' "representasjonspunkt": {"lat": NaN, "lon": 7}}]}',
    "[" * 100_000,
    " " * 600_000,
]


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault[:24])
def test_an_answer_that_cannot_be_used_is_away(service, fault):
    service.fault = fault
    with pytest.raises(KartverketAway):
        ask(service.url, QUESTION)


def test_a_service_that_is_not_there_is_away():
    with pytest.raises(KartverketAway):
        ask("http://127.0.0.1:9", QUESTION)


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_nobody_waits_longer_than_the_deadline(service, fault):
    service.fault = fault
    began = time.monotonic()
    with pytest.raises(KartverketAway):
        ask(service.url, QUESTION, deadline_seconds=0.3)
    assert time.monotonic() - began < 0.9


def test_what_was_asked_is_not_logged(service, caplog):
    caplog.set_level(logging.DEBUG, logger="app")
    for fault in ("500", "hang up", "{}"):
        service.fault = fault
        with pytest.raises(KartverketAway) as raised:
            ask(service.url, QUESTION)
        assert "geveien" not in str(raised.value)
    told = [record.getMessage() for record in caplog.records if record.name.startswith("app")]
    assert told
    assert "geveien" not in "".join(told)


def test_after_two_failures_nobody_asks_for_a_while(service):
    service.fault = "500"
    for _ in range(5):
        with pytest.raises(KartverketAway):
            ask(service.url, QUESTION)
    assert len(service.asked) == 2


def test_one_refusal_for_too_many_questions_is_enough(service):
    service.fault = "429"
    for _ in range(3):
        with pytest.raises(KartverketAway):
            ask(service.url, QUESTION)
    assert len(service.asked) == 1


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_after_the_pause_one_may_try_while_the_others_wait():
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    clock.now += PAUSE_SECONDS
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    breaker.worked()
    assert breaker.lets_through()


def test_a_failure_after_the_pause_makes_a_new_one():
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed()
    breaker.failed()
    clock.now += PAUSE_SECONDS
    assert breaker.lets_through()
    breaker.failed()
    clock.now += PAUSE_SECONDS - 1
    assert not breaker.lets_through()


def test_a_success_between_two_failures_makes_no_pause():
    breaker = Breaker(clock=Clock())
    breaker.failed()
    breaker.worked()
    breaker.failed()
    assert breaker.lets_through()


def test_the_service_may_ask_for_a_longer_pause_but_not_for_ever():
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.failed(pause_seconds=1e9)
    clock.now += 599
    assert not breaker.lets_through()
    clock.now += 2
    assert breaker.lets_through()


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("  Vågeveien   4 ", "Vågeveien 4"),
        ("Va\u030ageveien", "Vågeveien"),
        ("St. Olavs plass 2/B", "St. Olavs plass 2/B"),
        ('*?"<script>&sok=x', "script sok x"),
        ("\x00\ud800", ""),
        ("x" * 500, "x" * 100),
    ],
)
def test_what_is_typed_is_searched_for_without_signs_that_mean_something_else(typed, searched):
    assert tidy(typed) == searched


def test_the_same_question_in_other_capitals_has_the_same_key():
    assert QUESTION.key() == addresses_like("VÅGEVEIEN 4", "1505").key()
    assert QUESTION.key() != addresses_like("Vågeveien 5", "1505").key()
    assert QUESTION.key() != addresses_like("Vågeveien 4", "1554").key()
