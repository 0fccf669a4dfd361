"""What staff may do with a report. Every verb flushes; the caller's `transaction()` commits."""

from dataclasses import dataclass
from datetime import datetime

from app import jobs
from app.database import session
from app.departments.queries import first_line
from app.errors import ChangeNotAllowed, Conflict, Invalid, OutdatedVersion
from app.i18n import gettext
from app.security import Role
from app.service_requests import queries
from app.service_requests.history import remember
from app.service_requests.models import (
    EntryKind,
    HistoryEntry,
    ServiceRequest,
    Visibility,
)
from app.service_requests.status import CLOSED, Need, Status, change
from app.service_requests.words import status_word


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Someone on the staff, with the roles that count for this report."""

    account_id: int
    roles: frozenset[Role]
    department_id: int | None


@dataclass(frozen=True, kw_only=True)
class Work:
    """What someone on the staff wants to do, and the version of the report that they saw."""

    version: int
    message: str | None = None
    led_to_improvement: bool | None = None
    original_number: str | None = None
    department_id: int | None = None


def lock(service_request_id: int, version: int) -> ServiceRequest:
    """The report, locked. :raises OutdatedVersion: it has changed since `version`."""
    request = queries.locked(service_request_id)
    if request.version != version:
        message = gettext(
            "The report has been changed since you opened it. Nothing of yours was saved."
        )
        raise OutdatedVersion(message, expected=version, actual=request.version)
    return request


def change_status(
    request: ServiceRequest,
    target: Status,
    work: Work,
    actor: Actor,
    *,
    now: datetime,
    visibility: Visibility = Visibility.PUBLIC,
) -> HistoryEntry:
    """Set a status that the table allows; the reporter is told.

    :param request: locked with `lock`.
    :param visibility: who may read the message.
    :raises ChangeNotAllowed: not from here, or not by this role.
    :raises Invalid: what the change needs is missing.
    """
    allowed = change(Status(request.status), target, set(actor.roles))
    if allowed is None:
        message = gettext("A report that is «%(now)s» cannot become «%(then)s».")
        words = {"now": status_word(Status(request.status)), "then": status_word(target)}
        raise ChangeNotAllowed(message % words)
    _check(allowed.needs, work)
    original = _original(request, work.original_number) if Need.ORIGINAL in allowed.needs else None
    _set_improvement(request, _improvement(target, work, original))
    if original is not None or target == Status.ASSESSING:
        request.duplicate_of_id = original.id if original else None
    if work.department_id is not None and Need.DEPARTMENT in allowed.needs:
        request.department_id = work.department_id
    request.status = target
    request.closed_at = now if target in CLOSED else None
    entry = remember(request, EntryKind.STATUS, now, actor="staff", status=target)
    entry.visibility = visibility
    entry.message = work.message
    if work.led_to_improvement is not None:
        entry.data = {"led_to_improvement": work.led_to_improvement}
    return _tell(request, entry, actor, now)


def write_message(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """Write to the reporter without changing the status. :raises Invalid: no message."""
    if not work.message:
        raise Invalid({"message": gettext("Write a message.")})
    entry = remember(request, EntryKind.MESSAGE, now, actor="staff")
    entry.message = work.message
    return _tell(request, entry, actor, now)


def hand_back(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Give the report to the first-line desk to assess anew. The reason is for staff.

    :raises ChangeNotAllowed: it cannot be assessed from here. :raises Invalid: no reason.
    """
    internal = Visibility.INTERNAL
    entry = change_status(request, Status.ASSESSING, work, actor, now=now, visibility=internal)
    request.department_id = first_line(request.jurisdiction_id).id
    session().flush()
    session().refresh(request, ["department"])
    return entry


def correct_improvement(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """Correct whether a closed report led to an improvement. The correction is history.

    :raises Conflict: the report is open, or follows its original. :raises Invalid: no answer.
    """
    if request.status not in CLOSED or request.duplicate_of_id is not None:
        raise Conflict(
            gettext(
                "Only a closed report has this answer, and a repeated report follows its original."
            )
        )
    _check(frozenset({Need.IMPROVEMENT}), work)
    _set_improvement(request, bool(work.led_to_improvement))
    entry = remember(request, EntryKind.IMPROVEMENT, now, actor="staff")
    entry.data = {"led_to_improvement": work.led_to_improvement}
    entry.account_id = actor.account_id
    request.updated_at = now
    session().flush()
    return entry


def _check(needs: frozenset[Need], work: Work) -> None:
    errors = {}
    if Need.REASON in needs and not work.message:
        errors["message"] = gettext("Write the reason.")
    if Need.IMPROVEMENT in needs and work.led_to_improvement is None:
        errors["led_to_improvement"] = gettext("Answer whether this led to an improvement.")
    if Need.DEPARTMENT in needs and work.department_id is None:
        errors["department"] = gettext("Choose who should have the report.")
    if Need.ORIGINAL in needs and not work.original_number:
        errors["original_number"] = gettext("Write the number of the report that came first.")
    if errors:
        raise Invalid(errors)


def _original(request: ServiceRequest, number: str | None) -> ServiceRequest:
    """The report that came first, locked; an original is never itself a duplicate."""
    found = queries.by_number(request.jurisdiction_id, number or "")
    if found is None or found.id == request.id:
        raise Invalid({"original_number": gettext("There is no other report with this number.")})
    original = queries.locked(found.id)
    if original.duplicate_of_id is not None:
        message = gettext("That report is itself a repetition. Write its original's number.")
        raise Invalid({"original_number": message})
    if queries.duplicates(request.id):
        message = gettext("Other reports already point to this one as the first.")
        raise Invalid({"original_number": message})
    return original


def _improvement(target: Status, work: Work, original: ServiceRequest | None) -> bool:
    match target:
        case Status.FIXED:
            return bool(work.led_to_improvement)
        case Status.DUPLICATE:
            return original is not None and original.led_to_improvement
        case _:
            return False


def _set_improvement(request: ServiceRequest, improved: bool) -> None:
    """Write the answer on the report and on those that repeat it."""
    for report in (*queries.duplicates(request.id), request):
        report.led_to_improvement = improved


def _tell(
    request: ServiceRequest, entry: HistoryEntry, actor: Actor, now: datetime
) -> HistoryEntry:
    entry.account_id = actor.account_id
    entry.department_id = actor.department_id or request.department_id
    request.updated_at = now
    if request.first_response_at is None:
        request.first_response_at = now
    session().flush()
    jobs.defer("notifications.tell_reporter", history_entry_id=entry.id)
    return entry
