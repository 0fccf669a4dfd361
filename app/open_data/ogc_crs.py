"""Coordinate systems of OGC API Features by their addresses, with the order of their axes. Pure.

CRS84 is the same as EPSG:4326 with longitude first. Of the others the order is the one that EPSG gives:
latitude before longitude in 4326, east before north in 25832, 25833 and 3857.
"""

import math
from dataclasses import dataclass

from app.geo.positions import WGS84


@dataclass(frozen=True, kw_only=True)
class System:
    """A coordinate system that positions are given in.

    `decimals` tell a tenth of a metre or less; `is_flipped` when north (PostGIS' second axis) comes first.
    """

    uri: str
    srid: int
    name: str
    decimals: int
    is_flipped: bool = False
    in_degrees: bool = False


CRS84 = System(
    uri="http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    srid=WGS84,
    name="WGS 84, longitude and latitude",
    decimals=6,
    in_degrees=True,
)
SYSTEMS = (
    CRS84,
    System(
        uri="http://www.opengis.net/def/crs/EPSG/0/4326",
        srid=WGS84,
        name="WGS 84, latitude and longitude",
        decimals=6,
        is_flipped=True,
        in_degrees=True,
    ),
    System(
        uri="http://www.opengis.net/def/crs/EPSG/0/25832",
        srid=25832,
        name="ETRS89 / UTM 32N, east and north",
        decimals=2,
    ),
    System(
        uri="http://www.opengis.net/def/crs/EPSG/0/25833",
        srid=25833,
        name="ETRS89 / UTM 33N, east and north",
        decimals=2,
    ),
    System(
        uri="http://www.opengis.net/def/crs/EPSG/0/3857",
        srid=3857,
        name="Web Mercator, east and north",
        decimals=2,
    ),
)
BY_URI = {system.uri: system for system in SYSTEMS}


@dataclass(frozen=True, kw_only=True)
class Corners:
    """A box in a system's own units, east (or longitude) as x, north (or latitude) as y."""

    system: System
    west: float
    south: float
    east: float
    north: float

    def parts(self) -> tuple["Corners", ...]:
        """The box itself, or its two halves when it runs over the 180th meridian."""
        if self.west <= self.east:
            return (self,)
        half = {"system": self.system, "south": self.south, "north": self.north}
        return (
            Corners(west=self.west, east=180.0, **half),  # type: ignore[arg-type]
            Corners(west=-180.0, east=self.east, **half),  # type: ignore[arg-type]
        )


def system_of(written: str) -> System:
    """The system at an address. :raises ValueError: it is none of ours."""
    found = BY_URI.get(written.strip())
    if found is None:
        raise ValueError(f"use one of {', '.join(BY_URI)}")
    return found


def read_box(written: str, system: System) -> Corners:
    """Four numbers in the order of the system's axes, or six with heights, which count for nothing.

    :raises ValueError: they are no box in this system.
    """
    parts = written.split(",")
    if len(parts) not in {4, 6}:
        raise ValueError("write four numbers with commas between, such as 7.6,63.0,7.9,63.2")
    try:
        numbers = [float(part) for part in parts]
    except ValueError as fault:
        raise ValueError("write numbers only, with a point before decimals") from fault
    if not all(map(math.isfinite, numbers)):
        raise ValueError("write finite numbers")
    half = len(numbers) // 2
    first, last = numbers[:2], numbers[half : half + 2]
    if system.is_flipped:
        first, last = first[::-1], last[::-1]
    box = Corners(system=system, west=first[0], south=first[1], east=last[0], north=last[1])
    _check(box)
    return box


def _check(box: Corners) -> None:
    if box.south > box.north:
        raise ValueError("the lower corner comes first, and the upper corner is not below it")
    if not box.system.in_degrees:
        if box.west > box.east:
            raise ValueError("the left corner comes first, and the right corner is not left of it")
        if max(abs(box.west), abs(box.south), abs(box.east), abs(box.north)) > 1e8:
            raise ValueError("write metres on the ground of this coordinate system")
        return
    if not (-180 <= box.west <= 180 and -180 <= box.east <= 180):
        raise ValueError("longitudes are from -180 to 180")
    if box.south < -90 or box.north > 90:
        raise ValueError("latitudes are from -90 to 90")
