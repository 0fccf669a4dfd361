import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.geo.positions import Box, Position, position_of

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-90, 90)


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(181, 63), (-180.1, 63), (7, 90.5), (7, -91), (math.nan, 63), (7, math.inf), (-math.inf, 0)],
)
def test_a_position_is_on_the_globe(longitude, latitude):
    with pytest.raises(ValueError, match=r"coordinates|longitude"):
        Position(longitude=longitude, latitude=latitude)


@given(LONGITUDES, LATITUDES)
def test_a_position_comes_back_from_its_column_as_it_went_in(longitude, latitude):
    position = Position(longitude=longitude, latitude=latitude)
    assert position_of(position.as_column()) == position


def test_geojson_has_longitude_first():
    position = Position(longitude=7.7279, latitude=63.1104)
    assert position.as_geojson() == {"type": "Point", "coordinates": [7.7279, 63.1104]}


def test_a_box_is_read_as_west_south_east_north():
    assert Box.parse("7.5,63,7.92,63.24") == Box(west=7.5, south=63, east=7.92, north=63.24)


@given(LONGITUDES, LONGITUDES, LATITUDES, LATITUDES)
def test_every_written_box_is_read_again(x1, x2, y1, y2):
    (west, east), (south, north) = sorted((x1, x2)), sorted((y1, y2))
    box = Box(west=west, south=south, east=east, north=north)
    assert Box.parse(f"{west!r},{south!r},{east!r},{north!r}") == box


@pytest.mark.parametrize(
    "written",
    [
        "",
        "7",
        "7,63,8",
        "7,63,8,64,9",
        "a,b,c,d",
        "8,63,7,64",
        "7,64,8,63",
        "nan,63,8,64",
        "7,63,inf,64",
        "7,-91,8,64",
        "-181,63,8,64",
        "7;63;8;64",
        "7,63,8,",
    ],
)
def test_what_is_not_a_box_is_refused(written):
    with pytest.raises(ValueError, match="a box is"):
        Box.parse(written)
