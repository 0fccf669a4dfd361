"""What the inbox reads: a page of the list, the tabs' counts, what the filters offer.

As many statements for a long page as for a short one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from app.accounts.models import Account
from app.casework.inbox_filter import (
    COUNTED,
    PAGE,
    After,
    InboxFilter,
    Order,
    Queue,
    after_condition,
    conditions,
    filters,
    ordering,
    queue_condition,
    reach,
)
from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.jurisdictions.models import District
from app.service_requests.models import DUE_OR_NEVER, Contact, ServiceRequest
from app.service_requests.status import OPEN, Status

MOST_COUNTED = 1000
"""Matches of a search are counted so far; more are «over 1000»."""
MOST_ON_MAP = 2000
"""So many of the list stand on the map, the first ones of its order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxRow:
    """A report in the inbox. EPSG:4326, degrees; for staff, so the place is the place."""

    id: int
    number: str
    version: int
    status: Status
    requested_at: datetime
    updated_at: datetime
    due_at: datetime | None
    first_response_at: datetime | None
    first_response_due_at: datetime
    waiting_since: datetime | None
    next_due: datetime | None
    """The promise that comes next; None for never."""
    is_acute: bool
    is_demo: bool
    refusals: int
    longitude: float
    latitude: float
    place_text: str | None
    service_name: dict[str, str]
    group_code: str
    department_id: int
    department_name: dict[str, str]
    assignee: str | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list, and where the next one begins."""

    rows: list[InboxRow]
    after: After | None
    """None on the last page."""


def page(wanted: InboxFilter, limit: int = PAGE) -> Page:
    """The reports of a page, in one statement."""
    request = ServiceRequest
    due: ColumnElement[Any] = literal_column(DUE_OR_NEVER)
    query = (
        select(
            request.id,
            request.number,
            request.version,
            request.status,
            request.requested_at,
            request.updated_at,
            request.due_at,
            request.first_response_at,
            request.first_response_due_at,
            request.waiting_since,
            func.nullif(due, literal_column("'infinity'::timestamptz")).label("next_due"),
            request.is_acute,
            request.is_demo,
            request.refusals,
            func.ST_X(request.position).label("longitude"),
            func.ST_Y(request.position).label("latitude"),
            request.place_text,
            Service.name.label("service_name"),
            ServiceGroup.code.label("group_code"),
            request.department_id,
            Department.name.label("department_name"),
            Account.label.label("assignee"),
        )
        .join(Service, Service.id == request.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .join(Department, Department.id == request.department_id)
        .outerjoin(Account, Account.id == request.assignee_id)
        .where(*conditions(wanted))
        .order_by(*ordering(wanted.order))
        .limit(limit + 1)
    )
    if (later := after_condition(wanted)) is not None:
        query = query.where(later)
    found = [_row(row) for row in session().execute(query).mappings()]
    rows, more = found[:limit], found[limit:]
    return Page(rows=rows, after=_after(rows[-1], wanted.order) if more else None)


def _row(row: Any) -> InboxRow:
    return InboxRow(**{**row, "status": Status(row["status"])})


def _after(row: InboxRow, order: Order) -> After:
    moments = {
        Order.DEADLINE: row.next_due,
        Order.NEWEST: row.requested_at,
        Order.CHANGED: row.updated_at,
    }
    return After(is_acute=row.is_acute, moment=moments[order], id=row.id)


def counts(wanted: InboxFilter) -> dict[Queue, int]:
    """How many are in each tab of what is open, with the chosen filters, in one pass."""
    columns = [
        func.count().filter(queue_condition(queue, wanted)).label(queue.name) for queue in COUNTED
    ]
    where = [*reach(wanted), *filters(wanted), ServiceRequest.status.in_(OPEN)]
    query = select(*columns).select_from(ServiceRequest).where(*where)
    found = session().execute(query).one()
    return dict(zip(COUNTED, found, strict=True))


def matches(wanted: InboxFilter) -> int:
    """How many match in a tab that is not counted otherwise, up to `MOST_COUNTED` and one."""
    inner = select(ServiceRequest.id).where(*conditions(wanted)).limit(MOST_COUNTED + 1).subquery()
    return session().scalar(select(func.count()).select_from(inner)) or 0


def changed_since(wanted: InboxFilter, moment: datetime) -> int:
    """How many of the list are new or have changed since the page was made."""
    inner = (
        select(ServiceRequest.id)
        .where(*conditions(wanted), ServiceRequest.updated_at > moment)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return session().scalar(select(func.count()).select_from(inner)) or 0


def districts(jurisdiction_id: int) -> list[tuple[str, dict[str, str]]]:
    """The districts' codes and names."""
    query = (
        select(District.code, District.name)
        .where(District.jurisdiction_id == jurisdiction_id)
        .order_by(District.code)
    )
    return [(code, name) for code, name in session().execute(query)]


def of_email(wanted: InboxFilter, email: str) -> str | None:
    """The number of the newest report from this address that the reader may see, to search by instead."""
    query = (
        select(ServiceRequest.number)
        .join(Contact, Contact.service_request_id == ServiceRequest.id)
        .where(*reach(wanted), func.lower(Contact.email) == email.strip().lower())
        .order_by(ServiceRequest.id.desc())
        .limit(1)
    )
    return session().scalar(query)
