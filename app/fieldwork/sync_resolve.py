"""Deciding a conflict: what others did stands, or what the person did."""

from dataclasses import replace
from uuid import UUID

from app.database import session
from app.errors import ChangeNotAllowed, NotAllowed
from app.fieldwork.models import CrewAction, Outcome
from app.fieldwork.operations import Verb
from app.fieldwork.snapshot import is_theirs
from app.fieldwork.sync_data import DATA, Kind
from app.fieldwork.sync_ends import ENDS, UNASSIGNED, is_same_end
from app.fieldwork.sync_schemas import Action
from app.fieldwork.sync_turn import Answer, Shots, Turn, add_words, kept_shots, perform
from app.i18n import gettext, localised
from app.service_requests import operations, queries
from app.service_requests.acting import Work
from app.service_requests.models import ServiceRequest
from app.service_requests.status import DESK, OPEN, Status

FACTS = {Kind.FIXED, Kind.DUPLICATE}
"""What someone has seen with their own eyes, and may say also of what another department has by now."""


def resolve(turn: Turn) -> Answer:
    """Do with an action in conflict what the person chose.

    :raises NotAllowed: there is no such conflict for this person. :raises AppError: theirs has to stand.
    """
    data = turn.action.data
    conflict = _waiting(turn, data["conflict"])
    if conflict.resolved_by_id is not None:
        return _already(conflict)
    request = queries.locked(conflict.service_request_id or 0)
    meant = _as_meant(turn, conflict)
    photos = kept_shots(meant, meant.action.data)
    if data["keep"] == "theirs":
        add_words(meant, request, photos)
    else:
        _insist(meant, request, photos)
    conflict.resolved_by_id, conflict.data = turn.action.id, None
    session().flush()
    return Answer(outcome=Outcome.DONE, service_request_id=request.id)


def _already(conflict: CrewAction) -> Answer:
    return Answer(
        outcome=Outcome.ALREADY,
        service_request_id=conflict.service_request_id,
        sentence=gettext("This is decided already."),
    )


def _waiting(turn: Turn, conflict_id: UUID) -> CrewAction:
    """The conflict, locked: one's own, or as someone at the desk of the department that has the report."""
    found = session().get(
        CrewAction,
        (turn.jurisdiction.id, conflict_id),
        with_for_update=True,
        populate_existing=True,
    )
    if found is None or found.outcome != Outcome.CONFLICT or found.service_request_id is None:
        raise NotAllowed(gettext("There is nothing to decide here."))
    if found.account_id != turn.who.account_id:
        request = session().get_one(ServiceRequest, found.service_request_id)
        roles = turn.who.roles_for(request.jurisdiction_id, request.department_id)
        if not roles & DESK:
            raise NotAllowed(gettext("Whoever did it, or the department's desk, decides this."))
    return found


def _as_meant(turn: Turn, conflict: CrewAction) -> Turn:
    """The action in conflict, as it was sent."""
    kind, sent = Kind(conflict.kind), conflict.data or {}
    action = Action(
        id=conflict.id,
        kind=kind,
        job=None,
        report=None,
        seen=None,
        at=conflict.happened_at,
        data=DATA[kind].load(sent),
        sent=sent,
        fingerprint=conflict.fingerprint,
    )
    return replace(turn, action=action)


def _insist(turn: Turn, request: ServiceRequest, photos: Shots) -> None:
    """Open the report again if need be, and end it as the person said. Both stay in its history.

    :raises ChangeNotAllowed: another department has it by now, and must be asked.
    """
    kind, own = turn.action.kind, is_theirs(turn.who, request)
    if is_same_end(request, turn.action, is_theirs=own):
        add_words(turn, request, photos)
        return
    if not own and kind not in FACTS:
        name = localised(request.department.name)
        message = gettext(
            "%(department)s has this report by now and decides about it. Keep theirs, and yours"
            " becomes a note to them.",
            department=name,
        )
        raise ChangeNotAllowed(message)
    if request.status not in OPEN:
        _set(turn, request, Status.ASSESSING)
    if kind == Kind.RETURN and request.status in UNASSIGNED:
        perform(turn, Verb.NOTE, request)
        return
    if kind == Kind.HAND_BACK and request.status in UNASSIGNED:
        _set(turn, request, Status.ASSIGNED)
    perform(turn, ENDS[kind], request, photos, with_desk=True)


def _set(turn: Turn, request: ServiceRequest, status: Status) -> None:
    """A step on the way, of which the one who reported gets no letter."""
    work = Work(version=request.version, department_id=request.department_id)
    actor = turn.actor(request, with_desk=True)
    operations.change_status(request, status, work, actor, now=turn.now, tells=False)
