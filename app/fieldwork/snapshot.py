"""The day's package: what a phone keeps so that a crew can work without coverage."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.catalog.models import Service
from app.catalog.queries import services
from app.catalog.questions import told as answers_told
from app.database import session
from app.fieldwork import rounds
from app.fieldwork.operations import Verb, actor_for, verbs
from app.fieldwork.queries import departments_of
from app.fieldwork.sync_data import Kind
from app.geo.positions import position_of
from app.i18n import gettext, local, localised
from app.jurisdictions.models import Jurisdiction
from app.photos.models import Photo
from app.roles import Deed
from app.security import Identity
from app.service_requests import timeline
from app.service_requests.additions import ServiceRequestPhoto
from app.service_requests.cards import coordinates_text
from app.service_requests.kinds import ModerationState, Visibility
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN, Party

MOST_JOBS = 500
"""More open jobs than this are no crew's: the most urgent ones are sent."""
NEWEST = 10
"""How many rows of its history a job carries."""
KINDS = {
    Verb.START: Kind.START,
    Verb.PAUSE: Kind.PAUSE,
    Verb.MESSAGE: Kind.MESSAGE,
    Verb.NOTE: Kind.NOTE,
    Verb.MATERIAL: Kind.MATERIAL,
    Verb.PHOTO: Kind.PHOTO,
    Verb.FIXED: Kind.FIXED,
    Verb.NO_ACTION: Kind.NO_ACTION,
    Verb.DUPLICATE: Kind.DUPLICATE,
    Verb.RETURN: Kind.RETURN,
    Verb.HAND_BACK: Kind.HAND_BACK,
}
"""What the app calls the verbs that it has."""
WORDS = {Kind.MESSAGE, Kind.NOTE, Kind.MATERIAL}
"""Rows of history that are no more than what was written."""


def package(who: Identity, jurisdiction: Jurisdiction, *, now: datetime) -> dict[str, Any]:
    """Everything that a crew works with today; without the account and the time of making."""
    today = local(now).date()
    planned = rounds.for_snapshot(who, jurisdiction, today)
    of_rounds = {stop["number"] for found in planned for stop in found["stops"]}
    keys = session().scalars(_mine(who, jurisdiction.id, of_rounds)).all()
    return {
        "day": today.isoformat(),
        "departments": departments(who, jurisdiction.id),
        "jobs": list(jobs(who, jurisdiction.id, keys).values()),
        "rounds": planned,
        "services": [
            {
                "code": service.code,
                "name": localised(service.name),
                "group": service.group.code,
                "group_name": localised(service.group.name),
            }
            for service in services(jurisdiction.id)
        ],
    }


def departments(who: Identity, jurisdiction_id: int) -> list[dict[str, Any]]:
    """The departments that this person works for."""
    return [
        {"id": department.id, "name": localised(department.name)}
        for department in departments_of(who, jurisdiction_id)
    ]


def is_theirs(who: Identity, request: ServiceRequest) -> bool:
    """Whether the report is this person's to work on."""
    is_first_line = who.reach(request.jurisdiction_id, Deed.FIELD_WORK) is None
    return is_first_line or request.department_id in who.departments_in(request.jurisdiction_id)


def _mine(who: Identity, jurisdiction_id: int, numbers: Collection[str]) -> Select[int]:
    """The keys of the open reports of this person's departments, and of the jobs in the rounds.

    For someone of the first line who works for no department: of all.
    """
    request = ServiceRequest
    own = who.departments_in(jurisdiction_id)
    sees_all = who.reach(jurisdiction_id, Deed.FIELD_WORK) is None
    of_departments = request.department_id.in_(own)
    wanted: ColumnElement[bool] = request.status.in_(OPEN)
    in_round: ColumnElement[bool] = request.number.in_(numbers)
    if own or not sees_all:
        wanted = and_(wanted, of_departments)
    if not sees_all:
        in_round = and_(in_round, of_departments)
    return (
        select(request.id)
        .where(request.jurisdiction_id == jurisdiction_id, or_(wanted, in_round))
        .order_by(
            in_round.desc(),
            request.is_acute.desc(),
            request.due_at.asc().nulls_last(),
            request.id,
        )
        .limit(MOST_JOBS)
    )


