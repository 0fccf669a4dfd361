import pytest
from shapely import LineString, Point, box
from shapely.geometry import MultiPolygon

from app.geo.files import BrokenFile
from app.geo.surroundings import Surroundings

INSIDE = Point(7.73, 63.11)


@pytest.fixture
def around():
    return Surroundings(MultiPolygon([box(7.5, 63.0, 8.0, 63.3)]))


def refused(around, *shapes, metres=0):
    with pytest.raises(BrokenFile) as caught:
        around.refuse_elsewhere([f"row {at}" for at, _ in enumerate(shapes)], shapes, metres=metres)
    return "\n".join(caught.value.faults)


def test_inside_and_outside_are_told_apart(around):
    shapes = [INSIDE, Point(8.1, 63.1), Point(8.0, 63.1)]
    assert around.inside(shapes) == [True, False, True]


@pytest.mark.parametrize(("longitude", "is_near"), [(8.09, True), (8.11, False)])
def test_nearness_is_in_metres(around, longitude, is_near):
    road = LineString([(longitude, 63.1), (9, 63.1)])
    assert around.inside([road], metres=5000) == [is_near]  # a degree of longitude is 50 km here


def test_distance_is_in_metres_on_the_globe(around):
    assert around.distance(INSIDE) == 0
    assert around.distance(Point(7.73, 64.3)) == pytest.approx(111_500, rel=0.003)


def test_half_outside_is_allowed_and_more_is_not(around):
    places = ["row 0", "row 1"]
    assert around.refuse_elsewhere(places, [INSIDE, Point(8.1, 63.1)]) == [True, False]
    told = refused(around, INSIDE, Point(8.1, 63.1), Point(8.2, 63.1))
    assert "row 1: the first position, 8.1 E 63.1 N, is 5050 m outside the municipality" in told
    assert "give --epsg" in told.lower()
    assert "2 of 3 are outside" in told


def test_another_continent_is_so_many_kilometres_away(around):
    assert "2.3 S, is 7 200 km outside" in refused(around, Point(7.1, -2.3))


def test_exchanged_axes_are_recognised(around):
    assert "exchanged it is inside" in refused(around, Point(63.11, 7.73))


@pytest.mark.parametrize(
    "shape",
    [
        Point(436000, 6998600),
        Point(float("inf"), float("inf")),
        Point(float("nan"), 63),
        LineString([(7.7, 63.1), (float("inf"), 63)]),
    ],
)
def test_what_is_not_on_the_globe_is_named(around, shape):
    assert "row 1: the position" in refused(around, INSIDE, shape)
