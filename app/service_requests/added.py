"""What is read of the things that people have added to reports: contact, score, «me too», comments, news."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.database import session
from app.service_requests.additions import Comment, Satisfaction, ServiceRequestPhoto, Support
from app.service_requests.kinds import EntryKind, ModerationState
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import Party, Status

CALLS = (EntryKind.MESSAGE, EntryKind.NUDGED, EntryKind.STATUS)
OURS = ("staff", "outside")


def contact_of(service_request_id: int) -> Contact | None:
    """How to reach the one who reported, if they left something."""
    query = select(Contact).where(Contact.service_request_id == service_request_id)
    return session().scalars(query).one_or_none()


def satisfaction_of(service_request_id: int) -> Satisfaction | None:
    """What the one who reported said of how it went."""
    return session().get(Satisfaction, service_request_id)


def supports(service_request_id: int) -> int:
    """How many devices have said «me too»."""
    query = select(func.count()).where(Support.service_request_id == service_request_id)
    return session().scalar(query) or 0


def repetitions(service_request_id: int) -> int:
    """How many other reports repeat this one."""
    query = select(func.count()).where(ServiceRequest.duplicate_of_id == service_request_id)
    return session().scalar(query) or 0


def comments(
    service_request_id: int, states: Collection[str] = (ModerationState.SHOWN,)
) -> Sequence[Comment]:
    """The comments on a report in these states, the newest last."""
    query = (
        select(Comment)
        .where(Comment.service_request_id == service_request_id, Comment.state.in_(states))
        .order_by(Comment.id)
    )
    return session().scalars(query).all()


def comment(jurisdiction_id: int, comment_id: int) -> Comment | None:
    """One comment, locked."""
    query = select(Comment).where(
        Comment.id == comment_id, Comment.jurisdiction_id == jurisdiction_id
    )
    return session().scalars(query.with_for_update()).one_or_none()


def photo(jurisdiction_id: int, photo_id: int) -> ServiceRequestPhoto | None:
    """One photo of a report, locked."""
    link = ServiceRequestPhoto
    query = select(link).where(link.photo_id == photo_id, link.jurisdiction_id == jurisdiction_id)
    return session().scalars(query.with_for_update(of=link)).one_or_none()


class Call(StrEnum):
    """What the one who reported wants of us: the word of the mark in the crew's list."""

    NUDGED = "nudged"
    NOT_FIXED = "not_fixed"
    MESSAGE = "message"


def calls(service_request_ids: Collection[int]) -> dict[int, Call]:
    """The reports whose reporter has said something that nobody has answered yet, and what it was."""
    entry = HistoryEntry
    newest = (
        select(entry.service_request_id, entry.kind, entry.actor, entry.status)
        .where(entry.service_request_id.in_(service_request_ids))
        .where(
            or_(
                entry.actor.in_(OURS),
                (entry.actor == Party.REPORTER) & entry.kind.in_(CALLS),
            )
        )
        .ext(distinct_on(entry.service_request_id))
        .order_by(entry.service_request_id, entry.id.desc())
    )
    return {
        key: _call(kind, status)
        for key, kind, actor, status in session().execute(newest)
        if actor == Party.REPORTER and status != Status.NO_ACTION
    }


def _call(kind: str, status: str | None) -> Call:
    if kind == EntryKind.NUDGED:
        return Call.NUDGED
    return Call.NOT_FIXED if status else Call.MESSAGE
