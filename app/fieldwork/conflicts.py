"""Actions from the field that are in conflict and not decided, for the department's desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import Account
from app.database import session
from app.fieldwork.models import CrewAction, CrewPhoto, Outcome
from app.fieldwork.sync_turn import theirs
from app.i18n import gettext, local
from app.security import Identity
from app.service_requests.models import ServiceRequest
from app.service_requests.status import DESK, Status
from app.service_requests.words import status_word

MOST = 50
"""So many are shown at a time; those that wait longest come first."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two versions, finished to be shown. `photos` are keys."""

    who: str
    at: datetime
    word: str
    message: str | None
    led_to_improvement: bool | None
    photos: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An action that someone must decide about."""

    key: UUID
    number: str
    service_name: Mapping[str, str]
    received_at: datetime
    mine: Side
    theirs: Side


def of_desk(
    who: Identity, jurisdiction_id: int
) -> list[tuple[CrewAction, ServiceRequest, str | None]]:
    """What waits for this person's desk, the oldest first, with the reports and who sent it."""
    query = (
        select(CrewAction, ServiceRequest, Account.label)
        .join(ServiceRequest, ServiceRequest.id == CrewAction.service_request_id)
        .outerjoin(Account, Account.id == CrewAction.account_id)
        .where(
            CrewAction.jurisdiction_id == jurisdiction_id,
            CrewAction.outcome == Outcome.CONFLICT,
            CrewAction.resolved_by_id.is_(None),
        )
        .order_by(CrewAction.received_at, CrewAction.id)
    )
    return [
        (action, report, name)
        for action, report, name in session().execute(query)
        if who.roles_for(jurisdiction_id, report.department_id) & DESK
    ]


def waiting(who: Identity, jurisdiction_id: int) -> list[Waiting]:
    """What waits for this person's desk, the oldest first."""
    return [_waiting(*row) for row in of_desk(who, jurisdiction_id)[:MOST]]


def _waiting(action: CrewAction, report: ServiceRequest, name: str | None) -> Waiting:
    told: dict[str, Any] = action.answer.get("mine") or {}
    return Waiting(
        key=action.id,
        number=report.number,
        service_name=report.service.name,
        received_at=local(action.received_at),
        mine=_side(
            told
            | {
                "who": name or gettext("Someone who no longer has an account"),
                "photos": _keys(action.jurisdiction_id, told.get("photos") or []),
            },
            action.happened_at,
        ),
        theirs=_side(theirs(report), action.received_at),
    )


def _side(told: Mapping[str, Any], otherwise: datetime) -> Side:
    at = datetime.fromisoformat(told["at"]) if told.get("at") else otherwise
    return Side(
        who=told["who"],
        at=local(at),
        word=status_word(Status(told["status"])) if told.get("status") else "",
        message=told.get("message"),
        led_to_improvement=told.get("led_to_improvement"),
        photos=[photo["key"] for photo in told["photos"]],
    )


def _keys(jurisdiction_id: int, photos: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The photos that the device sent, by the keys that they are kept under."""
    ids = [UUID(photo["id"]) for photo in photos]
    query = select(CrewPhoto).where(
        CrewPhoto.jurisdiction_id == jurisdiction_id, CrewPhoto.id.in_(ids)
    )
    kept = {photo.id: photo.photo.key for photo in session().scalars(query)}
    return [{"key": kept[key]} for key in ids if key in kept]
