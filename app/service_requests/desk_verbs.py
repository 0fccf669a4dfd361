"""All that the desk may do with a report: one verb for each button, one row of history for each press.

Verbs flush; the caller's `transaction()` commits.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from app.database import session
from app.departments.models import DepartmentKind
from app.errors import ChangeNotAllowed, NotFound
from app.i18n import gettext
from app.roles import Deed
from app.security import Identity
from app.service_requests import corrections, operations, queries, splitting, waited, waiting
from app.service_requests.acting import Actor, Work
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.remarks import attach, remark
from app.service_requests.status import (
    CLOSED,
    DESK,
    OPEN,
    Status,
    change,
    may_send_elsewhere,
)


class CaseVerb(StrEnum):
    """The verbs, as they stand in addresses."""

    TAKE = "ta"
    ASSIGN = "gi-til"
    DEPARTMENT = "avdeling"
    REPLY = "svar"
    ASK = "spor"
    GO_ON = "vent-ikke"
    NOTE = "merknad"
    START = "start"
    PLAN = "planlegg"
    FIXED = "utfort"
    NO_ACTION = "ingen-tiltak"
    MERGE = "sla-sammen"
    SPLIT = "del"
    FORWARD = "sendt-til-eier"
    REJECT = "avvis"
    REOPEN = "apne-igjen"
    SERVICE = "type"
    MOVE = "flytt"
    ACUTE = "fare"
    NOT_ACUTE = "ikke-fare"
    IMPROVEMENT = "forbedring"


TARGETS = {
    CaseVerb.START: Status.IN_PROGRESS,
    CaseVerb.PLAN: Status.PLANNED,
    CaseVerb.FIXED: Status.FIXED,
    CaseVerb.NO_ACTION: Status.NO_ACTION,
    CaseVerb.MERGE: Status.DUPLICATE,
    CaseVerb.FORWARD: Status.FORWARDED,
    CaseVerb.REJECT: Status.REJECTED,
}
"""The verbs that set a status which the table allows."""
TELLS = {
    CaseVerb.REPLY,
    CaseVerb.ASK,
    CaseVerb.START,
    CaseVerb.PLAN,
    CaseVerb.FIXED,
    CaseVerb.NO_ACTION,
    CaseVerb.MERGE,
    CaseVerb.FORWARD,
    CaseVerb.REJECT,
    CaseVerb.REOPEN,
}
"""Their words go to the one who reported; those of all others stay among staff."""
GOES_TOGETHER = {CaseVerb.NOTE}
"""What stands beside whatever others have done meanwhile."""


def find(who: Identity, jurisdiction_id: int, number: str) -> ServiceRequest:
    """The report, if it is this person's to handle. :raises NotFound: it is not, or there is none."""
    found = queries.by_number(jurisdiction_id, number)
    if found is None or not who.reaches(jurisdiction_id, Deed.DESK, found.department_id):
        raise NotFound(gettext("There is no such report in your department."))
    return found


def actor_for(who: Identity, request: ServiceRequest) -> Actor:
    """The person as the operations know them: with the roles at the desk that count for its department."""
    roles = who.roles_for(request.jurisdiction_id, request.department_id) & DESK
    departments = who.departments_in(request.jurisdiction_id)
    department = request.department_id if request.department_id in departments else None
    if department is None and len(departments) == 1:
        department = departments[0]
    return Actor(account_id=who.account_id, roles=frozenset(roles), department_id=department)


