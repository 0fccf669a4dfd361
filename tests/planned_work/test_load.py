"""Planned work from planned_work.geojson to the map, the pages and the form."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from app.database import transaction
from app.jurisdictions.setup_files import BrokenSetup
from app.planned_work import operations, queries

from ..factories import GRIP, TOWN, near

TODAY = date(2026, 3, 10)
TEXTS = {"nb": "Ny vannledning", "nn": "Ny vassleidning", "en": "New water main"}


def square(position, metres=100):
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    at = [near(position, east=metres * east, north=metres * north) for east, north in corners]
    return {"type": "Polygon", "coordinates": [[[p.longitude, p.latitude] for p in at]]}


def feature(code="vann-1", *, geometry=None, **properties):
    values = {
        "code": code,
        "title": TEXTS,
        "description": TEXTS,
        "from": "2026-03-09",
        "to": "2026-03-20",
        "group": "water",
    }
    given = {name: value for name, value in (values | properties).items() if value is not None}
    return {"type": "Feature", "properties": given, "geometry": geometry or square(TOWN)}


@pytest.fixture
def load(tmp_path, jurisdiction):
    def loaded(*features):
        content = {"type": "FeatureCollection", "features": list(features)}
        (tmp_path / "planned_work.geojson").write_text(json.dumps(content))
        with transaction():
            return operations.load(tmp_path, jurisdiction.id)

    return loaded


def test_work_is_known_where_it_is_until_it_is_over(load, jurisdiction):
    load(feature())
    (work,) = queries.at(jurisdiction.id, TOWN, TODAY)
    assert (work.code, work.group_code, work.ends_on) == ("vann-1", "water", date(2026, 3, 20))
    assert queries.at(jurisdiction.id, GRIP, TODAY) == []
    assert len(queries.at(jurisdiction.id, TOWN, date(2026, 3, 20))) == 1
    assert queries.at(jurisdiction.id, TOWN, date(2026, 3, 21)) == []


def test_loading_twice_changes_nothing_and_a_shorter_file_takes_away(load):
    assert load(feature(), feature("vei-2", group=None)) == [
        "planned work vann-1: added",
        "planned work vei-2: added",
    ]
    assert load(feature(), feature("vei-2", group=None)) == []
    assert load(feature("vei-2", group=None, to="2026-03-22")) == [
        "planned work vei-2: changed ends_on",
        "planned work vann-1: removed",
    ]
    assert load() == ["planned work vei-2: removed"]


def test_a_folder_without_the_file_has_no_planned_work(tmp_path, jurisdiction):
    with transaction():
        assert operations.load(tmp_path, jurisdiction.id) == []


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (feature(title={"nb": "Bare bokmål"}), "title: the text is missing in nn, en"),
        (feature(to="2026-03-01"), "to: the work ends before it begins"),
        (feature(**{"from": "i morgen"}), "from: Not a valid date."),
        (feature(group="cars"), "group: Must be one of"),
        (feature("vann-0"), "the code vann-0 stands twice"),
        (feature("demo-x"), "codes that begin with demo- are for the demo"),
        (feature(geometry={"type": "Point", "coordinates": [7.7, 63.1]}), "Polygon"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "code: Missing data"),
        ("not a feature", "not a GeoJSON feature"),
    ],
)
def test_what_is_wrong_is_told_with_the_features_number(load, broken, words):
    with pytest.raises(BrokenSetup) as fault:
        load(feature("vann-0"), broken)
    assert any(
        line.startswith("planned_work.geojson: feature 2: ") and words in line
        for line in fault.value.faults
    ), fault.value.faults


def test_demo_work_stays_when_the_folder_is_loaded(load, jurisdiction):
    demo = [("demo file: feature 1", feature("demo-1"))]
    with transaction():
        operations.replace_demo(demo, jurisdiction.id)
    assert load(feature()) == ["planned work vann-1: added"]
    with transaction():
        operations.replace_demo([], jurisdiction.id)
    assert [work.code for work in queries.coming(jurisdiction.id, TODAY)] == ["vann-1"]


def test_pages_and_map_tell_of_it_in_the_readers_language(client, load):
    today = datetime.now(UTC).date()
    days = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}
    load(feature(**days), feature("over", **{"from": "2020-01-01", "to": "2020-01-02"}))
    for path in ("/", "/meldinger"):
        page = client.get(path).text
        assert "Ny vannledning" in page
        assert page.count("planned__work") == 1
    client.set_cookie("language", "en")
    answer = client.get("/kart/planlagt.geojson")
    assert answer.content_type == "application/geo+json"
    (found,) = answer.json["features"]
    assert found["properties"]["title"] == "New water main"
    assert found["properties"]["period"].startswith("Going on until")
    assert found["geometry"]["type"] == "MultiPolygon"
    again = client.get("/kart/planlagt.geojson", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
