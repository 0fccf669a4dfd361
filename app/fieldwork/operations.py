"""What a crew may do: one verb for each button."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from app.database import session
from app.departments.models import DepartmentKind
from app.errors import ChangeNotAllowed, Invalid, NotFound
from app.fieldwork.schemas import Along
from app.i18n import gettext
from app.roles import Deed, who_may
from app.security import Identity
from app.service_requests import operations, queries
from app.service_requests.acting import Actor, Work
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.remarks import attach, remark
from app.service_requests.status import (
    OPEN,
    Status,
    change,
    may_refuse,
    may_send_elsewhere,
)
from app.service_requests.talk import SAME_WITHIN


class Verb(StrEnum):
    """The verbs, as they stand in addresses."""

    START = "start"
    MESSAGE = "melding"
    FIXED = "utfort"
    NO_ACTION = "ingen-tiltak"
    HAND_BACK = "send-tilbake"
    SEND_ELSEWHERE = "send-videre"
    PASSED_ON = "sendt-for-hand"
    PAUSE = "pause"
    NOTE = "merknad"
    MATERIAL = "material"
    PHOTO = "bilde"
    RETURN = "til-vurdering"
    DUPLICATE = "meldt-for"


TARGETS = {
    Verb.START: Status.IN_PROGRESS,
    Verb.FIXED: Status.FIXED,
    Verb.NO_ACTION: Status.NO_ACTION,
    Verb.RETURN: Status.ASSESSING,
    Verb.DUPLICATE: Status.DUPLICATE,
}
REMARKS = {
    Verb.NOTE: EntryKind.NOTE,
    Verb.MATERIAL: EntryKind.MATERIAL,
    Verb.PHOTO: EntryKind.PHOTO,
}
"""What goes together with whatever others have done, also on a closed report."""
WITH_PHOTOS = {Verb.FIXED, *REMARKS}


def find(who: Identity, jurisdiction_id: int, number: str) -> ServiceRequest:
    """The report, if it is this person's to work on.

    :raises NotFound: no such report, or another department's.
    """
    found = queries.by_number(jurisdiction_id, number)
    sees_all = who.reach(jurisdiction_id, Deed.FIELD_WORK) is None
    if found is None or not (
        sees_all or found.department_id in who.departments_in(jurisdiction_id)
    ):
        raise NotFound(gettext("There is no such report in your department."))
    return found


def actor_for(who: Identity, request: ServiceRequest) -> Actor:
    """The person as the operations on this report know them: with the roles that count for its department."""
    roles = who.roles_for(request.jurisdiction_id, request.department_id) & set(
        who_may(Deed.FIELD_WORK)
    )
    departments = who.departments_in(request.jurisdiction_id)
    return Actor(
        account_id=who.account_id,
        roles=frozenset(roles),
        department_id=departments[0] if len(departments) == 1 else None,
    )


def verbs(request: ServiceRequest, actor: Actor) -> list[Verb]:
    """What this person may do with the report as it is."""
    status = Status(request.status)
    is_outside = request.department.kind == DepartmentKind.EXTERNAL
    allowed = [verb for verb, target in TARGETS.items() if change(status, target, actor.roles)]
    if status not in (Status.ASSIGNED, Status.PLANNED, Status.IN_PROGRESS):
        allowed = [verb for verb in allowed if verb != Verb.RETURN]
    if status == Status.IN_PROGRESS and change(status, Status.PLANNED, actor.roles):
        allowed.append(Verb.PAUSE)
    if status in OPEN:
        allowed += [Verb.MESSAGE, *REMARKS]
    if may_refuse(status, actor.roles) and not request.department.is_first_line:
        allowed.append(Verb.HAND_BACK)
    if may_send_elsewhere(status, actor.roles):
        allowed.append(Verb.SEND_ELSEWHERE)
    if is_outside and change(status, Status.FORWARDED, actor.roles):
        allowed.append(Verb.PASSED_ON)
    return allowed


def close_together(
    who: Identity,
    found: ServiceRequest,
    work: Work,
    along: Sequence[Along],
    *,
    now: datetime,
    photos: Sequence[str] = (),
) -> None:
    """Mark a report and others of the same fault as fixed with one answer and message, each at its version.

    The photos go with the report itself.

    :raises NotFound: one of them is not this person's. :raises Conflict: one has changed meanwhile.
    """
    others = [(find(who, found.jurisdiction_id, other.number), other.version) for other in along]
    queries.lock_in_order([found.id, *(report.id for report, _ in others)])
    for report, version in [(found, work.version), *others]:
        mine = replace(work, version=version)
        its_photos = photos if report is found else ()
        do(Verb.FIXED, report, mine, actor_for(who, report), now=now, photos=its_photos)


def do(
    verb: Verb,
    found: ServiceRequest,
    work: Work,
    actor: Actor,
    *,
    now: datetime,
    photos: Sequence[str] = (),
    before: Sequence[str] = (),
) -> HistoryEntry:
    """Carry the verb out on the report as it was at `work.version`.

    :param photos: keys of photos of the result, for what is in `WITH_PHOTOS`.
    :param before: keys of photos of the fault, for the same.
    :raises OutdatedVersion: someone changed it meanwhile. :raises Invalid: something is missing.
    :raises ChangeNotAllowed: the table has no such change.
    """
    request = operations.lock(found.id, work.version)
    match verb:
        case Verb.MESSAGE:
            return operations.write_message(request, work, actor, now=now)
        case Verb.HAND_BACK:
            return operations.refuse(request, work, actor, now=now)
        case Verb.SEND_ELSEWHERE:
            return operations.send_elsewhere(request, work, actor, now=now)
        case Verb.PASSED_ON:
            return _pass_on(request, work, actor, now)
        case Verb.NOTE | Verb.MATERIAL | Verb.PHOTO:
            kind = REMARKS[verb]
            return remark(
                request,
                kind,
                work.message,
                actor,
                now=now,
                fix=photos,
                fault=before,
                data=work.data,
            )
        case Verb.PAUSE:
            return _pause(request, work, actor, now)
        case Verb.RETURN:
            return _return(request, work, actor, now)
        case Verb.FIXED:
            entry = operations.change_status(request, Status.FIXED, work, actor, now=now)
            attach(request, entry, actor, now=now, fix=photos, fault=before)
            return entry
        case Verb.START | Verb.NO_ACTION | Verb.DUPLICATE:
            return operations.change_status(request, TARGETS[verb], work, actor, now=now)


def do_once(
    verb: Verb,
    found: ServiceRequest,
    work: Work,
    actor: Actor,
    *,
    now: datetime,
    photos: Sequence[str] = (),
    before: Sequence[str] = (),
) -> None:
    """The same from a form. A remark goes together with whatever others have done since it was opened, and one
    that this person sent just now is not written again: the button was pressed twice.

    :raises AppError: as `do`.
    """
    if verb in REMARKS:
        request = queries.locked(found.id)
        if _was_sent(request, REMARKS[verb], work, actor, now):
            return
        work = replace(work, version=request.version)
    do(verb, found, work, actor, now=now, photos=photos, before=before)


def _was_sent(
    request: ServiceRequest, kind: EntryKind, work: Work, actor: Actor, now: datetime
) -> bool:
    session().refresh(request, ["history"])
    same = (kind, work.message, actor.account_id)
    return work.message is not None and any(
        (entry.kind, entry.message, entry.account_id) == same
        and entry.occurred_at > now - SAME_WITHIN
        for entry in request.history
    )


def _pass_on(request: ServiceRequest, work: Work, actor: Actor, now: datetime) -> HistoryEntry:
    if request.department.kind != DepartmentKind.EXTERNAL:
        raise ChangeNotAllowed(gettext("Only what is with an outside body is passed on by hand."))
    mine = replace(work, department_id=request.department_id)
    return operations.change_status(request, Status.FORWARDED, mine, actor, now=now)


def _pause(request: ServiceRequest, work: Work, actor: Actor, now: datetime) -> HistoryEntry:
    if request.status != Status.IN_PROGRESS:
        raise ChangeNotAllowed(gettext("Only a job that has been started can be paused."))
    return operations.change_status(request, Status.PLANNED, work, actor, now=now)


def _return(request: ServiceRequest, work: Work, actor: Actor, now: datetime) -> HistoryEntry:
    """It cannot be done now: the department's desk finds out what to do. The reason is for staff."""
    if request.status not in OPEN:
        raise ChangeNotAllowed(gettext("The report is closed, so it is not yours to assess anew."))
    if not work.message:
        raise Invalid({"message": gettext("Write the reason.")})
    return operations.change_status(
        request, Status.ASSESSING, work, actor, now=now, visibility=Visibility.INTERNAL
    )
