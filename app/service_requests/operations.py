"""What staff may do with a report. Every verb flushes; the caller's `transaction()` commits."""

from collections.abc import Callable
from datetime import datetime

from app import jobs
from app.database import session
from app.departments.models import DepartmentKind
from app.departments.queries import first_line, in_use
from app.errors import ChangeNotAllowed, Conflict, Invalid, OutdatedVersion
from app.i18n import gettext, in_languages, localised
from app.jurisdictions.models import Jurisdiction
from app.service_requests import queries, waited
from app.service_requests.acting import SYSTEM, Actor, Work
from app.service_requests.deadlines import fix_due
from app.service_requests.history import (
    alert,
    decide_again,
    facts_of,
    goes_out,
    hand_over,
    remember,
    remember_decision,
)
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.originals import (
    begin_again,
    find_original,
    improvement_of,
    set_improvement,
)
from app.service_requests.status import (
    CLOSED,
    REFUSALS_TO_TRIAGE,
    Need,
    Party,
    Status,
    change,
    may_refuse,
    may_send_elsewhere,
)
from app.service_requests.words import status_word


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
    tells: bool = True,
) -> HistoryEntry:
    """Set a status that the table allows; the reporter is told.

    :param request: locked with `lock`.
    :param visibility: who may read the message.
    :param tells: False keeps it to the report's page: no letter, and not the first answer.
    :raises ChangeNotAllowed: not from here, or not by this role.
    :raises Invalid: what the change needs is missing.
    """
    allowed = change(Status(request.status), target, actor.roles)
    if allowed is None:
        message = gettext("A report that is «%(now)s» cannot become «%(then)s».")
        words = {"now": status_word(Status(request.status)), "then": status_word(target)}
        raise ChangeNotAllowed(message % words)
    _check(allowed.needs, work)
    original = (
        find_original(request, work.original_number) if Need.ORIGINAL in allowed.needs else None
    )
    set_improvement(request, improvement_of(target, work.led_to_improvement, original))
    if original is not None or target == Status.ASSESSING:
        request.duplicate_of_id = original.id if original else None
    if work.department_id is not None and Need.DEPARTMENT in allowed.needs:
        request.department_id = work.department_id
    request.status = target
    request.closed_at = now if target in CLOSED else None
    if target in CLOSED:
        waited.end(request, now)
    entry = remember(request, EntryKind.STATUS, now, actor=actor.kind, status=target)
    entry.visibility = visibility
    entry.message = work.message
    entry.data = work.data | facts_of(request, allowed.needs, improved=work.led_to_improvement)
    if not tells:
        entry.data["told"] = False
    return _tell(request, entry, actor, now, by_mail=tells)


