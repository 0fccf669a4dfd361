"""How far things that come in lie from a municipality, to tell a wrong coordinate system or file. Pure."""

from collections.abc import Sequence

import shapely
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from app.geo.crs import is_on_globe, through
from app.geo.files import BrokenFile
from app.geo.positions import WGS84


class Surroundings:
    """A municipality's boundary, sea included, EPSG:4326, and what lies around it in metres."""

    def __init__(self, boundary: MultiPolygon) -> None:
        centre = boundary.envelope.centroid
        local = f"+proj=aeqd +lat_0={centre.y} +lon_0={centre.x} +datum=WGS84"
        self.boundary = boundary
        self._way = Transformer.from_crs(WGS84, local, always_xy=True)
        self._local = self._metres([boundary])[0]
        shapely.prepare([self.boundary, self._local])

    def inside(self, shapes: Sequence[BaseGeometry], *, metres: float = 0) -> list[bool]:
        """For each shape whether the boundary covers it, or some of it is at most so far away."""
        if metres:
            near = shapely.dwithin(self._local, self._metres(shapes), metres)
        else:
            near = shapely.covers(self.boundary, list(shapes))
        return [bool(is_near) for is_near in near]

    def distance(self, shape: BaseGeometry) -> float:
        """Metres from the boundary to the shape, 0 inside."""
        return float(shapely.distance(self._local, self._metres([shape])[0]))

    def refuse_elsewhere(
        self, places: Sequence[str], shapes: Sequence[BaseGeometry], *, metres: float = 0
    ) -> list[bool]:
        """As `inside`, when that holds for at least half of the shapes.

        :raises BrokenFile: most lie elsewhere, or a coordinate is no degree: another coordinate system.
        """
        for place, shape in zip(places, shapes, strict=True):
            if not is_on_globe(shape):
                x, y = shapely.get_coordinates(shape)[0]
                where = f"{place}: the position {x:.8g} {y:.8g} is not on the globe in degrees"
                raise BrokenFile([f"{where}; {ADVICE}"])
        near = self.inside(shapes, metres=metres)
        if 2 * sum(near) >= len(near):
            return near
        at = near.index(False)
        first = Point(shapely.get_coordinates(shapes[at])[0])
        beyond = f"more than {metres / 1000:g} km " if metres else ""
        raise BrokenFile(
            [
                f"{places[at]}: the first position, {_written(first)}, is {_length(self.distance(first))}"
                f" outside the municipality; {ADVICE}{self._swapped(first)}",
                f"{len(near) - sum(near)} of {len(near)} are {beyond}outside the municipality.",
            ]
        )

    def _swapped(self, point: Point) -> str:
        turned = Point(point.y, point.x)
        is_inside = self.boundary.covers(turned)
        return " With longitude and latitude exchanged it is inside." if is_inside else ""

    def _metres(self, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        return through(shapes, self._way.transform)


ADVICE = (
    "is the coordinate system right? Give --epsg, and look whether it is the right municipality."
)


def _written(point: Point) -> str:
    east, north = "E" if point.x >= 0 else "W", "N" if point.y >= 0 else "S"
    return f"{abs(point.x):.4g} {east} {abs(point.y):.4g} {north}"


def _length(metres: float) -> str:
    if metres < 10_000:
        return f"{metres:.0f} m"
    rounded = round(metres / 1000, -2 if metres >= 1_000_000 else 0)
    return f"{rounded:,.0f} km".replace(",", " ")
