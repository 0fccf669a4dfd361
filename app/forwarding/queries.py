"""What is read of handings over: the row itself, whether it still counts, and what staff are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.database import session
from app.departments.models import Department, DepartmentKind, Receives
from app.forwarding.models import Forwarding, ForwardingState
from app.forwarding.words import color, state_word, way_word
from app.i18n import gettext, local, localised, moment
from app.service_requests.history import goes_out
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN, Status

JOB = "forwarding.forward"
DECISIONS = (EntryKind.ROUTED, EntryKind.REROUTED, EntryKind.REFUSED)
UTM_33 = 25833
"""EPSG code of the coordinates that norgeskart.no takes."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A handing over as staff see it, in words. `when` is that of the last thing that happened to it.

    `id` is None when it was never ordered. `number` is the report's, `reference` the receiver's own.
    """

    id: int | None
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


def wait_at_most(seconds: int) -> None:
    """For the rest of the transaction: what somebody else has locked is waited for so long, then an error."""
    session().execute(text(f"SET LOCAL lock_timeout = '{seconds:d}s'"))


def latest_decision(request: ServiceRequest) -> HistoryEntry | None:
    """The row of history that gave the report to its department, if that is what the last decision did."""
    query = (
        select(HistoryEntry)
        .where(HistoryEntry.service_request_id == request.id, HistoryEntry.kind.in_(DECISIONS))
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    entry = session().scalars(query).one_or_none()
    return entry if entry and entry.department_id == request.department_id else None


def decision_to_send(request: ServiceRequest) -> HistoryEntry | None:
    """The latest decision, if the report is open and its department now gets its reports sent."""
    entry = latest_decision(request) if request.status in OPEN else None
    is_sent_out = entry is not None and entry.department is not None and gets_sent(entry.department)
    return entry if is_sent_out else None


def gets_sent(department: Department) -> bool:
    """Whether a department's reports are sent to it now."""
    is_external = department.kind == DepartmentKind.EXTERNAL
    return goes_out(is_external=is_external, receives=department.receives)


def is_theirs(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the report is still given to this body, and by this very decision."""
    entry = latest_decision(request)
    is_latest = entry is not None and entry.id == row.history_entry_id
    return is_latest and request.department_id == row.department_id


def is_passed_on(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the report is theirs and marked as passed on, by us or by staff who did it by hand."""
    return request.status == Status.FORWARDED and is_theirs(row, request)


def may_be_sent(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the report is theirs and open."""
    return request.status in OPEN and is_theirs(row, request)


def awaits_answer(row: Forwarding, request: ServiceRequest) -> bool:
    """Whether the body may answer: the report was passed to it and nothing has ended that."""
    if row.state in {ForwardingState.SENT, ForwardingState.ACCEPTED}:
        return is_passed_on(row, request)
    # The link has reached them, so the report has: we only never got to know.
    is_late = row.state in {ForwardingState.WAITING, ForwardingState.FAILED}
    return is_late and (may_be_sent(row, request) or is_passed_on(row, request))


def state_now(row: Forwarding, request: ServiceRequest) -> ForwardingState:
    """How far it has come, seen from the report as it is now: the row learns of changes at its next try."""
    state = ForwardingState(row.state)
    match state:
        case ForwardingState.REFUSED | ForwardingState.DONE:
            return state
        case _ if not is_theirs(row, request):
            return ForwardingState.WITHDRAWN
        case ForwardingState.WAITING | ForwardingState.FAILED if request.status == Status.FORWARDED:
            return ForwardingState.SENT
        case ForwardingState.WITHDRAWN if row.sent_at is None and request.status in OPEN:
            return ForwardingState.FAILED  # theirs again, or not sent because of how they received
        case _:
            return state


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
    """The handings over of a report, newest first; one that was never ordered comes first."""
    query = (
        select(Forwarding, Department)
        .join(Department, Department.id == Forwarding.department_id)
        .where(Forwarding.service_request_id == service_request_id)
        .order_by(Forwarding.id.desc())
    )
    request = session().get(ServiceRequest, service_request_id)
    if request is None:
        return []
    rows = session().execute(query)
    return _never_ordered(request) + [_shown(row, department, request) for row, department in rows]


def _never_ordered(request: ServiceRequest) -> list[Shown]:
    """A report that its department got before it began to get its reports sent."""
    entry = decision_to_send(request)
    if entry is None or entry.department is None or by_entry(entry.id):
        return []
    if jobs.is_ordered(JOB, history_entry_id=entry.id):
        return []
    return [
        Shown(
            id=None,
            number=request.number,
            department_name=localised(entry.department.name),
            way_word=way_word(Receives(entry.department.receives)),
            state=ForwardingState.FAILED,
            state_word=state_word(ForwardingState.FAILED),
            color=color(ForwardingState.FAILED),
            when=local(entry.occurred_at),
            attempts=0,
            last_failure=None,
            next_step=gettext(
                "Nothing has been sent to them yet. Try again to send it now, or pass the report on by hand."
            ),
            reference=None,
            can_try_again=True,
        )
    ]


def _shown(row: Forwarding, department: Department, request: ServiceRequest) -> Shown:
    state = state_now(row, request)
    is_unsent = state in {ForwardingState.WAITING, ForwardingState.FAILED}
    is_here = is_unsent and request.status in OPEN and not gets_sent(department)
    if is_here:
        state = ForwardingState.FAILED
    when = row.answered_at or row.sent_at or row.last_attempt_at or row.created_at
    return Shown(
        id=row.id,
        number=request.number,
        department_name=localised(department.name),
        way_word=way_word(Receives(row.way)),
        state=state,
        state_word=state_word(state),
        color=color(ForwardingState.WITHDRAWN if is_here else state),
        when=local(when),
        attempts=row.attempts,
        last_failure=row.last_failure if is_unsent and not is_here else None,
        next_step=_next_step(row, state, request, is_here=is_here),
        reference=row.reference,
        can_try_again=state == ForwardingState.FAILED and not is_here and request.status in OPEN,
    )


def _next_step(
    row: Forwarding, state: ForwardingState, request: ServiceRequest, *, is_here: bool
) -> str:
    if is_here:
        return gettext("They now get their reports in this service, so nothing is sent.")
    match state:
        case ForwardingState.WAITING | ForwardingState.FAILED if request.status not in OPEN:
            return ""
        case ForwardingState.WAITING if row.last_attempt_at and row.attempts:
            wait = timedelta(seconds=jobs.PATIENT.wait_seconds(row.attempts))
            return gettext("We try again %(moment)s.", moment=moment(row.last_attempt_at + wait))
        case ForwardingState.WAITING:
            return gettext("It is sent in a moment.")
        case ForwardingState.FAILED:
            return gettext("Try again when the cause is gone, or pass the report on by hand.")
        case ForwardingState.SENT if awaits_answer(row, request):
            return gettext("They can answer by the link they got.")
        case ForwardingState.ACCEPTED if awaits_answer(row, request):
            return gettext("They answer again when it is done.")
        case _:
            return ""
