"""`melde roads import` from a local server that answers like NVDB, and from files."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from app.database import session, transaction
from app.geo import nvdb as client
from app.routing.models import GroundImport, RoadSegment

from ..servers import nvdb

STREETS = {"K": "Storgata", "F": "Fylkesveien", "R": "Riksveien"}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(client, "FIRST_PAUSE_SECONDS", 0)
    monkeypatch.setattr(client, "LONGEST_PAUSE_SECONDS", 0)


def segment(category="K", number=1200, x=435800, y=6998600, **values):
    """A segment of NVDB API Les v4 in Kristiansund, EPSG:5972."""
    return {
        "metadata": {"startdato": "2020-11-18"},
        "typeVeg": "Enkel bilveg",
        "geometri": {"wkt": f"LINESTRING Z({x} {y} 5, {x + 90} {y + 30} 6)", "srid": 5972},
        "vegsystemreferanse": {
            "vegsystem": {"vegkategori": category, "fase": "V", "nummer": number},
            "kortform": f"{category}V{number} S1D1",
        },
        "vegforvaltere": [{"enumid": 1, "vegforvalter": "Kristiansund kommune"}],
        "adresse": {"navn": STREETS.get(category)},
        **values,
    }


def roads():
    """What is stored: category, number, street."""
    session().rollback()
    rows = session().execute(
        select(RoadSegment.category, RoadSegment.number, RoadSegment.street_name).order_by(
            RoadSegment.id
        )
    )
    return [tuple(row) for row in rows]


def imports():
    return [(row.kind, row.source, row.rows) for row in session().scalars(select(GroundImport))]


@pytest.fixture
def known_road(jurisdiction):
    """The road that an earlier import brought."""
    line = "LINESTRING(7.72 63.11, 7.73 63.11)"
    with transaction():
        session().add(RoadSegment(jurisdiction_id=jurisdiction.id, category="E", line=line))
    return [("E", None, None)]


def test_all_pages_of_nvdb_replace_what_was_there(melde, known_road):
    segments = [segment("K"), segment("F", 64), segment("R", 70)]
    with nvdb(segments=segments) as database:
        done = melde("roads", "import", "--jurisdiction", "1505", MELDE_NVDB_URL=database.url)
    assert done.exit_code == 0, done.output
    assert "3 road segments" in done.output
    assert "in place of 1" in done.output
    assert roads() == [
        ("K", 1200, "Storgata"),
        ("F", 64, "Fylkesveien"),
        ("R", 70, "Riksveien"),
    ]
    assert imports() == [("roads", database.url, 3)]


def test_every_fact_of_a_segment_is_stored(melde, jurisdiction, tmp_path):
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"objekter": [segment()], "metadata": {}}))
    started = datetime.now(UTC)
    assert melde("roads", "import", "--jurisdiction", "1505", path).exit_code == 0
    stored = session().scalars(select(RoadSegment)).one()
    assert stored.jurisdiction_id == jurisdiction.id
    assert stored.manager == "Kristiansund kommune"
    assert stored.road_type == "Enkel bilveg"
    assert stored.reference == "KV1200 S1D1"
    assert to_shape(stored.line).coords[0] == pytest.approx((7.7276, 63.1111), abs=1e-3)
    assert session().scalars(select(GroundImport.imported_at)).one() >= started


def test_the_contact_of_the_settings_is_sent(melde):
    with nvdb(segments=[segment()]) as database:
        address = {"MELDE_NVDB_URL": database.url, "MELDE_NVDB_CONTACT": "drift@example.org"}
        melde("roads", "import", "--jurisdiction", "1505", **address)
    assert database.asked[0][2]["X-Kontaktperson"] == "drift@example.org"


def test_roads_of_other_municipalities_stay(melde, other_jurisdiction, tmp_path):
    with transaction():
        session().add(
            RoadSegment(
                jurisdiction_id=other_jurisdiction, category="F", line="LINESTRING(8 63, 8.1 63)"
            )
        )
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"objekter": [segment()]}))
    melde("roads", "import", "--jurisdiction", "1505", path)
    assert roads() == [("F", None, None), ("K", 1200, "Storgata")]


def test_it_is_safe_to_repeat(melde, tmp_path):
    path = tmp_path / "page.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"objekter": [segment()]}).encode()))
    for _ in range(2):
        assert melde("roads", "import", "--jurisdiction", "1505", path).exit_code == 0
    assert roads() == [("K", 1200, "Storgata")]
    assert len(imports()) == 2


def test_what_was_left_out_is_told(melde):
    segments = [segment(), segment(vegsystemreferanse=None), segment(sluttdato="2021-01-01")]
    with nvdb(segments=segments) as database:
        done = melde("roads", "import", "--jurisdiction", "1505", MELDE_NVDB_URL=database.url)
    assert "left out: 1 segments ended" in done.output
    assert "left out: 1 segments without a road reference" in done.output


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ({"faults": {1: ["500"] * 9}}, "answered 500 (5 attempts)"),
        ({"faults": {1: ["429"] * 9}}, "answered 429"),
        ({"faults": {1: ["cut"] * 9}}, "did not answer"),
        ({"faults": {0: ["html"] * 9}}, "cannot be read"),
        ({"faults": {0: ["400"]}}, "answered 400"),
        ({"repeats_itself": True}, "repeats itself"),
        ({"announced": 50}, "announced 50 segments and sent only 3"),
        ({"segments": []}, "there are no roads in it"),
        ({"segments": [segment(vegsystemreferanse=None)]}, "1 without a road reference"),
        ({"segments": [segment("X")]}, "vegkategori is «X»"),
        ({"segments": [segment(x=262000, y=6650000)]}, "km outside the municipality"),
    ],
)
def test_a_failure_is_told_and_leaves_the_old_roads(melde, known_road, server, sentence):
    with nvdb(**{"segments": [segment(), segment(), segment()], **server}) as database:
        done = melde("roads", "import", "--jurisdiction", "1505", MELDE_NVDB_URL=database.url)
    assert done.exit_code == 1
    assert sentence in done.output
    assert roads() == known_road
    assert imports() == []


@pytest.mark.parametrize("fault", ["500", "429", "cut", "hang up"])
def test_a_page_that_breaks_once_does_no_harm(melde, fault):
    with nvdb(segments=[segment()] * 5, faults={1: [fault]}) as database:
        done = melde("roads", "import", "--jurisdiction", "1505", MELDE_NVDB_URL=database.url)
    assert done.exit_code == 0, done.output
    assert len(roads()) == 5


def collection(*lines, **properties):
    values = {"vegkategori": "K", "vegnummer": 7, **properties}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": values,
                "geometry": {"type": "LineString", "coordinates": line},
            }
            for line in lines
        ],
    }


NEAR = [[7.72, 63.11], [7.73, 63.11]]
BEYOND = [[7.72, 63.11], [9, 62]]
OSLO = [[10.7, 59.9], [10.8, 59.9]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (collection(OSLO, OSLO, NEAR), "10.7 E 59.9 N, is 379 km outside the municipality"),
        (collection([[435800, 6998600], [435900, 6998600]]), "not on the globe in degrees"),
        (collection(NEAR, vegnummer="sju"), "vegnummer is «sju»"),
        ({"type": "FeatureCollection", "features": []}, "there are no features"),
        ({"type": "Topology"}, "an answer of NVDB or a GeoJSON FeatureCollection is needed"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(melde, known_road, tmp_path, content, sentence):
    path = tmp_path / "roads.geojson"
    path.write_text(json.dumps(content))
    done = melde("roads", "import", "--jurisdiction", "1505", path)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "roads.geojson was not imported; nothing was changed" in done.output
    assert roads() == known_road


def test_geojson_roads_that_run_on_beyond_the_boundary_are_kept(melde, tmp_path):
    path = tmp_path / "roads.geojson"
    path.write_text(json.dumps(collection(NEAR, BEYOND, OSLO)))
    assert melde("roads", "import", "--jurisdiction", "1505", path).exit_code == 0
    assert len(roads()) == 3


def test_a_truncated_file_changes_nothing(melde, known_road, tmp_path):
    whole = gzip.compress(json.dumps({"objekter": [segment()] * 50}).encode())
    path = tmp_path / "page.json.gz"
    path.write_bytes(whole[:-20])
    done = melde("roads", "import", "--jurisdiction", "1505", path)
    assert (done.exit_code, roads()) == (1, known_road)
    assert "page.json.gz: the gzip file is cut off" in done.output


def test_a_municipality_that_is_not_here_is_named(melde):
    done = melde("roads", "import", "--jurisdiction", "9999")
    assert done.exit_code == 1
    assert "There is no municipality 9999 here" in done.output
