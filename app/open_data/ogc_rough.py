"""A box of metres on the ground as a slightly larger box of degrees, for an index over degrees. Pure."""

import math

from pyproj import Transformer
from pyproj.exceptions import ProjError

from app.geo.positions import WGS84
from app.open_data.ogc_crs import CRS84, Corners

MARGIN = 0.0005
"""Degrees, about 50 metres: more than the edges of a box bend between two points of it."""
WIDEST = 1_500_000
"""Metres. Larger boxes bend too much, and hold everything anyway."""


def rough_box(box: Corners) -> Corners | None:
    """A box in CRS84 that surely holds all of `box`; None where there is none worth having."""
    if max(box.east - box.west, box.north - box.south) > WIDEST:
        return None
    try:
        way = Transformer.from_crs(box.system.srid, WGS84, always_xy=True)
        found = way.transform_bounds(box.west, box.south, box.east, box.north, densify_pts=51)
    except ProjError:
        return None
    west, south, east, north = found
    if not all(map(math.isfinite, found)) or west > east:
        return None
    return Corners(
        system=CRS84,
        west=max(west - MARGIN, -180),
        south=max(south - MARGIN, -90),
        east=min(east + MARGIN, 180),
        north=min(north + MARGIN, 90),
    )
