"""Coordinate systems, and the way from them to EPSG:4326, longitude before latitude. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from app.geo.positions import WGS84

Shape = TypeVar("Shape", bound=BaseGeometry)


class UnknownSystem(ValueError):
    """There is no such coordinate system, or it has no way to EPSG:4326."""


def by_epsg(code: int) -> CRS:
    """The system with this EPSG code. :raises UnknownSystem: there is none."""
    return _system(f"EPSG:{code}")


def of_geojson(content: Mapping[str, Any]) -> CRS:
    """The system that the `crs` member names (GeoJSON of 2008), else EPSG:4326.

    :raises UnknownSystem: it names none that is known.
    """
    member = content.get("crs")
    if member is None:
        return by_epsg(WGS84)
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise UnknownSystem("the member crs names no coordinate system")
    return _system(name)


def of_name(name: str) -> CRS:
    """The system that a file describes, by code or as WKT. :raises UnknownSystem: it is not known."""
    return _system(name)


def to_wgs84(shapes: Sequence[Shape], system: CRS) -> list[Shape]:
    """The shapes in EPSG:4326, longitude before latitude, without heights.

    In every system the first number is taken for east or longitude. What cannot be transformed gets
    infinite coordinates; see `is_on_globe`.

    :raises UnknownSystem: there is no way to EPSG:4326.
    """
    flat = shapely.force_2d(list(shapes))
    if not len(flat) or system == CRS.from_epsg(WGS84):
        return list(flat)
    try:
        way = Transformer.from_crs(system, WGS84, always_xy=True)
    except ProjError as fault:
        raise UnknownSystem(f"{system.name} has no way to EPSG:4326") from fault
    return through(list(flat), way.transform)


def through(shapes: Sequence[Shape], way: Callable[[Any, Any], Any]) -> list[Shape]:
    """The shapes with every coordinate changed by `way`, which takes and gives two arrays, x and y."""
    return list(shapely.transform(list(shapes), way, interleaved=False))  # type: ignore[arg-type]


def is_on_globe(shape: BaseGeometry) -> bool:
    """Whether every coordinate is a longitude and latitude in degrees."""
    if not all(map(math.isfinite, chain.from_iterable(shapely.get_coordinates(shape)))):
        return False
    west, south, east, north = shape.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def _system(name: str) -> CRS:
    shown = name if len(name) <= 60 else f"{name[:60]}…"
    try:
        system = CRS.from_user_input(name)
    except CRSError as fault:
        raise UnknownSystem(f"the coordinate system {shown} is not known") from fault
    if not system.is_geographic and not system.is_projected:
        raise UnknownSystem(f"{shown} is not a coordinate system of places on a map")
    return system
