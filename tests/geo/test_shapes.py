import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, mapping, shape

from app.geo.shapes import BrokenShape, multipolygon

SQUARE = {"type": "Polygon", "coordinates": [[[7, 63], [8, 63], [8, 64], [7, 64], [7, 63]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[7, 63], [8, 64], [8, 63], [7, 64], [7, 63]]]}
SPIKE = {"type": "Polygon", "coordinates": [[[7, 63], [8, 63], [8, 64], [8, 65], [8, 64], [7, 63]]]}
FLAT = {"type": "Polygon", "coordinates": [[[7, 63], [8, 63], [7, 63], [7, 63]]]}
LINE = {"type": "LineString", "coordinates": [[7, 63], [8, 63]]}
IN_UTM = {
    "type": "Polygon",
    "coordinates": [[[435812, 6998525], [436812, 6998525], [436812, 6999525], [435812, 6998525]]],
}
POINTS = st.tuples(st.floats(-179, 179), st.floats(-89, 89))


def feature(geometry):
    return {"type": "Feature", "properties": {}, "geometry": geometry}


@pytest.mark.parametrize(
    "geojson",
    [
        SQUARE,
        feature(SQUARE),
        {"type": "FeatureCollection", "features": [feature(SQUARE)]},
        {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]},
    ],
)
def test_an_area_may_come_as_geometry_feature_or_collection_of_one(geojson):
    assert multipolygon(geojson).equals(shape(SQUARE))


@pytest.mark.parametrize(("broken", "area"), [(BOW_TIE, 0.5), (SPIKE, 0.5)])
def test_an_area_that_crosses_itself_is_made_valid(broken, area):
    mended = multipolygon(broken)
    assert mended.is_valid
    assert mended.area == pytest.approx(area)


@pytest.mark.parametrize(
    ("geojson", "told"),
    [
        (LINE, "Polygon or MultiPolygon is needed"),
        (feature(LINE), "Polygon or MultiPolygon is needed"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        (IN_UTM, "EPSG:4326"),
        ({"type": "FeatureCollection", "features": []}, "exactly one"),
        ({"type": "FeatureCollection", "features": [feature(SQUARE)] * 2}, "exactly one"),
        ({"type": "Feature", "geometry": None}, "needed"),
        ({"type": "Polygon", "coordinates": [[[7, 63], [8, 63]]]}, "broken geometry"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "broken geometry"),
        ({"type": "Polygon", "coordinates": "all"}, "broken geometry"),
        ({"type": "Polygon", "coordinates": None}, "empty"),
        ({"type": "Polygon", "coordinates": [[None] * 4]}, "polygon"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "broken geometry"),
        ({"type": "Polygon", "coordinates": [[[10**400, 63]] * 4]}, "broken geometry"),
        ({"coordinates": SQUARE["coordinates"]}, "needed"),
        ({}, "needed"),
    ],
)
def test_what_is_no_area_is_refused_with_a_reason(geojson, told):
    with pytest.raises(BrokenShape, match=told):
        multipolygon(geojson)


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_coordinates_that_are_no_numbers_are_refused(number):
    ring = [[7, 63], [8, 63], [number, 64], [7, 63]]
    with pytest.raises(BrokenShape):
        multipolygon({"type": "Polygon", "coordinates": [ring]})


def test_a_polygon_without_area_is_refused():
    with pytest.raises(BrokenShape):
        multipolygon(FLAT)


@given(st.lists(POINTS, min_size=3, max_size=8))
def test_whatever_ring_comes_in_what_comes_out_is_valid_or_refused(points):
    try:
        area = multipolygon({"type": "Polygon", "coordinates": [[*points, points[0]]]})
    except BrokenShape:
        return
    assert isinstance(area, MultiPolygon)
    assert area.is_valid
    assert multipolygon(mapping(area)).equals(area)


def test_an_outline_that_crosses_itself_can_be_refused_instead_of_cut_in_parts():
    bow = {"type": "Polygon", "coordinates": [[[7, 63], [8, 64], [8, 63], [7, 64], [7, 63]]]}
    assert len(multipolygon(bow).geoms) == 2
    with pytest.raises(BrokenShape, match="crosses itself"):
        multipolygon(bow, repair=False)
