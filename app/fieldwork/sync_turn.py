"""One action on its way: whose turn it is, what it is done to, and what is answered."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.database import session
from app.errors import NotAllowed
from app.fieldwork import crew_photos
from app.fieldwork.models import CrewAction, Outcome
from app.fieldwork.operations import Verb, actor_for, do
from app.fieldwork.snapshot import is_theirs
from app.fieldwork.sync_data import Kind
from app.fieldwork.sync_schemas import Action
from app.i18n import gettext, local, localised
from app.jurisdictions.models import Jurisdiction
from app.photos.models import Photo
from app.roles import Role
from app.security import Identity
from app.service_requests import queries
from app.service_requests.acting import Actor, Work
from app.service_requests.additions import PhotoShows, ServiceRequestPhoto
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Party, Status


class Later(Exception):
    """Something must be sent first: these photos, or what stands before it in the queue."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__()
        self.missing = missing


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A person's action, and when the service took it up."""

    who: Identity
    jurisdiction: Jurisdiction
    action: Action
    now: datetime

    def work(self, request: ServiceRequest) -> Work:
        """What the action says, for the report as it is."""
        data = self.action.data
        return Work(
            version=request.version,
            message=data.get("message"),
            led_to_improvement=data.get("led_to_improvement"),
            original_number=data.get("original"),
        )

    def actor(self, request: ServiceRequest, *, with_desk: bool = False) -> Actor:
        """The person, as someone of the crew also where the report is another department's by now.

        :param with_desk: with the right to open again, for someone who decides a conflict.
        """
        found = actor_for(self.who, request)
        if not is_theirs(self.who, request):
            own = self.who.departments_in(self.jurisdiction.id)
            found = replace(found, department_id=own[0] if own else None)
        more = {Role.CASE_HANDLER} if with_desk else set()
        return replace(found, roles=frozenset(found.roles | {Role.CREW} | more))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the device is told, and told again when it repeats itself."""

    outcome: Outcome
    service_request_id: int | None = None
    sentence: str | None = None
    errors: dict[str, str] | None = None
    theirs: dict[str, Any] | None = None
    mine: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Without what there is not."""
        told = {
            "outcome": self.outcome.value,
            "sentence": self.sentence,
            "errors": self.errors,
            "theirs": self.theirs,
            "mine": self.mine,
        } | self.more
        return {name: value for name, value in told.items() if value is not None}


def target(turn: Turn) -> ServiceRequest:
    """The report that an action is done to, locked.

    :raises Later: it is made by an action that has not come yet.
    :raises NotAllowed: it is not this person's and never was.
    """
    action, jurisdiction_id = turn.action, turn.jurisdiction.id
    if action.report is not None:
        return _made_by(turn, action.report)
    found = queries.by_number(jurisdiction_id, action.job or "")
    if found is None:
        raise NotAllowed(gettext("There is no such report in your department."))
    request = queries.locked(found.id)
    if not is_theirs(turn.who, request) and not _was_theirs(turn.who, request):
        raise NotAllowed(gettext("There is no such report in your department."))
    return request


def _made_by(turn: Turn, action_id: UUID) -> ServiceRequest:
    made = session().get(CrewAction, (turn.jurisdiction.id, action_id))
    if made is None:
        raise Later([])
    if made.kind != Kind.REPORT or made.account_id != turn.who.account_id:
        raise NotAllowed(gettext("This does not belong to a report that you have made."))
    if made.service_request_id is None:
        raise NotAllowed(gettext("The report that this belongs to was not taken in."))
    return queries.locked(made.service_request_id)


def _was_theirs(who: Identity, request: ServiceRequest) -> bool:
    """Whether one of this person's departments had the report once."""
    own = who.departments_in(request.jurisdiction_id)
    query = select(HistoryEntry.id).where(
        HistoryEntry.service_request_id == request.id,
        HistoryEntry.actor != Party.REPORTER,
        HistoryEntry.department_id.in_(own),
    )
    return session().scalar(query.limit(1)) is not None


