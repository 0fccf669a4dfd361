"""Which reports the inbox shows: one frozen value from the address to SQL.

A list holds only what its reader may see.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, not_, or_, select, tuple_

from app.catalog.models import Service, ServiceGroup
from app.jurisdictions.models import District
from app.service_requests.filter import NONE
from app.service_requests.models import DUE_OR_NEVER, Contact, ServiceRequest
from app.service_requests.status import OPEN, Status

PAGE = 50
"""Reports on a page."""
LEAST_WORD = 3
"""Shorter words are sought in numbers only: the index knows three letters and more."""
SOON = timedelta(days=2)
NUMBER = re.compile(r"^(?:[A-Za-z]{2,5}-\d{4}-)?\d{1,12}$")
"""A report's number, or its last part."""
DIGITS = 6
FIRST_YEAR = 2000


class Queue(StrEnum):
    """The tabs."""

    INBOX = "innboks"
    OVERDUE = "over-fristen"
    TODAY = "i-dag"
    MINE = "mine"
    WAITING = "venter"
    OPEN = "apne"
    FORWARDED = "hos-andre"
    CLOSED = "lukket"


class Order(StrEnum):
    """The orders of the list."""

    DEADLINE = "frist"
    NEWEST = "nyeste"
    CHANGED = "endret"


COUNTED = (Queue.INBOX, Queue.OVERDUE, Queue.TODAY, Queue.MINE, Queue.WAITING, Queue.OPEN)
"""What is open, and so is counted for the tabs."""


@dataclass(frozen=True, kw_only=True)
class After:
    """The last report of the page before, as its order knows it."""

    is_acute: bool
    moment: datetime | None
    """None: never."""
    id: int


@dataclass(frozen=True, kw_only=True)
class InboxFilter:
    """Conditions that all hold; empty means all. Times are aware."""

    jurisdiction_id: int
    departments: tuple[int, ...] | None
    """The reader's reach; None means all."""
    account_id: int
    now: datetime
    midnight: datetime
    """The end of today by the municipality's clock."""
    queue: Queue = Queue.INBOX
    order: Order = Order.DEADLINE
    statuses: tuple[Status, ...] = ()
    services: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    of_department: int | None = None
    districts: tuple[str, ...] = ()
    owner: str | None = None
    """A road's category, `lamp:` and a lamp's owner, or `none`."""
    channel: str | None = None
    assignee: str | None = None
    """An account's key, `me` or `none`."""
    is_acute: bool = False
    words: str = ""
    number_prefix: str = ""
    """How the municipality's numbers begin."""
    reporter: str | None = None
    """The number of a report: all of the same reporter."""
    after: After | None = None


