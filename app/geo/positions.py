"""Points and boxes as frozen values. Pure: no database, no clock."""

import math
from dataclasses import dataclass

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point

WGS84 = 4326
"""EPSG code of longitude and latitude on WGS 84."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A point, EPSG:4326, degrees. :raises ValueError: when it is not on the globe."""

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.longitude) and math.isfinite(self.latitude)):
            raise ValueError("coordinates must be finite numbers")
        if not (-180 <= self.longitude <= 180 and -90 <= self.latitude <= 90):
            raise ValueError("longitude must be within ±180 and latitude within ±90 degrees")

    def as_column(self) -> WKBElement:
        """For a geometry column."""
        return from_shape(Point(self.longitude, self.latitude), srid=WGS84)

    def as_geojson(self) -> dict[str, object]:
        """GeoJSON Point, longitude first."""
        return {"type": "Point", "coordinates": [self.longitude, self.latitude]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """West, south, east, north, EPSG:4326, degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, written: str) -> "Box":
        """From `w,s,e,n`. :raises ValueError: when it is not four numbers in that order."""
        try:
            parts = [float(part) for part in written.split(",")]
        except ValueError as fault:
            raise ValueError("a box is four numbers: west,south,east,north") from fault
        if len(parts) != 4 or not all(math.isfinite(part) for part in parts):
            raise ValueError("a box is four numbers: west,south,east,north")
        west, south, east, north = parts
        if west > east or south > north or south < -90 or north > 90 or west < -180 or east > 180:
            raise ValueError(
                "a box is west,south,east,north in degrees, west before east, south before north"
            )
        return cls(west=west, south=south, east=east, north=north)


def position_of(column: WKBElement) -> Position:
    """The position in a geometry column's value."""
    point = to_shape(column)
    return Position(longitude=point.x, latitude=point.y)  # type: ignore[attr-defined]
