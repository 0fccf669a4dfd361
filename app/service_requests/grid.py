"""The map's grid: web mercator (EPSG:3857) cut into 2^30 × 2^30 squares, counted from the north-west. Pure.

A square at 63° north is less than two centimetres wide. The database derives the same numbers
(`place_on_map` in the migrations); a test holds the two against each other. The key of a square is the bits of
its column and row in turns (Morton order): every tile, at any zoom, is one range of keys.
"""

import math
from dataclasses import dataclass

from app.geo.positions import Box, Position

BITS = 30
SIDE = 1 << BITS
MOST_LATITUDE = 85.051128
"""Where web mercator ends, degrees north and south."""
MAX_ZOOM = 22
CELL_BITS = 5
"""A tile of 512 pixels is cut into 32 × 32 cells: 16 pixels each."""
FOLDED = range(12, 19)
"""The levels whose counts are kept (`fold_map_ledger`)."""


def column_of(longitude: float) -> int:
    """The square's column, from 0 at 180° west."""
    return _on_grid((longitude + 180) / 360)


def row_of(latitude: float) -> int:
    """The square's row, from 0 in the north."""
    angle = math.radians(max(min(latitude, MOST_LATITUDE), -MOST_LATITUDE))
    return _on_grid((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2)


def _on_grid(share: float) -> int:
    return max(0, min(SIDE - 1, math.floor(share * SIDE)))


def position_at(column: int, row: int) -> Position:
    """The middle of a square, EPSG:4326."""
    north = math.pi * (1 - 2 * (row + 0.5) / SIDE)
    return Position(
        longitude=(column + 0.5) / SIDE * 360 - 180,
        latitude=math.degrees(math.atan(math.sinh(north))),
    )


def key_of(column: int, row: int) -> int:
    """The Morton key: the column's bits in the even places, the row's in the odd ones."""
    return _spread(column) | _spread(row) << 1


def _spread(number: int) -> int:
    spread = 0
    for bit in range(BITS):
        spread |= (number >> bit & 1) << (2 * bit)
    return spread


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Columns and rows, ends included."""

    west: int
    east: int
    north: int
    south: int


def range_of(box: Box) -> Range:
    """The squares that a box touches."""
    return Range(
        west=column_of(box.west),
        east=column_of(box.east),
        north=row_of(box.north),
        south=row_of(box.south),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A square of the map at a zoom, numbered as map tiles are. :raises ValueError: there is none such."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise ValueError(f"the zoom goes from 0 to {MAX_ZOOM}")
        if not (0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise ValueError(f"at zoom {self.z} x and y go from 0 to {(1 << self.z) - 1}")

    @property
    def cell_level(self) -> int:
        """The level of the tile's cells."""
        return self.z + CELL_BITS

    def keys(self, level: int = BITS) -> tuple[int, int]:
        """The range of keys, cut to a level's bits: from the first, to before the second."""
        first = key_of(self.x << (BITS - self.z), self.y << (BITS - self.z)) >> 2 * (BITS - level)
        return first, first + (1 << 2 * (level - self.z))