def verbs(request: ServiceRequest, actor: Actor) -> list[CaseVerb]:
    """What this person may do with the report as it is, in the order of the buttons."""
    if not actor.roles & DESK:
        return []
    status = Status(request.status)
    is_outside = request.department.kind == DepartmentKind.EXTERNAL
    allowed = {verb for verb, target in TARGETS.items() if change(status, target, actor.roles)}
    if not is_outside:
        allowed.discard(CaseVerb.FORWARD)
    allowed |= {CaseVerb.NOTE, CaseVerb.REPLY}
    if status in OPEN:
        allowed |= {CaseVerb.ASSIGN, CaseVerb.SERVICE, CaseVerb.MOVE, CaseVerb.SPLIT, CaseVerb.ASK}
        allowed |= {CaseVerb.NOT_ACUTE if request.is_acute else CaseVerb.ACUTE}
        if request.assignee_id != actor.account_id:
            allowed.add(CaseVerb.TAKE)
        if request.waiting_since is not None:
            allowed.add(CaseVerb.GO_ON)
    if may_send_elsewhere(status, actor.roles):
        allowed.add(CaseVerb.DEPARTMENT)
    if status in CLOSED and change(status, Status.ASSESSING, actor.roles):
        allowed.add(CaseVerb.REOPEN)
    if status in CLOSED and request.duplicate_of_id is None and status != Status.UNKNOWN:
        allowed.add(CaseVerb.IMPROVEMENT)
    return [verb for verb in CaseVerb if verb in allowed]


def do(
    verb: CaseVerb,
    found: ServiceRequest,
    work: Work,
    actor: Actor,
    *,
    now: datetime,
    photos: Sequence[str] = (),
) -> HistoryEntry:
    """Carry the verb out on the report as it was at `work.version`.

    :param photos: keys of photos of the result, for `FIXED` and `NOTE`.
    :raises OutdatedVersion: someone changed it meanwhile. :raises Invalid: something is missing.
    :raises ChangeNotAllowed: not now, or not by this person.
    """
    if verb in GOES_TOGETHER:
        work = replace(work, version=queries.locked(found.id).version)
    request = operations.lock(found.id, work.version)
    if verb not in verbs(request, actor):
        message = gettext("This cannot be done with the report as it is now. Look at it again.")
        raise ChangeNotAllowed(message)
    entry = _carry_out(verb, request, work, actor, now, photos)
    if verb == CaseVerb.GO_ON:
        waited.end(request, now)
    session().flush()
    return entry


Doing = Callable[..., HistoryEntry]


def _carry_out(
    verb: CaseVerb,
    request: ServiceRequest,
    work: Work,
    actor: Actor,
    now: datetime,
    photos: Sequence[str],
) -> HistoryEntry:
    if verb in TARGETS:
        return _set_status(verb, request, work, actor, now, photos)
    if verb == CaseVerb.TAKE:
        work = replace(work, assignee_id=actor.account_id)
    if verb == CaseVerb.NOTE:
        return remark(request, EntryKind.NOTE, work.message, actor, now=now, fix=photos)
    return DOES[verb](request, work, actor, now=now)


def _set_status(
    verb: CaseVerb,
    request: ServiceRequest,
    work: Work,
    actor: Actor,
    now: datetime,
    photos: Sequence[str],
) -> HistoryEntry:
    if verb == CaseVerb.FORWARD:
        work = replace(work, department_id=request.department_id)
    entry = operations.change_status(request, TARGETS[verb], work, actor, now=now)
    if verb == CaseVerb.FIXED:
        attach(request, entry, actor, now=now, fix=photos)
    return entry


def _reopen(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Take it up again: a repetition is one no more, and what was closed is assessed anew."""
    return operations.change_status(request, Status.ASSESSING, work, actor, now=now)


def _go_on(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Go on without the answer of the one who reported."""
    said = work.message or gettext("We go on without the answer.")
    return remark(request, EntryKind.NOTE, said, actor, now=now)


DOES: dict[CaseVerb, Doing] = {
    CaseVerb.TAKE: corrections.assign,
    CaseVerb.ASSIGN: corrections.assign,
    CaseVerb.DEPARTMENT: operations.send_elsewhere,
    CaseVerb.REPLY: operations.write_message,
    CaseVerb.ASK: waiting.ask,
    CaseVerb.GO_ON: _go_on,
    CaseVerb.SPLIT: splitting.split,
    CaseVerb.REOPEN: _reopen,
    CaseVerb.SERVICE: corrections.change_service,
    CaseVerb.MOVE: corrections.move,
    CaseVerb.ACUTE: partial(corrections.set_acute, is_acute=True),
    CaseVerb.NOT_ACUTE: partial(corrections.set_acute, is_acute=False),
    CaseVerb.IMPROVEMENT: operations.correct_improvement,
}