def reach(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """What the reader may see at all."""
    request = ServiceRequest
    found = [request.jurisdiction_id == wanted.jurisdiction_id]
    if wanted.departments is not None:
        found.append(request.department_id.in_(wanted.departments))
    return found


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """A promise of ours has passed, and we do not wait for the reporter."""
    return and_(ServiceRequest.waiting_since.is_(None), _due() < now)


def _due() -> ColumnElement[Any]:
    return literal_column(DUE_OR_NEVER)


def queue_condition(queue: Queue, wanted: InboxFilter) -> ColumnElement[bool]:
    """What is in a tab, among what is open (or closed, for the last two)."""
    request = ServiceRequest
    match queue:
        case Queue.INBOX:
            untouched = (Status.RECEIVED, Status.ASSESSING, Status.ASSIGNED)
            return and_(
                request.assignee_id.is_(None),
                request.status.in_(untouched),
                request.waiting_since.is_(None),
            )
        case Queue.OVERDUE:
            return is_overdue(wanted.now)
        case Queue.TODAY:
            soon = and_(_due() >= wanted.now, _due() <= wanted.midnight)
            return and_(request.waiting_since.is_(None), soon)
        case Queue.MINE:
            return request.assignee_id == wanted.account_id
        case Queue.WAITING:
            return request.waiting_since.is_not(None)
        case Queue.OPEN:
            return request.status.in_(OPEN)
        case Queue.FORWARDED:
            return request.status == Status.FORWARDED
        case Queue.CLOSED:
            return request.status.not_in((*OPEN, Status.FORWARDED))


def conditions(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """All of it as SQL over reports alone."""
    found = [*reach(wanted), queue_condition(wanted.queue, wanted), *filters(wanted)]
    if wanted.queue in COUNTED and not wanted.statuses:
        found.append(ServiceRequest.status.in_(OPEN))
    return found


def filters(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """What the reader has chosen beside the tab."""
    request, key = ServiceRequest, wanted.jurisdiction_id
    found: list[ColumnElement[bool]] = []
    if wanted.statuses:
        found.append(request.status.in_(wanted.statuses))
    if wanted.services:
        codes = select(Service.id).where(
            Service.jurisdiction_id == key, Service.code.in_(wanted.services)
        )
        found.append(request.service_id.in_(codes))
    if wanted.groups:
        of_groups = (
            select(Service.id)
            .join(ServiceGroup, ServiceGroup.id == Service.group_id)
            .where(Service.jurisdiction_id == key, ServiceGroup.code.in_(wanted.groups))
        )
        found.append(request.service_id.in_(of_groups))
    if wanted.of_department is not None:
        found.append(request.department_id == wanted.of_department)
    if wanted.districts:
        codes = select(District.id).where(
            District.jurisdiction_id == key, District.code.in_(wanted.districts)
        )
        found.append(request.district_id.in_(codes))
    if wanted.channel:
        found.append(request.channel == wanted.channel)
    if wanted.is_acute:
        found.append(request.is_acute.is_(True))
    return found + _of_people(wanted) + _of_ground(wanted) + _of_words(wanted)


def _of_people(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    request = ServiceRequest
    found: list[ColumnElement[bool]] = []
    if wanted.assignee == NONE:
        found.append(request.assignee_id.is_(None))
    elif wanted.assignee:
        key = wanted.account_id if wanted.assignee == "me" else int(wanted.assignee)
        found.append(request.assignee_id == key)
    if wanted.reporter:
        found.append(_same_reporter(wanted))
    return found


def _same_reporter(wanted: InboxFilter) -> ColumnElement[bool]:
    """Reports whose reporter has the address, number or sign-in of this one's: nothing personal in a URL."""
    one = (
        select(Contact.email, Contact.phone, Contact.subject)
        .join(ServiceRequest, ServiceRequest.id == Contact.service_request_id)
        .where(*reach(wanted), ServiceRequest.number == wanted.reporter)
        .subquery()
    )
    same = (
        select(Contact.service_request_id)
        .join(
            one,
            or_(
                func.lower(Contact.email) == func.lower(one.c.email),
                Contact.phone == one.c.phone,
                Contact.subject == one.c.subject,
            ),
        )
        .where(Contact.jurisdiction_id == wanted.jurisdiction_id)
    )
    return ServiceRequest.id.in_(same)


def _of_ground(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    request = ServiceRequest
    if not wanted.owner:
        return []
    if wanted.owner == NONE:
        return [and_(request.road_category.is_(None), request.asset_owner.is_(None))]
    kind, _, lamp_owner = wanted.owner.partition(":")
    if kind == "lamp":
        return [request.asset_owner == lamp_owner]
    return [request.road_category == wanted.owner]


def _of_words(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """Each word of three letters or more stands in the text or the place, a house number beside its street.

    A number alone is a report's, or the end of one; so is a whole number of a report among words.
    """
    words = wanted.words.split()
    whole = [word for word in words if NUMBER.match(word) and not word.isdigit()]
    phrases = _phrases([word for word in words if word not in whole])
    numbers = whole if phrases else words
    request = ServiceRequest
    return [
        *(request.number.in_(_numbers(word, wanted)) for word in numbers),
        *(
            or_(
                request.description.icontains(phrase, autoescape=True),
                request.place_text.icontains(phrase, autoescape=True),
            )
            for phrase in phrases
        ),
    ]


def _phrases(words: list[str]) -> list[str]:
    """The words that the index finds, with house numbers beside their street. Others say little."""
    found: list[str] = []
    for word in words:
        if word.isdigit() and found:
            found[-1] += f" {word}"
        elif len(word) >= LEAST_WORD and not word.isdigit():
            found.append(word)
    return found


def _numbers(word: str, wanted: InboxFilter) -> list[str]:
    """A whole number, or all that end with this one: one a year. So the index finds them."""
    start, _, last = word.upper().rpartition("-")
    if start:
        return [f"{start}-{last.zfill(DIGITS)}"]
    years = range(FIRST_YEAR, wanted.midnight.year + 1)
    return [f"{wanted.number_prefix}-{year}-{last.zfill(DIGITS)}" for year in years]


def ordering(order: Order) -> tuple[ColumnElement[Any], ...]:
    """By what the list is ordered; the key makes it whole."""
    match order:
        case Order.DEADLINE:
            return (not_(ServiceRequest.is_acute), _due(), ServiceRequest.id.asc())
        case Order.NEWEST:
            return (ServiceRequest.requested_at.desc(), ServiceRequest.id.desc())
        case Order.CHANGED:
            return (ServiceRequest.updated_at.desc(), ServiceRequest.id.desc())


def after_condition(wanted: InboxFilter) -> ColumnElement[bool] | None:
    """The condition for the reports after the cursor, in the list's order."""
    after = wanted.after
    if after is None:
        return None
    moment: Any = after.moment if after.moment else literal_column("'infinity'::timestamptz")
    match wanted.order:
        case Order.DEADLINE:
            place = tuple_(not_(ServiceRequest.is_acute), _due(), ServiceRequest.id)
            return place > tuple_(not after.is_acute, moment, after.id)
        case Order.NEWEST:
            place = tuple_(ServiceRequest.requested_at, ServiceRequest.id)
        case Order.CHANGED:
            place = tuple_(ServiceRequest.updated_at, ServiceRequest.id)
    return place < tuple_(moment, after.id)
