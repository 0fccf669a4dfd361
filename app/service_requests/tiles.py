"""What a tile of the map shows: exact counts, cell by cell, and the reports that stand alone in theirs.

Far out the counts come from the kept cells and the ledger's unfolded rows, added in one statement; nearer
from the index over the grid's keys. From zoom 15 (the background's 16) the cells are as fine as the grid, so
that each report is a point and only reports on the very same spot are a number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, SmallInteger, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.service_requests import queries
from app.service_requests.filter import Shown
from app.service_requests.grid import BITS, FOLDED, Tile
from app.service_requests.queries import Row
from app.service_requests.status import Phase

PHASES = tuple(Phase)
"""In the order of the numbers that the database keeps (`phase_of` in the migrations)."""
OPEN_PHASES = (Phase.NEW, Phase.IN_PROGRESS)
POINTS_FROM = 15
MOST_POINTS = 1000
"""A tile with more spots than this shows cells of 16 pixels instead."""
ALL = (0,)
"""The kept cells' number for all services together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which reports a tile counts. No services means all."""

    jurisdiction_id: int
    shown: frozenset[Shown]
    services: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """So many reports, by phase; their middle as grid column and row, rounded down."""

    px: int
    py: int
    counts: tuple[int, ...]
    only_id: int | None
    """The report, when it is the only one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """A tile: the cells with several reports, and the reports that stand alone."""

    cells: Sequence[Cell]
    reports: Sequence[Row]


_ARRAYS = (
    bindparam("phases", type_=ARRAY(SmallInteger)),
    bindparam("services", type_=ARRAY(Integer)),
)
_SUMS = """sum(count)::bigint AS count, sum(sum_px)::bigint AS sum_px, sum(sum_py)::bigint AS sum_py,
       sum(sum_id)::bigint AS sum_id"""
_KEPT = text(f"""
SELECT cell, phase, {_SUMS}
  FROM (SELECT cell >> :coarser AS cell, phase, count, sum_px, sum_py, sum_id
          FROM map_cell
         WHERE jurisdiction_id = :jurisdiction_id AND level = :level AND service_id = ANY(:services)
           AND cell >= :first AND cell < :before AND phase = ANY(:phases)
        UNION ALL
        SELECT morton >> :shift, phase, sign, sign * px::bigint, sign * py::bigint, sign * service_request_id
          FROM map_ledger
         WHERE jurisdiction_id = :jurisdiction_id AND (0 = ANY(:services) OR service_id = ANY(:services))
           AND morton >= :first_key AND morton < :before_key AND phase = ANY(:phases)) AS counted
 GROUP BY cell, phase
HAVING sum(count) <> 0
""").bindparams(*_ARRAYS)  # noqa: S608
_LIVE = """
SELECT morton >> :shift AS cell, phase, count(*) AS count, sum(px)::bigint AS sum_px,
       sum(py)::bigint AS sum_py, sum(id)::bigint AS sum_id
  FROM service_request
 WHERE on_map AND jurisdiction_id = :jurisdiction_id AND phase = ANY(:phases)
   AND morton >= :first_key AND morton < :before_key {services}
 GROUP BY 1, 2
"""
_LIVE_ALL = text(_LIVE.format(services="")).bindparams(_ARRAYS[0])
_LIVE_SOME = text(_LIVE.format(services="AND service_id = ANY(:services)")).bindparams(*_ARRAYS)


def service_ids(jurisdiction_id: int, groups: Iterable[str]) -> tuple[int, ...] | None:
    """The services of these groups, also those out of use; None for no groups, which means all."""
    codes = tuple(groups)
    if not codes:
        return None
    query = (
        select(Service.id)
        .join(ServiceGroup)
        .where(ServiceGroup.jurisdiction_id == jurisdiction_id, ServiceGroup.code.in_(codes))
    )
    return tuple(session().scalars(query))


def content(tile: Tile, wanted: Wanted) -> Content:
    """The tile, exact at this moment."""
    cells = cells_of(tile, wanted)
    alone = [cell.only_id for cell in cells if cell.only_id is not None]
    return Content(
        cells=[cell for cell in cells if cell.only_id is None],
        reports=queries.rows_by_id(wanted.jurisdiction_id, alone),
    )


def cells_of(tile: Tile, wanted: Wanted) -> list[Cell]:
    """The tile's cells, counted."""
    if tile.cell_level <= FOLDED.stop - 1:
        return _cells(session().execute(_KEPT, _kept_values(tile, wanted)).mappings())
    if tile.z >= POINTS_FROM:
        spots = live_cells(tile, wanted, BITS)
        if len(spots) <= MOST_POINTS:
            return spots
    return live_cells(tile, wanted, tile.cell_level)


