"""What is read of the things that people have added to reports: contact, score, «me too», comments, news."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.database import session
from app.service_requests.additions import (
    Comment,
    Complaint,
    ModerationState,
    Satisfaction,
    ServiceRequestPhoto,
    Support,
)
from app.service_requests.models import Contact, EntryKind, HistoryEntry, ServiceRequest
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


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A comment or a photo that someone should look at, with the report it is on."""

    request: ServiceRequest
    comment: Comment | None
    photo: ServiceRequestPhoto | None
    complaints: int
    at: datetime


def waiting(jurisdiction_id: int, departments: Collection[int] | None) -> list[Waiting]:
    """The comments that wait or were complained about, and the photos that were, the oldest first.

    :param departments: whose reports; None means all.
    """
    found = [
        Waiting(
            request=request, comment=row, photo=None, complaints=row.complaints, at=row.created_at
        )
        for row, request in session().execute(
            select(Comment, ServiceRequest)
            .join(ServiceRequest, ServiceRequest.id == Comment.service_request_id)
            .where(Comment.jurisdiction_id == jurisdiction_id, *_within(departments))
            .where(or_(Comment.state == ModerationState.WAITING, Comment.complaints > 0))
        )
    ]
    counted = func.count(Complaint.id)
    photos = session().execute(
        select(ServiceRequestPhoto, ServiceRequest, counted, func.min(Complaint.created_at))
        .join(ServiceRequest, ServiceRequest.id == ServiceRequestPhoto.service_request_id)
        .join(Complaint, Complaint.photo_id == ServiceRequestPhoto.photo_id)
        .where(ServiceRequestPhoto.jurisdiction_id == jurisdiction_id, *_within(departments))
        .where(ServiceRequestPhoto.state != ModerationState.HIDDEN)
        .group_by(ServiceRequestPhoto.photo_id, ServiceRequest.id)
    )
    found += [
        Waiting(request=request, comment=None, photo=row, complaints=count, at=at)
        for row, request, count, at in photos
    ]
    return sorted(found, key=lambda item: item.at)


def _within(departments: Collection[int] | None) -> list[Any]:
    return [] if departments is None else [ServiceRequest.department_id.in_(departments)]


def count_waiting(jurisdiction_id: int, departments: Collection[int] | None) -> int:
    """How many comments and photos someone should look at."""
    talk = (
        select(func.count(Comment.id))
        .join(ServiceRequest, ServiceRequest.id == Comment.service_request_id)
        .where(Comment.jurisdiction_id == jurisdiction_id, *_within(departments))
        .where(or_(Comment.state == ModerationState.WAITING, Comment.complaints > 0))
    )
    photos = (
        select(func.count(Complaint.photo_id.distinct()))
        .join(ServiceRequestPhoto, ServiceRequestPhoto.photo_id == Complaint.photo_id)
        .join(ServiceRequest, ServiceRequest.id == ServiceRequestPhoto.service_request_id)
        .where(Complaint.jurisdiction_id == jurisdiction_id, *_within(departments))
        .where(ServiceRequestPhoto.state != ModerationState.HIDDEN)
    )
    return (session().scalar(talk) or 0) + (session().scalar(photos) or 0)


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
