"""Handing a report over: once, however often it is tried, and never lost. Flushes; the caller commits."""

from dataclasses import replace
from datetime import datetime

from app import jobs
from app.database import session
from app.departments.models import Department, Receives
from app.errors import Conflict
from app.forwarding import queries
from app.forwarding.cards import sheet_of
from app.forwarding.models import Forwarding, ForwardingState
from app.forwarding.ways import WAYS, NotSent, Office, Parcel
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.service_requests import operations as requests
from app.service_requests import queries as request_queries
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN

TRIES = 44
"""With the waits of `jobs.PATIENT` (30 s doubling to 2 h) three days."""


def begin(history_entry_id: int, *, now: datetime) -> int | None:
    """The key of the row that this row of history orders, made if it is new; None when the report is gone."""
    entry = request_queries.entry(history_entry_id)
    if entry is None or entry.department is None:
        return None
    request = entry.service_request
    if request.is_demo and request.status not in OPEN:  # its whole life was made up at once
        return None
    queries.add(entry, entry.department.receives, now=now)
    row = queries.by_entry(history_entry_id)
    return row.id if row else None


def forward(forwarding_id: int, office: Office, *, now: datetime) -> bool:
    """Send the report, unless it was sent or is no longer theirs; whether it was sent now.

    The row stays locked while it is sent, so that nobody else sends it.

    :raises NotSent: it was not taken.
    """
    row = queries.locked(forwarding_id)
    if row is None or row.state != ForwardingState.WAITING:
        return False
    request = request_queries.by_id(row.service_request_id)
    department = session().get_one(Department, row.department_id)
    way = WAYS.get(Receives(department.receives))
    if request is not None and queries.is_passed_on(row, request):  # by hand
        row.state, row.sent_at = ForwardingState.SENT, request.closed_at
        session().flush()
        return False
    if request is None or way is None or not queries.may_be_sent(row, request):
        row.state = ForwardingState.WITHDRAWN
        session().flush()
        return False
    row.way = department.receives
    jurisdiction = session().get_one(Jurisdiction, row.jurisdiction_id)
    office = replace(office, base_url=jurisdiction.public_url(office.base_url))
    with force_locale(jurisdiction.languages[0]):
        parcel = _parcel(row, request, department, jurisdiction, office, now)
        row.reference = way(parcel, office, now=now)
    row.attempts, row.last_attempt_at = row.attempts + 1, now
    arrived(row, now=now)
    return True


def arrived(row: Forwarding, *, now: datetime) -> ServiceRequest:
    """The body has the report: write it down, and say so on the report if it is still theirs."""
    row.state, row.sent_at = ForwardingState.SENT, now
    request = request_queries.locked(row.service_request_id)
    if queries.may_be_sent(row, request):
        requests.mark_forwarded(request, now=now)
    elif not queries.is_passed_on(row, request):  # it went elsewhere while it was being sent
        row.state = ForwardingState.WITHDRAWN
    session().flush()
    return request


def record_failure(
    forwarding_id: int, fault: Exception, *, now: datetime
) -> ForwardingState | None:
    """Write down that a try failed: waiting for another one, or given up. None when it waits no longer."""
    row = queries.locked(forwarding_id)
    if row is None or row.state != ForwardingState.WAITING:
        return None
    jurisdiction = session().get_one(Jurisdiction, row.jurisdiction_id)
    row.attempts, row.last_attempt_at = row.attempts + 1, now
    with force_locale(jurisdiction.languages[0]):
        row.last_failure = _sentence(fault)
    is_permanent = isinstance(fault, NotSent) and fault.is_permanent
    if is_permanent or row.attempts >= TRIES:
        row.state = ForwardingState.FAILED
    session().flush()
    return ForwardingState(row.state)


def try_again(service_request_id: int) -> None:
    """Order the sending of what was given up anew, or of what was never ordered.

    :raises Conflict: nothing was given up, or the report is no longer theirs.
    """
    request = request_queries.by_id(service_request_id)
    decision = queries.decision_to_send(request) if request else None
    if request is None or decision is None:
        raise Conflict(gettext("There is nothing here to send again."))
    found = queries.by_entry(decision.id)
    row = queries.locked(found.id) if found else None
    if row is not None and queries.state_now(row, request) != ForwardingState.FAILED:
        raise Conflict(gettext("There is nothing here to send again."))
    if row is not None:
        row.state, row.attempts = ForwardingState.WAITING, 0
    elif jobs.is_ordered(queries.JOB, history_entry_id=decision.id):
        raise Conflict(gettext("There is nothing here to send again."))
    jobs.defer(queries.JOB, history_entry_id=decision.id)


def _parcel(
    row: Forwarding,
    request: ServiceRequest,
    department: Department,
    jurisdiction: Jurisdiction,
    office: Office,
    now: datetime,
) -> Parcel:
    return Parcel(
        key=f"{request.number}-{row.history_entry_id}",
        department=department,
        jurisdiction_name=localised(jurisdiction.name),
        language=jurisdiction.languages[0],
        sheet=sheet_of(row, request, office.base_url, now=now),
        token=office.signature.write(row.id),
        answer_until=office.signature.end(now),
    )


def _sentence(fault: Exception) -> str:
    """What staff read. Other errors than our own may hold anything, so only their kind is told."""
    if isinstance(fault, NotSent):
        return fault.sentence
    return gettext("Something is wrong at our end (%(kind)s).", kind=type(fault).__name__)
