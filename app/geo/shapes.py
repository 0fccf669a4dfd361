"""Areas that come in as GeoJSON: made valid or refused, never stored broken. Pure."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from app.geo.crs import to_wgs84
from app.geo.positions import WGS84


class Flaw(Enum):
    """What is wrong with a shape, for whoever says it in another language."""

    NO_POLYGON = auto()
    NO_AREA = auto()
    NOT_IN_DEGREES = auto()
    CROSSES_ITSELF = auto()


class BrokenShape(ValueError):
    """The shape cannot be used; the message says why."""

    def __init__(self, message: str, flaw: Flaw = Flaw.NO_POLYGON) -> None:
        super().__init__(message)
        self.flaw = flaw


def geometry_of(geojson: Any) -> BaseGeometry:
    """The shape of a GeoJSON geometry, whatever kind it is. :raises BrokenShape: it is broken."""
    try:
        return shape(geojson)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        ShapelyError,
    ) as fault:
        raise BrokenShape(f"broken geometry: {fault}") from fault


def multipolygon(
    geojson: Mapping[str, Any], system: CRS | None = None, *, repair: bool = True
) -> MultiPolygon:
    """A valid MultiPolygon, EPSG:4326, from a GeoJSON geometry, Feature or FeatureCollection of one.

    :param system: the coordinate system that it comes in, when that is another one.
    :param repair: an outline that crosses itself falls into several parts; else it is refused.
    :raises BrokenShape: not an area, outside the globe (another coordinate system?), or empty when made valid.
    """
    area = geometry_of(dict(_geometry(geojson)))
    if area.geom_type not in {"Polygon", "MultiPolygon"}:
        raise BrokenShape(f"a Polygon or MultiPolygon is needed, this is a {area.geom_type}")
    if area.is_empty:
        raise BrokenShape("the polygon is empty", Flaw.NO_AREA)
    if system is not None:
        (area,) = to_wgs84([area], system)
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = "coordinates must be longitude, latitude in degrees (EPSG:4326)"
        raise BrokenShape(message, Flaw.NOT_IN_DEGREES)
    drawn = len(_parts(area))
    if not area.is_valid:
        area = shapely.make_valid(area)
    polygons = [part for part in _parts(area) if isinstance(part, Polygon) and part.area > 0]
    if not polygons:
        raise BrokenShape("the polygon covers no area", Flaw.NO_AREA)
    if len(polygons) > drawn and not repair:
        raise BrokenShape("the outline crosses itself", Flaw.CROSSES_ITSELF)
    return MultiPolygon(polygons)


def as_column(area: MultiPolygon) -> WKBElement:
    """For a geometry column."""
    return from_shape(area, srid=WGS84)


def _geometry(geojson: Mapping[str, Any]) -> Mapping[str, Any]:
    match geojson:
        case {"type": "FeatureCollection", "features": [feature]}:
            return _geometry(feature)
        case {"type": "Feature", "geometry": dict() as geometry}:
            return _geometry(geometry)
        case {"type": "FeatureCollection"}:
            raise BrokenShape("a FeatureCollection must hold exactly one feature here")
        case {"type": "Polygon" | "MultiPolygon", "coordinates": _}:
            return geojson
        case _:
            raise BrokenShape("a GeoJSON Polygon or MultiPolygon is needed")


def _parts(area: Any) -> list[Any]:
    return (
        [inner for part in area.geoms for inner in _parts(part)]
        if hasattr(area, "geoms")
        else [area]
    )
