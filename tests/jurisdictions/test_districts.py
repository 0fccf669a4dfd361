"""Districts from the municipality's folder: loaded, refused, and the reports that are in them."""

import json
import shutil

import pytest
from shapely.geometry import Point, shape
from sqlalchemy import select

from app.database import session, transaction
from app.geo.positions import Position
from app.jurisdictions.districts import load
from app.jurisdictions.models import District
from app.jurisdictions.setup_files import BrokenSetup
from app.service_requests.models import ServiceRequest

from ..conftest import ROOT
from ..factories import GRIP, TOWN, submitted

FOLDER = ROOT / "municipalities" / "kristiansund"
KNOWN = {
    "kirkelandet": (7.7230, 63.1115),
    "innlandet": (7.7348, 63.1044),
    "gomalandet": (7.7430, 63.1220),
    "nordlandet": (7.7570, 63.1110),
    "lokkemyra": (7.7860, 63.1110),
    "frei": (7.8499, 63.0959),
    "grip": (7.5931, 63.2200),
}


def square(code, west, south, side=0.01, **properties):
    ring = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return {
        "type": "Feature",
        "properties": {
            "code": code,
            "name": {"nb": code, "nn": code, "en": code},
            "source": "test",
            **properties,
        },
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[round(west + x, 6), round(south + y, 6)] for x, y in ring]],
        },
    }


@pytest.fixture
def folder(tmp_path):
    def write(*features):
        content = {"type": "FeatureCollection", "features": list(features)}
        (tmp_path / "districts.geojson").write_text(json.dumps(content))
        return tmp_path

    return write


@pytest.fixture
def ours(jurisdiction):
    """The folder's own districts again, whatever the test made of them."""
    yield
    session().rollback()
    with transaction():
        load(FOLDER, jurisdiction.id)


def district_of(report):
    query = (
        select(District.code)
        .join(ServiceRequest, ServiceRequest.district_id == District.id)
        .where(ServiceRequest.id == report.id)
    )
    return session().scalar(query)


def test_kristiansunds_own_lie_where_their_places_are_and_do_not_overlap():
    content = json.loads((FOLDER / "districts.geojson").read_text("utf-8"))
    areas = {item["properties"]["code"]: shape(item["geometry"]) for item in content["features"]}
    assert set(areas) == set(KNOWN)
    for code, at in KNOWN.items():
        assert [name for name, area in areas.items() if area.contains(Point(at))] == [code]
    assert all("not an official" in i["properties"]["source"].lower() for i in content["features"])
    boundary = json.loads((FOLDER / "boundary.geojson").read_text("utf-8"))
    whole = shape(boundary["geometry"])
    assert all(whole.contains(area) for area in areas.values())


def test_loading_again_changes_nothing(jurisdiction):
    assert load(FOLDER, jurisdiction.id) == []


def test_a_report_is_in_the_district_of_its_place(jurisdiction):
    town = submitted(jurisdiction)
    grip = submitted(jurisdiction, position=GRIP)
    sea = submitted(jurisdiction, position=Position(longitude=7.66, latitude=63.17))
    assert [district_of(report) for report in (town, grip, sea)] == ["kirkelandet", "grip", None]


def test_districts_that_are_drawn_anew_take_their_reports_along(jurisdiction, folder, ours):
    report = submitted(jurisdiction)
    with transaction():
        lines = load(folder(square("centre", 7.725, 63.105)), jurisdiction.id)
    assert "district centre: added" in lines
    assert "district kirkelandet: removed" in lines
    assert district_of(report) == "centre"


def test_without_a_file_there_are_no_districts(jurisdiction, tmp_path, ours):
    report = submitted(jurisdiction, position=TOWN)
    with transaction():
        load(tmp_path, jurisdiction.id)
    assert district_of(report) is None


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([square("a", 7.7, 63.1), square("b", 7.705, 63.1)], "a and b overlap by"),
        (
            [square("a", 7.7, 63.1), square("a", 7.8, 63.1)],
            "feature 2 (a): the code a stands twice",
        ),
        ([square("none", 7.7, 63.1)], "feature 1 (none): code: "),
        ([square("Æ", 7.7, 63.1)], "feature 1 (Æ): code: "),
        ([square("a", 7.7, 63.1, source="")], "feature 1 (a): source: "),
        ([square("a", 7.7, 63.1, name={"nb": "A"})], "feature 1 (a): name: "),
        ([square("a", 7.7, 63.1, colour="red")], "feature 1 (a): colour: "),
        ([square("a", 437_000, 7_000_000, 10)], "longitude, latitude"),
        (
            [square("a", 7.7, 63.1) | {"geometry": {"type": "Point", "coordinates": [7, 63]}}],
            "(a): ",
        ),
        ([square("a", 7.7, 63.1) | {"geometry": None}], "feature 1 (a): "),
        (
            [
                square("bow", 7.7, 63.1)
                | {
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[7, 63], [8, 64], [8, 63], [7, 64], [7, 63]]],
                    }
                }
            ],
            "feature 1 (bow): the outline crosses itself",
        ),
    ],
)
def test_broken_districts_are_refused_with_their_name(jurisdiction, folder, features, said):
    with pytest.raises(BrokenSetup) as refused:
        load(folder(*features), jurisdiction.id)
    assert any(said in fault for fault in refused.value.faults), refused.value.faults


def test_neighbours_may_share_a_sliver(jurisdiction, folder, ours):
    with transaction():
        lines = load(folder(square("a", 7.7, 63.1), square("b", 7.70999, 63.1)), jurisdiction.id)
    assert {"district a: added", "district b: added"} <= set(lines)


def test_a_broken_file_changes_nothing(jurisdiction, tmp_path):
    shutil.copy(FOLDER / "districts.geojson", tmp_path)
    path = tmp_path / "districts.geojson"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(BrokenSetup, match="cut off"):
        load(tmp_path, jurisdiction.id)
