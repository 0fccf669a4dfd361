"""What is read of handings over: the row itself, whether it still counts, and what staff are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.database import session
from app.departments.models import Department, Receives
from app.forwarding.models import Forwarding, ForwardingState
from app.forwarding.words import color, state_word, way_word
from app.i18n import gettext, local, localised, moment
from app.service_requests.models import EntryKind, HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN, Status

DECISIONS = (EntryKind.ROUTED, EntryKind.REROUTED, EntryKind.REFUSED)
UTM_33 = 25833
"""EPSG code of the coordinates that norgeskart.no takes."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A handing over as staff see it, in words. `when` is that of the last thing that happened to it.

    `number` is the report's, `reference` the receiver's own.
    """

    id: int
    number: str
    department_name: str
    way_word: str
    state: ForwardingState
    state_word: str
    color: str
    when: datetime
    attempts: int
    last_failure: str | None
    next_step: str
    reference: str | None
    can_try_again: bool


def add(entry: HistoryEntry, way: str, *, now: datetime) -> None:
    """Make the row for a handing over, unless it is there."""
    values = {
        "jurisdiction_id": entry.jurisdiction_id,
        "service_request_id": entry.service_request_id,
        "department_id": entry.department_id,
        "history_entry_id": entry.id,
        "way": way,
        "state": ForwardingState.WAITING,
        "attempts": 0,
        "created_at": now,
    }
    session().execute(insert(Forwarding).values(**values).on_conflict_do_nothing())


def by_entry(history_entry_id: int) -> Forwarding | None:
    """The handing over that this row of history ordered."""
    query = select(Forwarding).where(Forwarding.history_entry_id == history_entry_id)
    return session().scalars(query).one_or_none()


def by_id(forwarding_id: int) -> Forwarding | None:
    """The handing over with this key."""
    return session().get(Forwarding, forwarding_id, populate_existing=True)


def locked(forwarding_id: int) -> Forwarding | None:
    """The handing over as it is now, locked until the transaction ends: nobody else sends or answers it."""
    query = (
        select(Forwarding)
        .where(Forwarding.id == forwarding_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session().scalars(query).one_or_none()


def newest(service_request_id: int) -> Forwarding | None:
    """The last handing over of a report."""
    query = (
        select(Forwarding)
        .where(Forwarding.service_request_id == service_request_id)
        .order_by(Forwarding.id.desc())
        .limit(1)
    )
    return session().scalars(query).one_or_none()


def is_theirs(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the report is still given to this body, and by this very decision."""
    latest = select(func.max(HistoryEntry.id)).where(
        HistoryEntry.service_request_id == request.id, HistoryEntry.kind.in_(DECISIONS)
    )
    is_latest = session().scalar(latest) == row.history_entry_id
    return is_latest and request.department_id == row.department_id


def may_be_sent(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the report is theirs and open."""
    return request.status in OPEN and is_theirs(row, request)


def awaits_answer(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the body may answer: the report was passed to it and nothing has ended that."""
    if row.state in {ForwardingState.SENT, ForwardingState.ACCEPTED}:
        return request.status == Status.FORWARDED and is_theirs(row, request)
    # The link has reached them, so the report has: we only never got to know.
    is_late = row.state in {ForwardingState.WAITING, ForwardingState.FAILED}
    return is_late and may_be_sent(row, request)


def answers(row: Forwarding) -> Sequence[HistoryEntry]:
    """What the body has answered so far, oldest first."""
    query = (
        select(HistoryEntry)
        .where(
            HistoryEntry.service_request_id == row.service_request_id,
            HistoryEntry.id > row.history_entry_id,
            HistoryEntry.actor == "outside",
            HistoryEntry.department_id == row.department_id,
        )
        .order_by(HistoryEntry.id)
    )
    return session().scalars(query).all()


def utm_33(request: ServiceRequest) -> tuple[float, float]:
    """East and north of a report in metres, EPSG:25833."""
    point = func.ST_Transform(ServiceRequest.position, UTM_33)
    query = select(func.ST_X(point), func.ST_Y(point)).where(ServiceRequest.id == request.id)
    east, north = session().execute(query).one()
    return east, north


def shown_for(service_request_id: int) -> list[Shown]:
    """The handings over of a report, newest first."""
    query = (
        select(Forwarding, Department)
        .join(Department, Department.id == Forwarding.department_id)
        .where(Forwarding.service_request_id == service_request_id)
        .order_by(Forwarding.id.desc())
    )
    request = session().get(ServiceRequest, service_request_id)
    if request is None:
        return []
    return [_shown(row, department, request) for row, department in session().execute(query)]


def _shown(row: Forwarding, department: Department, request: ServiceRequest) -> Shown:
    state = ForwardingState(row.state)
    is_over = state in {ForwardingState.REFUSED, ForwardingState.DONE, ForwardingState.WITHDRAWN}
    if not is_over and not is_theirs(row, request):
        state = ForwardingState.WITHDRAWN
    is_unsent = state in {ForwardingState.WAITING, ForwardingState.FAILED}
    when = row.answered_at or row.sent_at or row.last_attempt_at or row.created_at
    return Shown(
        id=row.id,
        number=request.number,
        department_name=localised(department.name),
        way_word=way_word(Receives(row.way)),
        state=state,
        state_word=state_word(state),
        color=color(state),
        when=local(when),
        attempts=row.attempts,
        last_failure=row.last_failure if is_unsent else None,
        next_step=_next_step(row, state),
        reference=row.reference,
        can_try_again=state == ForwardingState.FAILED and request.status in OPEN,
    )


def _next_step(row: Forwarding, state: ForwardingState) -> str:
    match state:
        case ForwardingState.WAITING if row.last_attempt_at and row.attempts:
            wait = timedelta(seconds=jobs.PATIENT.wait_seconds(row.attempts))
            return gettext("We try again %(moment)s.", moment=moment(row.last_attempt_at + wait))
        case ForwardingState.WAITING:
            return gettext("It is sent in a moment.")
        case ForwardingState.SENT:
            return gettext("They can answer by the link they got.")
        case ForwardingState.FAILED:
            return gettext("Try again when the cause is gone, or pass the report on by hand.")
        case ForwardingState.ACCEPTED:
            return gettext("They answer again when it is done.")
        case ForwardingState.REFUSED | ForwardingState.DONE | ForwardingState.WITHDRAWN:
            return ""
