"""Every SELECT over reports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.catalog.models import PositionPrecision, Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.routing.models import Asset
from app.service_requests.additions import Support
from app.service_requests.conditions import conditions, metres_from
from app.service_requests.filter import Cursor, Filter, NearCursor
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest, ServiceRequestAsset
from app.service_requests.status import OPEN, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A report as lists, maps and JSON show it: nothing personal, no free text. EPSG:4326, degrees.

    The place is what anyone may know, unless the exact one was asked for.
    """

    id: int
    number: str
    status: Status
    led_to_improvement: bool
    requested_at: datetime
    updated_at: datetime
    due_at: datetime | None
    waiting_since: datetime | None
    closed_at: datetime | None
    is_demo: bool
    is_acute: bool
    refusals: int
    version: int
    longitude: float
    latitude: float
    place_text: str | None
    is_street_only: bool
    """The public place says no more than the street: the service is about private addresses."""
    service_code: str
    service_name: dict[str, str]
    group_code: str
    group_name: dict[str, str]
    department_name: dict[str, str]
    metres: float | None = None
    """How far from the place that was asked about."""


def _rows(*, exact: bool = False) -> Select[*tuple[Any, ...]]:
    request = ServiceRequest
    position = request.position if exact else request.public_position
    return (
        select(
            request.id,
            request.number,
            request.status,
            request.led_to_improvement,
            request.requested_at,
            request.updated_at,
            request.due_at,
            request.waiting_since,
            request.closed_at,
            request.is_demo,
            request.is_acute,
            request.refusals,
            request.version,
            func.ST_X(position).label("longitude"),
            func.ST_Y(position).label("latitude"),
            (request.place_text if exact else request.public_place_text).label("place_text"),
            (Service.position_precision == PositionPrecision.STREET).label("is_street_only"),
            Service.code.label("service_code"),
            Service.name.label("service_name"),
            ServiceGroup.code.label("group_code"),
            ServiceGroup.name.label("group_name"),
            Department.name.label("department_name"),
        )
        .join(Service, Service.id == request.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .join(Department, Department.id == request.department_id)
    )


def rows(wanted: Filter, *, exact: bool = False) -> Sequence[Row]:
    """One page of reports, at most `limit`, after the cursor if there is one.

    The nearest first when `near` says to what, else the newest first.

    :param exact: the places themselves, for staff only; else what anyone may know of them.
    """
    query = _rows(exact=exact).where(*conditions(wanted)).limit(wanted.limit)
    if wanted.near:
        metres = metres_from(wanted.near)
        query = query.add_columns(metres.label("metres")).order_by(metres, ServiceRequest.id)
        if isinstance(wanted.after, NearCursor):
            place = tuple_(metres, ServiceRequest.id)
            query = query.where(place > tuple_(wanted.after.metres, wanted.after.id))
        return _as_rows(query)
    if isinstance(wanted.after, Cursor):
        place = tuple_(ServiceRequest.requested_at, ServiceRequest.id)
        query = query.where(place < tuple_(wanted.after.requested_at, wanted.after.id))
    newest_first = (ServiceRequest.requested_at.desc(), ServiceRequest.id.desc())
    urgent_first = (
        ServiceRequest.is_acute.desc(),
        ServiceRequest.due_at.asc().nulls_last(),
        ServiceRequest.id,
    )
    return _as_rows(query.order_by(*(urgent_first if wanted.by_deadline else newest_first)))


def rows_by_id(jurisdiction_id: int, keys: Collection[int]) -> Sequence[Row]:
    """These reports, but for rejected ones, in the order of their keys."""
    if not keys:
        return []
    query = _rows().where(
        ServiceRequest.jurisdiction_id == jurisdiction_id,
        ServiceRequest.id.in_(keys),
        ServiceRequest.status != Status.REJECTED,
    )
    return _as_rows(query.order_by(ServiceRequest.id))


def _as_rows(query: Select[*tuple[Any, ...]]) -> list[Row]:
    return [
        Row(**{**row, "status": Status(row["status"])})
        for row in session().execute(query).mappings()
    ]


def supporters(keys: Collection[int]) -> dict[int, int]:
    """How many others have said «me too» of these reports; only those of whom somebody has."""
    if not keys:
        return {}
    query = (
        select(Support.service_request_id, func.count())
        .where(Support.service_request_id.in_(keys))
        .group_by(Support.service_request_id)
    )
    return dict(session().execute(query).all())


def count(wanted: Filter) -> int:
    """How many reports match, whatever the page."""
    query = (
        select(func.count())
        .select_from(ServiceRequest)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .where(*conditions(wanted))
    )
    return session().scalar(query) or 0


def cursor_of(row: Row) -> Cursor | NearCursor:
    """The cursor for the page after this row."""
    if row.metres is not None:
        return NearCursor(metres=row.metres, id=row.id)
    return Cursor(requested_at=row.requested_at, id=row.id)


def _whole() -> Select[ServiceRequest]:
    return select(ServiceRequest).options(
        selectinload(ServiceRequest.history),
        joinedload(ServiceRequest.service).joinedload(Service.group),
        undefer(ServiceRequest.public_position),
        undefer(ServiceRequest.public_place_text),
    )


def by_number(jurisdiction_id: int, number: str) -> ServiceRequest | None:
    """The report with this number, in capitals or not."""
    query = _whole().where(
        ServiceRequest.jurisdiction_id == jurisdiction_id,
        ServiceRequest.number == number.strip().upper(),
    )
    return session().scalars(query).one_or_none()


def by_token(token: str) -> ServiceRequest | None:
    """The report behind a personal link."""
    return session().scalars(_whole().where(ServiceRequest.token == token)).one_or_none()


def by_id(service_request_id: int) -> ServiceRequest | None:
    """The report with this key."""
    return session().scalars(_whole().where(ServiceRequest.id == service_request_id)).one_or_none()


def by_idempotency_key(jurisdiction_id: int, key: str) -> ServiceRequest | None:
    """The report that an earlier submission with this key made."""
    query = _whole().where(
        ServiceRequest.jurisdiction_id == jurisdiction_id, ServiceRequest.idempotency_key == key
    )
    return session().scalars(query).one_or_none()


def locked(service_request_id: int) -> ServiceRequest:
    """The report as it is now, locked until the transaction ends."""
    query = (
        select(ServiceRequest)
        .where(ServiceRequest.id == service_request_id)
        .with_for_update(of=ServiceRequest)
        .execution_options(populate_existing=True)
    )
    return session().scalars(query).one()


def lock_in_order(service_request_ids: Sequence[int]) -> None:
    """Lock several reports until the transaction ends, always in the same order: nobody waits in a ring."""
    query = (
        select(ServiceRequest.id)
        .where(ServiceRequest.id.in_(service_request_ids))
        .order_by(ServiceRequest.id)
        .with_for_update()
    )
    session().execute(query).all()


def duplicates(service_request_id: int) -> Sequence[ServiceRequest]:
    """The reports that repeat this one, locked."""
    query = (
        select(ServiceRequest)
        .where(ServiceRequest.duplicate_of_id == service_request_id)
        .order_by(ServiceRequest.id)
        .with_for_update(of=ServiceRequest)
    )
    return session().scalars(query).all()


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """Lamps on one circuit that open reports are about: probably one fault."""

    name: str
    lamps: tuple[str, ...]
    request_ids: tuple[int, ...]


def circuits(jurisdiction_id: int, departments: Sequence[int]) -> list[Circuit]:
    """The circuits on which several lamps are reported, with the open reports.

    :param departments: empty means all.
    """
    lamps = func.array_agg(Asset.number.distinct()).label("lamps")
    requests = func.array_agg(ServiceRequest.id.distinct()).label("request_ids")
    query = (
        select(Asset.circuit.label("name"), lamps, requests)
        .join(ServiceRequestAsset, ServiceRequestAsset.asset_id == Asset.id)
        .join(ServiceRequest, ServiceRequest.id == ServiceRequestAsset.service_request_id)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.status.in_(OPEN),
            Asset.circuit.is_not(None),
        )
        .group_by(Asset.kind, Asset.circuit)
        .having(func.count(Asset.id.distinct()) > 1)
        .order_by(Asset.circuit)
    )
    if departments:
        query = query.where(ServiceRequest.department_id.in_(departments))
    return [
        Circuit(name=name or "", lamps=tuple(numbers), request_ids=tuple(keys))
        for name, numbers, keys in session().execute(query)
    ]