def jobs(who: Identity, jurisdiction_id: int, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """These reports as the app keeps them, by their keys; those that are not this person's are left out."""
    if not keys:
        return {}
    query = (
        select(ServiceRequest)
        .where(ServiceRequest.jurisdiction_id == jurisdiction_id, ServiceRequest.id.in_(keys))
        .options(
            selectinload(ServiceRequest.history),
            selectinload(ServiceRequest.assets),
            joinedload(ServiceRequest.service).joinedload(Service.group),
        )
        .execution_options(populate_existing=True)
    )
    found = {request.id: request for request in session().scalars(query)}
    contacts, photos = _contacts(keys), _photos(keys)
    return {
        key: _job(who, found[key], contacts.get(key), photos.get(key, []))
        for key in keys
        if key in found and is_theirs(who, found[key])
    }


def _job(
    who: Identity,
    request: ServiceRequest,
    contact: Contact | None,
    photos: list[dict[str, str]],
) -> dict[str, Any]:
    position = position_of(request.position)
    told = {
        "number": request.number,
        "version": request.version,
        "status": request.status,
        "service": localised(request.service.name),
        "service_code": request.service.code,
        "group": request.service.group.code,
        "department_id": request.department_id,
        "place": request.place_text or coordinates_text(position),
        "position": [round(position.longitude, 6), round(position.latitude, 6)],
        "description": request.description,
        "requested_at": _time(request.requested_at),
        "due_at": _time(request.due_at) if request.due_at else None,
        "is_acute": request.is_acute,
        "refusals": request.refusals,
        "photos": photos,
        "lamps": [{"number": asset.number, "circuit": asset.circuit} for asset in request.assets],
        "answers": [
            {"label": answer.label, "text": answer.text}
            for answer in answers_told(request.service, request.answers)
        ],
        "log": [_line(entry) for entry in reversed(request.history[-NEWEST:])],
        "verbs": [KINDS[verb] for verb in verbs(request, actor_for(who, request)) if verb in KINDS],
    }
    if contact is not None and contact.name:
        told["name"] = contact.name
    if contact is not None and contact.phone:
        told["phone"] = contact.phone
    return told


def _line(entry: HistoryEntry) -> dict[str, Any]:
    """A row of history: what happened, and what was written with it."""
    sentence = "" if entry.kind in WORDS else timeline.told(entry)
    return {
        "at": _time(entry.occurred_at),
        "kind": entry.kind,
        "who": _who(entry),
        "text": "\n".join(filter(None, [sentence, entry.message])),
        "is_internal": entry.visibility == Visibility.INTERNAL,
    }


def _who(entry: HistoryEntry) -> str | None:
    """Who did it, as far as everyone on the staff may know: never a person's name."""
    if entry.actor == Party.REPORTER:
        return gettext("The one who reported")
    return localised(entry.department.name) if entry.department else None


def _time(moment: datetime) -> str:
    return local(moment).isoformat(timespec="seconds")


def _contacts(keys: Sequence[int]) -> dict[int, Contact]:
    """Those who left a name or a number, by their report."""
    query = select(Contact).where(
        Contact.service_request_id.in_(keys),
        or_(Contact.phone.is_not(None), Contact.name.is_not(None)),
    )
    return {found.service_request_id: found for found in session().scalars(query)}  # type: ignore[misc]


def _photos(keys: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """The photos of each report, those of the fault first; hidden ones are left out."""
    link = ServiceRequestPhoto
    query = (
        select(link.service_request_id, Photo.key, link.shows, link.state)
        .join(Photo, Photo.id == link.photo_id)
        .where(link.service_request_id.in_(keys), link.state != ModerationState.HIDDEN)
        .order_by(link.service_request_id, link.shows, link.rank)
    )
    found: dict[int, list[dict[str, str]]] = {}
    for key, name, shows, state in session().execute(query):
        found.setdefault(key, []).append({"key": name, "shows": shows, "state": state})
    return found
