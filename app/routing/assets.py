"""Lamps and other numbered things: from a file's rows into the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.database import session
from app.geo.files import BrokenFile, missing_columns, text_of
from app.geo.positions import WGS84
from app.geo.surroundings import Surroundings
from app.geo.tables import Table, column
from app.jurisdictions.merge import merge, out_of_use
from app.jurisdictions.operations import one_import_at_a_time
from app.routing.models import Asset, GroundImport, GroundKind
from app.routing.words import CIRCUIT, NUMBER, OPERATOR, OWNER, owner_of

DECIMALS = 6
"""Of a degree, some centimetres: the same lamp in another file format has not moved."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns that an operator names, where they do not have one of the usual names."""

    number: str | None = None
    owner: str | None = None
    operator: str | None = None
    circuit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many rows an import touched, and how."""

    added: int
    changed: int
    retired: int
    unchanged: int


def wanted_assets(
    table: Table, names: Columns, around: Surroundings
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The assets inside the municipality as values of columns, by number, and the places of those outside.

    :raises BrokenFile: no column of numbers, rows without a number or with an unknown owner, the same number
        twice, capitals or not, or most of them elsewhere.
    """
    columns = _columns(table, names)
    wanted: dict[str, dict[str, Any]] = {}
    seen: dict[str, tuple[str, str]] = {}
    outside, faults = [], []
    inside = around.refuse_elsewhere(table.places, table.points)
    for place, row, point, is_inside in zip(
        table.places, table.rows, table.points, inside, strict=True
    ):
        try:
            values = _values(row, columns)
        except ValueError as fault:
            faults.append(f"{place}: {fault}")
            continue
        number = values["number"]
        # As in `queries.assets_by_number`: whoever picks «a1» picks A1.
        twin = seen.setdefault(number.upper(), (number, place))
        if twin[1] != place:
            written = "" if twin[0] == number else f" as {twin[0]}"
            faults.append(f"{place}: the number {number} is there already{written}: {twin[1]}")
        elif is_inside:
            rounded = Point(round(point.x, DECIMALS), round(point.y, DECIMALS))
            wanted[number] = values | {"position": from_shape(rounded, srid=WGS84)}
        else:
            outside.append(place)
    if faults:
        raise BrokenFile(faults)
    return wanted, outside


def merge_assets(
    jurisdiction_id: int,
    kind: str,
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    source: str,
    now: datetime,
) -> Outcome:
    """Make the municipality's assets of this kind as wanted; those that are missing go out of use."""
    one_import_at_a_time(jurisdiction_id)
    mine = (Asset.jurisdiction_id == jurisdiction_id, Asset.kind == kind)
    stored = {asset.number: asset for asset in session().scalars(select(Asset).where(*mine))}
    fixed = {"jurisdiction_id": jurisdiction_id, "kind": kind, "is_active": True}
    lines = merge(
        kind,
        stored,
        {number: {**values, **fixed} for number, values in wanted.items()},
        Asset,
        retire=out_of_use,
    )
    session().add(
        GroundImport(
            jurisdiction_id=jurisdiction_id,
            kind=GroundKind.ASSETS,
            source=source,
            rows=len(wanted),
            imported_at=now,
        )
    )
    session().flush()
    added = len(wanted.keys() - stored.keys())
    retired = sum(line.endswith(": taken out of use") for line in lines)
    changed = len(lines) - added - retired
    return Outcome(
        added=added, changed=changed, retired=retired, unchanged=len(wanted) - added - changed
    )


def _columns(table: Table, names: Columns) -> dict[str, str | None]:
    """The file's column for each fact. :raises BrokenFile: there is none of numbers."""
    usual: Sequence[tuple[InstrumentedAttribute[Any], Sequence[str], str | None]] = (
        (Asset.number, NUMBER, names.number),
        (Asset.owner, OWNER, names.owner),
        (Asset.operator, OPERATOR, names.operator),
        (Asset.circuit, CIRCUIT, names.circuit),
    )
    found = {
        fact.key: column(table.name, table.columns, aliases, given, f"--{fact.key}-field")
        for fact, aliases, given in usual
    }
    if found["number"] is None:
        raise BrokenFile([missing_columns(table.name, ["number"], table.columns)])
    return found


def _values(row: Mapping[str, Any], columns: Mapping[str, str | None]) -> dict[str, Any]:
    """A row's facts. :raises ValueError: no number, or an unknown owner."""
    values = {fact: text_of(row.get(name)) if name else None for fact, name in columns.items()}
    if values["number"] is None:
        raise ValueError("there is no number")
    return values | {"owner": owner_of(values["owner"]).value}
