"""The catalogue: the same statements in every form, by the rules of DCAT-AP-NO, at addresses that last."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, SKOS, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from app.database import transaction
from app.jurisdictions.queries import by_number
from app.open_data.catalogue_terms import AUTHORITY
from app.open_data.columns import Dataset
from app.open_data.datasets import DATASETS
from tests.factories import submitted

SHAPES = Path(__file__).parent / "shapes" / "dcat-ap-no.ttl"
FORMS = {
    "text/turtle": ("ttl", "turtle"),
    "application/ld+json": ("jsonld", "json-ld"),
    "application/rdf+xml": ("rdf", "xml"),
}


def read(client, accept="text/turtle"):
    answer = client.get("/catalog", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.mimetype == accept
    return Graph().parse(data=answer.text, format=FORMS[accept][1])


def vocabularies(graph: Graph) -> Graph:
    """What the EU's tables say of their own terms, for those that the catalogue uses."""
    said = Graph()
    for term in {part for statement in graph for part in statement if isinstance(part, URIRef)}:
        table, _, code = str(term).removeprefix(f"{AUTHORITY}/").partition("/")
        if str(term).startswith(AUTHORITY) or "publishertype" in str(term):
            said.add((term, RDF.type, SKOS.Concept))
            said.add((term, SKOS.prefLabel, Literal(code or term, lang="en")))
            said.add((term, SKOS.inScheme, URIRef(f"{AUTHORITY}/{table}")))
    return said


def check(graph: Graph) -> tuple[bool, str]:
    fits, _, told = validate(graph + vocabularies(graph), shacl_graph=Graph().parse(SHAPES))
    return fits, told


def test_every_form_says_the_same(client, jurisdiction):
    submitted(jurisdiction, now=datetime(2026, 3, 1, tzinfo=UTC))
    graphs = [read(client, accept) for accept in FORMS]
    assert len(graphs[0]) > 400
    assert isomorphic(graphs[0], graphs[1])
    assert isomorphic(graphs[0], graphs[2])
    for type_, (end, form) in FORMS.items():
        answer = client.get(f"/catalog.{end}")
        assert answer.mimetype == type_
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert isomorphic(graphs[0], Graph().parse(data=answer.text, format=form))


def test_the_rules_of_dcat_ap_no_are_kept(client, jurisdiction):
    submitted(jurisdiction)
    fits, told = check(read(client))
    assert fits, told


@pytest.mark.parametrize(
    ("subject", "predicate"),
    [
        (DCAT.Catalog, DCTERMS.identifier),
        (DCAT.Dataset, DCTERMS.title),
        (DCAT.Dataset, DCAT.contactPoint),
        (DCAT.Dataset, DCAT.theme),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.Distribution, DCTERMS.license),
        (DCAT.DataService, DCAT.endpointURL),
    ],
)
def test_the_rules_notice_what_is_missing(client, subject, predicate):
    graph = read(client)
    one = next(graph.subjects(RDF.type, subject))
    graph.remove((one, predicate, None))
    assert check(graph)[0] is False


def test_every_dataset_and_format_is_in_it_with_files_that_are_there(client):
    graph = read(client)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(DATASETS)
    urls = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
    assert len(urls) == sum(len(dataset.formats) for dataset in DATASETS.values())
    for url in urls:
        answer = client.get("/" + url.split("/", 3)[3])
        assert answer.status_code == 200, url
    for url in graph.objects(None, DCAT.accessURL):
        assert client.get("/" + str(url).split("/", 3)[3]).status_code == 200, url
    for page in graph.objects(None, DCAT.landingPage):
        assert client.get("/" + str(page).split("/", 3)[3]).status_code == 200, page
    for page in graph.objects(None, DCAT.endpointDescription):
        assert client.get("/" + str(page).split("/", 3)[3]).status_code == 200, page


def test_titles_are_in_every_language(client):
    graph = read(client)
    for dataset in graph.subjects(RDF.type, DCAT.Dataset):
        tongues = {title.language for title in graph.objects(dataset, DCTERMS.title)}
        assert tongues == {"nb", "nn", "en"}


def test_all_that_is_ours_has_an_address_that_answers(client):
    graph = read(client)
    kinds = (DCAT.Dataset, DCAT.Distribution, DCAT.DataService)
    for thing in {one for kind in kinds for one in graph.subjects(RDF.type, kind)}:
        path = "/" + str(thing).split("/", 3)[3]
        for_people = client.get(path, headers={"Accept": "text/html"})
        assert for_people.status_code == 303
        assert client.get(for_people.headers["Location"]).status_code == 200
        for type_, (end, _) in FORMS.items():
            for_programs = client.get(path, headers={"Accept": type_})
            assert for_programs.status_code == 303
            assert for_programs.headers["Location"].endswith(f"/catalog.{end}")


@pytest.mark.parametrize(
    "path",
    ["/dataset/nothing", "/dataset/yearly/docx", "/dataset/services/geojson", "/dataservice/x"],
)
def test_what_there_is_not_is_404(client, path):
    assert client.get(path).status_code == 404


def test_weights_choose_and_what_nobody_has_is_406(client):
    weighed = {"Accept": "text/turtle;q=0.2, application/rdf+xml;q=0.7, text/html;q=0.1"}
    assert client.get("/catalog", headers=weighed).mimetype == "application/rdf+xml"
    assert client.get("/catalog").mimetype == "text/turtle"
    assert client.get("/catalog", headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/html"
    assert client.get("/catalog", headers={"Accept": "image/png"}).status_code == 406


def test_a_harvester_hears_that_nothing_has_changed(client, jurisdiction):
    first = client.get("/catalog.ttl")
    assert "Accept" in first.headers["Vary"]
    again = client.get("/catalog.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_municipality_chooses_the_licence(client, jurisdiction):
    def licences():
        graph = read(client)
        return {str(one) for one in graph.objects(None, DCTERMS.license)}

    assert licences() == {f"{AUTHORITY}/licence/NLOD_2_0"}
    try:
        with transaction():
            by_number("1505").licence = "CC-BY-4.0"
        assert licences() == {f"{AUTHORITY}/licence/CC_BY_4_0"}
        assert check(read(client))[0]
    finally:
        with transaction():
            by_number("1505").licence = "NLOD-2.0"


def test_the_page_of_a_dataset_tells_search_engines_the_same(client):
    page = client.get("/apne-data/service-requests").text
    found = re.findall(r'<script type="application/ld\+json">(.+?)</script>', page, re.DOTALL)
    assert len(found) == 1
    said = json.loads(found[0])
    assert said["@type"] == "Dataset"
    assert said["@id"].endswith("/dataset/service-requests")
    assert said["license"] == "https://data.norge.no/nlod/no/2.0"
    assert {one["name"] for one in said["distribution"]} >= {"CSV", "GeoJSON", "Parquet"}
    assert re.search(r'<link rel="alternate" type="text/turtle"[^>]+href="/catalog\.ttl"', page)


def test_no_text_can_end_the_block_early(client, monkeypatch):
    monkeypatch.setattr(Dataset, "title", lambda _self: "</script><b>&")
    page = client.get("/apne-data/services").text
    block = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(block)["name"] == "</script><b>&"