def refused_by(service_request_id: int) -> tuple[int, ...]:
    """The departments that have said a report is not theirs."""
    query = (
        select(HistoryEntry.department_id)
        .where(
            HistoryEntry.service_request_id == service_request_id,
            HistoryEntry.kind == EntryKind.REFUSED,
            HistoryEntry.department_id.is_not(None),
        )
        .distinct()
    )
    return tuple(key for key in session().scalars(query) if key is not None)


def contact_email(service_request_id: int) -> str | None:
    """Where the one who reported wants to hear from us, if anywhere."""
    return session().scalar(
        select(Contact.email).where(Contact.service_request_id == service_request_id)
    )


def entry(history_entry_id: int) -> HistoryEntry | None:
    """One row of history."""
    return session().get(HistoryEntry, history_entry_id)


def next_number(jurisdiction_id: int, prefix: str, year: int) -> str:
    """A fresh number such as `KSU-2026-000123`: unique, growing within the year, gaps possible."""
    query = select(func.next_service_request_number(jurisdiction_id, year))
    return f"{prefix}-{year}-{session().scalar(query):06d}"


def wait_for_key(jurisdiction_id: int, key: str) -> None:
    """Make submissions with the same idempotency key take turns until the transaction ends."""
    session().execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{jurisdiction_id}:{key}", 0)))
    )