def write_message(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """Write to the reporter without changing the status. :raises Invalid: no message."""
    if not work.message:
        raise Invalid({"message": gettext("Write a message.")})
    entry = remember(request, EntryKind.MESSAGE, now, actor="staff")
    entry.message, entry.data = work.message, work.data
    return _tell(request, entry, actor, now)


def accept(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """An outside body takes on a report that was passed to it. The status stays; the reporter is told.

    :raises ChangeNotAllowed: it was not passed on, or no longer is.
    """
    if request.status != Status.FORWARDED or Party.OUTSIDE not in actor.roles:
        raise ChangeNotAllowed(gettext("The report is no longer with you."))
    entry = remember(request, EntryKind.ACCEPTED, now, actor=actor.kind)
    entry.message = work.message
    return _tell(request, entry, actor, now)


def refuse(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """A department says that a report is not its own. The reason is for staff.

    The next rule that fits decides, passing over everyone who has refused; after the second refusal, or
    without such a rule, the first line gets it to assess. So it never goes back and forth.

    :raises ChangeNotAllowed: nobody can refuse from here, or it is the first line's.
    :raises Invalid: no reason.
    """
    desk = first_line(request.jurisdiction_id)
    if not may_refuse(Status(request.status), actor.roles) or request.department_id == desk.id:
        message = gettext("This report cannot be sent back from here.")
        raise ChangeNotAllowed(message)
    _check(frozenset({Need.REASON}), work)
    left = request.department
    request.refusals += 1
    leave_person(request, now)
    request.status, request.closed_at, request.updated_at = Status.ASSESSING, None, now
    begin_again(request)
    decision = decide_again(request) if request.refusals < REFUSALS_TO_TRIAGE else None
    goes_on = decision is not None and decision.rule_id is not None
    entry = remember(
        request,
        EntryKind.REFUSED,
        now,
        actor=actor.kind,
        status=None if goes_on else Status.ASSESSING,
    )
    entry.visibility, entry.message = Visibility.INTERNAL, work.message
    entry.account_id, entry.department_id = actor.account_id, request.department_id
    entry.data = {"rule": request.routing_rule_id, "led_to_improvement": False}
    if not goes_on:
        entry.data |= {"to": desk.id}
    session().flush()
    if decision is not None and goes_on:
        request.department_id, request.status = decision.department_id, Status.ASSIGNED
        _set_due(request, is_external=decision.is_external, now=now)
        refused = _said(
            request,
            lambda: gettext(
                "%(department)s answered that it is not theirs.", department=localised(left.name)
            ),
        )
        request.routing_rule_id = decision.rule_id
        request.routing_reason = {
            code: f"{refused[code]} {reason}" for code, reason in decision.reason.items()
        }
        routed = remember_decision(request, decision, now)
        if not goes_out(is_external=decision.is_external, receives=decision.receives):
            jobs.defer("notifications.tell_reporter", history_entry_id=routed.id)
    else:
        request.department_id, request.status = desk.id, Status.ASSESSING
        _set_due(request, is_external=False, now=now)
        jobs.defer("notifications.tell_reporter", history_entry_id=entry.id)
        alert(request, entry)
        request.routing_rule_id = None
        request.routing_reason = _said(
            request,
            lambda: gettext(
                "We are finding out who answers for this report. %(department)s has it meanwhile.",
                department=localised(desk.name),
            ),
        )
    session().flush()
    session().refresh(request, ["department"])
    return entry


def send_elsewhere(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """Staff give a report to another department than the rules did. A message with it is for staff.

    :raises ChangeNotAllowed: not from here, or not by this role. :raises Invalid: no such department.
    """
    if not may_send_elsewhere(Status(request.status), actor.roles):
        raise ChangeNotAllowed(gettext("You cannot send this report to another department."))
    target = in_use(request.jurisdiction_id, work.department_id)
    if target is None or target.id == request.department_id:
        raise Invalid({"department": gettext("Choose who should have the report.")})
    overridden, left = request.routing_rule_id, request.department_id
    leave_person(request, now)
    request.department_id, request.routing_rule_id = target.id, None
    request.status = Status.ASSESSING if target.is_first_line else Status.ASSIGNED
    request.closed_at = None
    begin_again(request)
    is_external = target.kind == DepartmentKind.EXTERNAL
    _set_due(request, is_external=is_external, now=now)
    request.routing_reason = _said(
        request,
        lambda: gettext(
            "Our staff have judged that %(department)s answers for this report.",
            department=localised(target.name),
        ),
    )
    entry = remember(
        request, EntryKind.REROUTED, now, actor=actor.kind, status=Status(request.status)
    )
    entry.message, entry.visibility = work.message, Visibility.INTERNAL
    # Of what goes out of the house the reporter hears when it has gone.
    is_told = not goes_out(is_external=is_external, receives=target.receives)
    entry.data = {
        "rule": overridden,
        "from": left,
        "reason": request.routing_reason,
        "led_to_improvement": False,
        "told": is_told,
    }
    entry.department_id = target.id
    _tell(request, entry, actor, now, by_mail=is_told)
    hand_over(entry, is_external=is_external, receives=target.receives)
    alert(request, entry)
    session().refresh(request, ["department"])
    return entry


def leave_person(request: ServiceRequest, now: datetime) -> None:
    """The report leaves its department: whoever had it there has it no more, and nobody waits for an answer."""
    request.assignee_id = None
    waited.end(request, now)


def _set_due(request: ServiceRequest, *, is_external: bool, now: datetime) -> None:
    """Our own date for the fix stays; it begins when a report comes to us and ends when it leaves us."""
    if is_external or request.due_at is None:
        jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
        request.due_at = fix_due(jurisdiction, request.service, now, is_external=is_external)


def _said(request: ServiceRequest, say: Callable[[], str]) -> dict[str, str]:
    """A sentence in the municipality's languages."""
    return in_languages(session().get_one(Jurisdiction, request.jurisdiction_id).languages, say)


def mark_forwarded(request: ServiceRequest, *, now: datetime) -> HistoryEntry:
    """The outside body has got the report: it is theirs now, and the reporter is told to whom and why.

    :param request: locked, open, and given to that body.
    """
    work = Work(version=request.version, department_id=request.department_id)
    return change_status(request, Status.FORWARDED, work, SYSTEM, now=now)


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
    set_improvement(request, bool(work.led_to_improvement))
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


def _tell(
    request: ServiceRequest,
    entry: HistoryEntry,
    actor: Actor,
    now: datetime,
    *,
    by_mail: bool = True,
) -> HistoryEntry:
    entry.account_id = actor.account_id
    entry.department_id = entry.department_id or actor.department_id or request.department_id
    request.updated_at = now
    if request.first_response_at is None and by_mail and Party.REPORTER not in actor.roles:
        request.first_response_at = now
    session().flush()
    if by_mail:
        jobs.defer("notifications.tell_reporter", history_entry_id=entry.id)
    return entry
