"""`melde jurisdiction neighbours`."""

import json

import pytest
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from app.database import session
from app.jurisdictions.models import KnownMunicipality

RING = [[7.4, 62.9], [7.6, 62.9], [7.6, 63.0], [7.4, 63.0], [7.4, 62.9]]
BOW_TIE = [[7.4, 62.9], [7.6, 63.0], [7.6, 62.9], [7.4, 63.0], [7.4, 62.9]]
AREA = {"type": "Polygon", "coordinates": [RING]}
ISLAND = {"type": "Polygon", "coordinates": [[[7, 63], [7.1, 63], [7.1, 63.1], [7, 63]]]}


def feature(geometry=AREA, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def averoy(geometry=AREA, **more):
    return feature(geometry, **{"kommunenummer": "1554", "kommunenavn": "Averøy", **more})


@pytest.fixture
def neighbours(melde, tmp_path):
    def load(*features, **more):
        path = tmp_path / "neighbours.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
        return melde("jurisdiction", "neighbours", path)

    return load


def known():
    session().rollback()
    rows = session().scalars(select(KnownMunicipality).order_by(KnownMunicipality.number))
    return {row.number: row.name for row in rows}


def boundary(number):
    rows = session().scalars(
        select(KnownMunicipality.boundary).where(KnownMunicipality.number == number)
    )
    return to_shape(rows.one())


def test_names_numbers_and_boundaries_are_stored(neighbours):
    done = neighbours(averoy(), feature(number=301, name="Oslo"), feature(number="5028", navn="M"))
    assert done.exit_code == 0, done.output
    assert "3 municipalities, 3 of them new or changed" in done.output
    assert known() == {"0301": "Oslo", "1554": "Averøy", "5028": "M"}
    assert boundary("1554").geom_type == "MultiPolygon"
    assert boundary("1554").bounds == (7.4, 62.9, 7.6, 63.0)


def test_a_second_file_changes_and_adds_but_takes_nothing_away(neighbours):
    neighbours(averoy(), feature(number="1", name="A"))
    assert "1 municipalities, 0 of them" in neighbours(averoy()).output
    assert (
        "2 municipalities, 2 of them"
        in neighbours(averoy(kommunenavn="Averøya"), feature(number="2", name="B")).output
    )
    assert known() == {"0001": "A", "0002": "B", "1554": "Averøya"}


def test_several_features_may_be_parts_of_one_municipality(neighbours):
    assert "1 municipalities" in neighbours(averoy(), averoy(ISLAND)).output
    assert len(boundary("1554").geoms) == 2


def test_a_boundary_that_crosses_itself_is_made_valid(neighbours):
    neighbours(averoy({"type": "Polygon", "coordinates": [BOW_TIE]}))
    assert boundary("1554").is_valid


def test_another_coordinate_system_is_honoured(neighbours):
    ring = [[x, y] for x, y in [(420000, 6975000), (430000, 6975000), (430000, 6985000)]]
    utm = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    crs = {"type": "name", "properties": {"name": "EPSG:25832"}}
    assert neighbours(averoy(utm), crs=crs).exit_code == 0
    assert boundary("1554").bounds == pytest.approx((7.42, 62.9, 7.63, 62.99), abs=0.02)


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        ([], "there are no features"),
        ([feature(navn="A")], "there is no number or kommunenummer; the columns are navn"),
        (
            [averoy(), averoy(kommunenavn="Smøla")],
            "feature 2: Smøla has the number 1554, and so has",
        ),
        ([averoy(), averoy(kommunenummer=None)], "feature 2: there is no number"),
        ([averoy(), averoy(kommunenavn="")], "feature 2: there is no name"),
        (
            [averoy({"type": "Point", "coordinates": [1, 2]})],
            "feature 1: Averøy: a GeoJSON Polygon",
        ),
        ([averoy({"type": "Polygon", "coordinates": [[[1, 2]]]})], "feature 1: Averøy: "),
        ([averoy(None)], "feature 1: Averøy: a GeoJSON Polygon"),
        ([averoy({"type": "Polygon", "coordinates": [[[9e5, 7e6]] * 4]})], "in degrees"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(neighbours, features, sentence):
    neighbours(feature(number="1", name="A"))
    done = neighbours(*features)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "nothing was changed" in done.output
    assert known() == {"0001": "A"}


def test_a_file_that_is_cut_off_is_told_with_its_line(melde, tmp_path):
    path = tmp_path / "neighbours.geojson"
    path.write_text('{"type": "FeatureCollection",\n"features": [')
    done = melde("jurisdiction", "neighbours", path)
    assert done.exit_code == 1
    assert "neighbours.geojson: line 2: the file is cut off" in done.output