def live_cells(tile: Tile, wanted: Wanted, level: int) -> list[Cell]:
    """The tile's cells of a level, counted from the reports themselves."""
    values = _values(tile, wanted, level)
    statement = _LIVE_ALL
    if wanted.services is not None:
        statement, values["services"] = _LIVE_SOME, list(wanted.services)
    return _cells(session().execute(statement, values).mappings())


def _kept_values(tile: Tile, wanted: Wanted) -> dict[str, Any]:
    level = max(tile.cell_level, FOLDED.start)
    first, before = tile.keys(level)
    services = ALL if wanted.services is None else wanted.services
    return _values(tile, wanted, tile.cell_level) | {
        "level": level,
        "coarser": 2 * (level - tile.cell_level),
        "first": first,
        "before": before,
        "services": list(services),
    }


def _values(tile: Tile, wanted: Wanted, level: int) -> dict[str, Any]:
    first, before = tile.keys()
    return {
        "jurisdiction_id": wanted.jurisdiction_id,
        "phases": phase_numbers(wanted.shown),
        "shift": 2 * (BITS - min(level, BITS)),
        "first_key": first,
        "before_key": before,
    }


def phase_numbers(shown: frozenset[Shown]) -> list[int]:
    """The database's numbers of the phases that these words stand for."""
    return [
        number
        for number, phase in enumerate(PHASES)
        if (Shown.OPEN if phase in OPEN_PHASES else Shown.RECENT) in shown
    ]


def _cells(rows: Iterable[Mapping[Any, Any]]) -> list[Cell]:
    """Rows for a cell and a phase, as one value for each cell, in the order of the cells."""
    gathered: dict[int, list[Any]] = {}
    for row in rows:
        sums = gathered.setdefault(row["cell"], [[0] * len(PHASES), 0, 0, 0])
        sums[0][row["phase"]] += row["count"]
        for at, name in enumerate(("sum_px", "sum_py", "sum_id"), 1):
            sums[at] += row[name]
    found = []
    for _, (counts, px, py, key) in sorted(gathered.items()):
        count = sum(counts)
        if count:
            found.append(
                Cell(
                    px=px // count,
                    py=py // count,
                    counts=tuple(counts),
                    only_id=key if count == 1 else None,
                )
            )
    return found


def fold() -> int:
    """Fold the ledger into the cells; how many ledger rows were taken."""
    return session().scalar(select(func.fold_map_ledger())) or 0


def leave_map() -> int:
    """Take off the map what was closed more than 90 days ago, by each municipality's midnight; how many."""
    return session().scalar(select(func.leave_map())) or 0


_KEPT_ALL = text("""
SELECT level, service_id, cell, phase, sum(count)::bigint AS count, sum(sum_px)::bigint, sum(sum_py)::bigint,
       sum(sum_id)::bigint
  FROM (SELECT level, service_id, cell, phase, count, sum_px, sum_py, sum_id
          FROM map_cell WHERE jurisdiction_id = :jurisdiction_id
        UNION ALL
        SELECT level, counted.service_id, morton >> (2 * (30 - level)), phase, sign, sign * px::bigint,
               sign * py::bigint, sign * service_request_id
          FROM map_ledger, generate_series(12, 18) AS level,
               LATERAL (VALUES (0), (map_ledger.service_id)) AS counted (service_id)
         WHERE jurisdiction_id = :jurisdiction_id) AS kept
 GROUP BY 1, 2, 3, 4
HAVING sum(count) <> 0 OR sum(sum_px) <> 0 OR sum(sum_py) <> 0 OR sum(sum_id) <> 0
""")
_PLAIN_ALL = text("""
SELECT level, counted.service_id, morton >> (2 * (30 - level)), phase_of(status), count(*),
       sum(px)::bigint, sum(py)::bigint, sum(id)::bigint
  FROM service_request, generate_series(12, 18) AS level,
       LATERAL (VALUES (0), (service_request.service_id)) AS counted (service_id)
 WHERE jurisdiction_id = :jurisdiction_id AND status <> 'rejected' AND on_map
 GROUP BY 1, 2, 3, 4
""")
_MISPLACED = text("""
SELECT count(*) FROM service_request
 WHERE jurisdiction_id = :jurisdiction_id
   AND on_map <> (status <> 'rejected'
                  AND (closed_at IS NULL OR closed_at >= map_shows_since(jurisdiction_id)))
""")


def mismatches(jurisdiction_id: int) -> tuple[int, int]:
    """How many kept cells differ from a plain count over the reports, and how many cells there are.

    A report whose time on the map is over counts as a difference until `leave_map` has run.
    """
    values = {"jurisdiction_id": jurisdiction_id}
    kept = {tuple(row) for row in session().execute(_KEPT_ALL, values)}
    plain = {tuple(row) for row in session().execute(_PLAIN_ALL, values)}
    late = session().scalar(_MISPLACED, values) or 0
    return len(kept ^ plain) + late, len(plain)
