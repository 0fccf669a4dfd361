"""Reports as Mapbox vector tiles: the same exact cells and single reports as the map's own tiles.

Two layers. `cells`: several reports as a point in their middle, with how many there are of each phase.
`service-requests`: reports that stand alone, with their public place. What was closed more than 90 days ago is
not in them.
"""

import json
from typing import Any

from sqlalchemy import text

from app.database import session
from app.service_requests import tiles
from app.service_requests.filter import EVERYTHING_SHOWN
from app.service_requests.grid import SIDE, Tile, column_of, row_of
from app.service_requests.tiles import PHASES, Wanted

EXTENT = 4096
"""Units along a tile's side."""
CELLS, REPORTS = "cells", "service-requests"
_CELLS = text("""
SELECT ST_AsMVT(cell, :layer, 4096, 'place') FROM (
    SELECT ST_MakePoint(x, y) AS place, count, new, in_progress, fixed, closed
      FROM json_to_recordset(:rows) AS found
           (x float, y float, count int, new int, in_progress int, fixed int, closed int)) AS cell
""")
_REPORTS = text("""
SELECT ST_AsMVT(report, :layer, 4096, 'place') FROM (
    SELECT ST_MakePoint(x, y) AS place, number, service, "group", status, is_demo, requested_at
      FROM json_to_recordset(:rows) AS found
           (x float, y float, number text, service text, "group" text, status text, is_demo boolean,
            requested_at text)) AS report
""")


def content(tile: Tile, jurisdiction_id: int, groups: tuple[str, ...] = ()) -> bytes:
    """The tile, exact at this moment."""
    wanted = Wanted(
        jurisdiction_id=jurisdiction_id,
        shown=EVERYTHING_SHOWN,
        services=tiles.service_ids(jurisdiction_id, groups),
    )
    found = tiles.content(tile, wanted)
    cells = [
        {
            **_at(tile, cell.px, cell.py),
            "count": sum(cell.counts),
            **{str(phase): count for phase, count in zip(PHASES, cell.counts, strict=True)},
        }
        for cell in found.cells
    ]
    reports = [
        {
            **_at(tile, column_of(row.longitude), row_of(row.latitude)),
            "number": row.number,
            "service": row.service_code,
            "group": row.group_code,
            "status": row.status,
            "is_demo": row.is_demo,
            "requested_at": row.requested_at.isoformat(timespec="seconds"),
        }
        for row in found.reports
    ]
    return _layer(_CELLS, CELLS, cells) + _layer(_REPORTS, REPORTS, reports)


def _at(tile: Tile, column: int, row: int) -> dict[str, float]:
    """A square of the grid in the tile's own units, from its north-west corner."""
    size = SIDE >> tile.z
    return {
        "x": (column - tile.x * size) * EXTENT / size,
        "y": (row - tile.y * size) * EXTENT / size,
    }


def _layer(statement: Any, name: str, rows: list[dict[str, Any]]) -> bytes:
    """A layer; layers one after the other are a tile. An empty one is left out."""
    if not rows:
        return b""
    made = session().scalar(statement, {"layer": name, "rows": json.dumps(rows)})
    return bytes(made or b"")
