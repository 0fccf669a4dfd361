"""Bringing in another system's reports, all or nothing: copied to one side, checked, then taken over in one go.

Nobody is told: there are no letters, jobs or news of what happened elsewhere long ago. Flushes; the caller
commits.
"""

import json
import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy
from pyproj import Transformer
from sqlalchemy import select, text

from app.catalog.models import Service
from app.database import driver_connection, session
from app.departments.models import Department
from app.geo.files import BrokenFile
from app.geo.positions import WGS84, Position
from app.i18n import gettext, in_languages, localised
from app.jurisdictions.models import Jurisdiction
from app.service_requests import import_sql as sql
from app.service_requests.deadlines import answer_due, fix_due
from app.service_requests.import_files import Opened, Row, opened
from app.service_requests.import_mapping import BY_RULES, FIRST_LINE, ImportMapping, Values
from app.service_requests.import_rows import Reason, Refused, Told, identity, point_of, told

SHOWN = 5


@dataclass(kw_only=True)
class Outcome:
    """What an import did, or would do. `refused` counts by reason; `first` names the first lines of each."""

    read: int = 0
    imported: int = 0
    same: int = 0
    missing: int = 0
    refused: Counter[Reason] = field(default_factory=Counter)
    first: dict[Reason, list[int]] = field(default_factory=dict)
    differing: int = 0
    differences: list[tuple[int, str, list[str]]] = field(default_factory=list)
    """Line, the report's number here, and what differs; the first few."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """A file, its mapping, and the municipality that it is for."""

    jurisdiction: Jurisdiction
    mapping: ImportMapping
    path: Path
    now: datetime
    keeps_refused: bool = False
    """Whether refused rows are kept as they are, to be written out with `refused_rows`."""

    @property
    def key(self) -> str:
        """What the idempotency keys of this source begin with."""
        return f"import:{self.mapping.source}:"


def check_codes(
    mapping: ImportMapping, services: Mapping[str, Service], departments: Collection[str]
) -> None:
    """:raises BrokenFile: the mapping names a service or department that is not in use here."""
    faults = [
        f"there is no service {code}; write one of {', '.join(sorted(services))}"
        for code in _said(mapping.service)
        if code not in services
    ]
    if isinstance(mapping.department, Values):
        faults += [
            f"there is no department {code}; write one of {', '.join(sorted(departments))}"
            for code in _said(mapping.department)
            if code not in departments
        ]
    if faults:
        raise BrokenFile(faults)


def _services(jurisdiction_id: int) -> Sequence[Service]:
    """The services, those out of use too: old reports may be of them."""
    query = select(Service).where(Service.jurisdiction_id == jurisdiction_id)
    return session().scalars(query).all()


def _departments(jurisdiction_id: int) -> Sequence[Department]:
    query = select(Department).where(Department.jurisdiction_id == jurisdiction_id)
    return session().scalars(query).all()


def _said(table: Values) -> list[str]:
    said = [*table.values.values(), *([table.otherwise] if table.otherwise else [])]
    return list(dict.fromkeys(said))


def stage(order: Import, opening: Opened) -> Iterator[int]:
    """Copy the file to one side; how many rows were read, batch by batch.

    :raises BrokenFile: the file or the mapping cannot be used.
    """
    services = {row.code: row for row in _services(order.jurisdiction.id)}
    check_codes(order.mapping, services, [row.code for row in _departments(order.jurisdiction.id)])
    # One import of a source at a time: the second one finds what the first brought.
    session().execute(sql.WAIT, {"key": f"{order.jurisdiction.id}:{order.key}"})
    session().execute(sql.STAGED)
    session().execute(sql.REFUSED)
    makes = _Maker(order, opening, services)
    for batch in opening.batches:
        staged, refused = makes.rows(batch)
        _copy(sql.COPY_STAGED, staged)
        _copy(sql.COPY_REFUSED, refused)
        yield len(batch)


def _copy(statement: str, rows: list[tuple[Any, ...]]) -> None:
    with driver_connection().cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


class _Maker:
    """Makes rows to copy of rows that were read."""

    def __init__(self, order: Import, opening: Opened, services: dict[str, Service]) -> None:
        self.order, self.services = order, services
        self.way = Transformer.from_crs(opening.system, WGS84, always_xy=True)
        self.zone = ZoneInfo(order.jurisdiction.time_zone)

        @cache
        def due(service: str, noon: datetime) -> tuple[datetime, datetime | None]:
            found = services[service]
            answer = answer_due(order.jurisdiction, found, noon)
            return answer, fix_due(order.jurisdiction, found, noon, is_external=False)

        self.due = due

    def rows(self, batch: list[Row]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """What goes on, and what is refused."""
        found, refused = [], []
        for row in batch:
            try:
                if row.cells is None:
                    raise Refused(Reason.CELLS)
                has_columns = self.order.mapping.position.x is not None
                point = point_of(row.cells, self.order.mapping) if has_columns else row.point
                if point is None:
                    raise Refused(Reason.NO_POSITION)
                found.append((row, point, told(row.cells, self.order.mapping, self.order.now)))
            except Refused as refusal:
                refused.append(self._refused(row, refusal.reason))
        staged = []
        for (row, point, said), place in zip(
            found, self._places([at for _, at, _ in found]), strict=True
        ):
            if place is None:
                refused.append(self._refused(row, Reason.NO_POSITION))
            else:
                staged.append(self._staged(row, point, said, place))
        return staged, refused

    def _places(self, points: list[tuple[float, float]]) -> list[Position | None]:
        """In EPSG:4326; None for what is not on the globe."""
        if not points:
            return []
        x, y = self.way.transform(*numpy.array(points, dtype=float).T)
        places: list[Position | None] = []
        for longitude, latitude in zip(x.tolist(), y.tolist(), strict=True):
            try:
                places.append(Position(longitude=longitude, latitude=latitude))
            except ValueError:
                places.append(None)
        return places

    def _raw(self, row: Row) -> str | None:
        if not self.order.keeps_refused:
            return None
        cells = [cell.replace("\x00", "").encode("utf-8", "replace").decode() for cell in row.raw]
        return json.dumps(cells, ensure_ascii=False)

    def _refused(self, row: Row, reason: Reason) -> tuple[Any, ...]:
        return (row.line, reason.value, self._raw(row))

    def _staged(
        self, row: Row, point: tuple[float, float], said: Told, place: Position
    ) -> tuple[Any, ...]:
        local = said.requested_at.astimezone(self.zone)
        noon = local.replace(hour=12, minute=0, second=0, microsecond=0, fold=0)
        answer, fix = self.due(said.service, noon)
        return (
            row.line,
            None
            if said.external_id
            else identity(row.cells or {}, self.order.mapping, point).hex(),
            said.external_id,
            said.fingerprint(place),
            self.services[said.service].id,
            said.department,
            place.longitude,
            place.latitude,
            said.description,
            said.status.value,
            said.led_to_improvement,
            said.requested_at,
            local.year,
            local.month * 100 + local.day,
            said.closed_at,
            said.first_response_at,
            answer,
            fix,
            said.channel,
            said.place_text,
            secrets.token_urlsafe(24),
            self._raw(row),
        )


def take_over(order: Import, outcome: Outcome, *, is_trial: bool) -> None:
    """Refuse what is outside or there twice, pass over what was imported before, and import the rest.

    :param is_trial: say only what would be done.
    """
    values = {"jurisdiction_id": order.jurisdiction.id, "prefix": order.key}
    for statement in sql.SORT_OUT:
        session().execute(text(statement), values)
    _count(order, outcome, values)
    outcome.imported = session().scalar(text("SELECT count(*) FROM staged")) or 0
    if is_trial or not outcome.imported:
        return
    mapping = order.mapping
    said = mapping.department if isinstance(mapping.department, str) else ""
    values |= {
        "by_rules": said == BY_RULES,
        "first_line": said == FIRST_LINE,
        "source": mapping.source,
        "language": order.jurisdiction.languages[0],
        "number_prefix": order.jurisdiction.number_prefix,
        "reasons": json.dumps(_reasons(order)),
    }
    for statement in sql.TAKE_OVER:
        session().execute(text(statement), values)


def _count(order: Import, outcome: Outcome, values: dict[str, Any]) -> None:
    for reason, count, first in session().execute(sql.REFUSALS, {"shown": SHOWN}):
        outcome.refused[Reason(reason)] = count
        outcome.first[Reason(reason)] = first
    outcome.same = session().scalar(sql.SAME) or 0
    outcome.missing = session().scalar(sql.MISSING, values) or 0
    outcome.differing = session().scalar(sql.DIFFERING) or 0
    outcome.differences = [
        (row.line, row.number, [name for name in sql.COMPARED if getattr(row, f"{name}_differs")])
        for row in session().execute(sql.DIFFERENCES, {"shown": SHOWN})
    ]
    session().execute(text("DELETE FROM staged WHERE earlier IS NOT NULL"))


def _reasons(order: Import) -> dict[int, dict[str, str]]:
    """Why a department has an imported report, in the municipality's languages."""
    found = {}
    for row in _departments(order.jurisdiction.id):
        name = row.name

        def say(name: dict[str, str] = name) -> str:
            return gettext(
                "The report was imported. %(department)s answers for such reports.",
                department=localised(name),
            )

        found[row.id] = in_languages(order.jurisdiction.languages, say)
    return found


def refused_rows() -> Iterator[tuple[int, Reason, list[str]]]:
    """The refused rows in the file's order: line, reason, the cells as they were read."""
    statement = "SELECT line, reason, raw FROM refused ORDER BY line"
    with driver_connection().cursor(name="refused_rows") as cursor:
        cursor.itersize = 2000
        for line, reason, raw in cursor.execute(statement):
            yield line, Reason(reason), json.loads(raw or "[]")


__all__ = ["Import", "Outcome", "opened", "refused_rows", "stage", "take_over"]