@dataclass(frozen=True, kw_only=True)
class Shots:
    """Keys of an action's photos: of the fault before, and of the fix."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def shots(turn: Turn, data: dict[str, Any]) -> Shots:
    """The photos of an action. :raises Later: the device must send some of them first."""
    keys = _keys(turn, data)
    missing = [str(photo["id"]) for photo in _wanted(data) if photo["id"] not in keys]
    if missing:
        raise Later(missing)
    return _by_what(data, keys)


def kept_shots(turn: Turn, data: dict[str, Any]) -> Shots:
    """The photos of an action that came in earlier, as many of them as are still kept."""
    return _by_what(data, _keys(turn, data))


def _wanted(data: dict[str, Any]) -> list[dict[str, Any]]:
    return data.get("photos") or []


def _keys(turn: Turn, data: dict[str, Any]) -> dict[UUID, str]:
    return crew_photos.keys_of(turn.jurisdiction.id, [photo["id"] for photo in _wanted(data)])


def _by_what(data: dict[str, Any], keys: dict[UUID, str]) -> Shots:
    by_what: dict[str, list[str]] = {shows.value: [] for shows in PhotoShows}
    for photo in _wanted(data):
        if photo["id"] in keys:
            by_what[photo["shows"]].append(keys[photo["id"]])
    return Shots(before=tuple(by_what["fault"]), after=tuple(by_what["fix"]))


def perform(
    turn: Turn,
    verb: Verb,
    request: ServiceRequest,
    photos: Shots | None = None,
    *,
    with_desk: bool = False,
) -> None:
    """Carry out a verb with what the action says. :raises AppError: it cannot be."""
    photos = photos or Shots()
    do(
        verb,
        request,
        turn.work(request),
        turn.actor(request, with_desk=with_desk),
        now=turn.now,
        photos=photos.after,
        before=photos.before,
    )


def add_words(turn: Turn, request: ServiceRequest, photos: Shots | None = None) -> None:
    """Keep what someone wrote and photographed beside what others have done, for staff."""
    if turn.action.data.get("message"):
        perform(turn, Verb.NOTE, request, photos)
    elif photos is not None and (photos.before or photos.after):
        perform(turn, Verb.PHOTO, request, photos)


def theirs(request: ServiceRequest) -> dict[str, Any]:
    """What others did to a report, for the person to compare with."""
    decided = [entry for entry in request.history if entry.status]
    last = decided[-1] if decided else request.history[-1]
    query = (
        select(Photo.key, ServiceRequestPhoto.shows, ServiceRequestPhoto.state)
        .join(Photo, Photo.id == ServiceRequestPhoto.photo_id)
        .where(ServiceRequestPhoto.history_entry_id == last.id)
        .order_by(ServiceRequestPhoto.rank)
    )
    by_reporter = last.actor == Party.REPORTER
    name = localised(request.department.name)
    if last.department is not None:
        name = localised(last.department.name)
    is_fixed = request.status == Status.FIXED
    return {
        "status": request.status,
        "message": last.message,
        "led_to_improvement": request.led_to_improvement if is_fixed else None,
        "at": local(last.occurred_at).isoformat(timespec="seconds"),
        "who": gettext("The one who reported") if by_reporter else name,
        "photos": [
            {"key": key, "shows": shows, "state": state}
            for key, shows, state in session().execute(query)
        ],
    }


MEANT = {
    Kind.FIXED: Status.FIXED,
    Kind.NO_ACTION: Status.NO_ACTION,
    Kind.DUPLICATE: Status.DUPLICATE,
    Kind.RETURN: Status.ASSESSING,
    Kind.HAND_BACK: Status.ASSESSING,
    Kind.START: Status.IN_PROGRESS,
    Kind.PAUSE: Status.PLANNED,
}
"""The status that a person meant to set."""


def mine(turn: Turn) -> dict[str, Any]:
    """What the person meant to do, as others' is shown."""
    action = turn.action
    return {
        "status": MEANT[action.kind],
        "message": action.data.get("message"),
        "led_to_improvement": action.data.get("led_to_improvement"),
        "at": local(action.at).isoformat(timespec="seconds"),
        "who": None,
        "photos": action.sent.get("photos") or [],
    }
