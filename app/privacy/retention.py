"""Removing what is personal when the time for keeping it is over: addresses, photos, words.

What happened, where and when, stays, and with it every figure. The same conditions count for the report of what
would be removed and for the removing. Flush; the caller commits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select

from app import jobs
from app.database import session
from app.jurisdictions.models import Jurisdiction
from app.photos.models import Photo
from app.privacy.models import RetentionRun
from app.service_requests import attachments, by_reporter
from app.service_requests.additions import (
    Attachment,
    Comment,
    Satisfaction,
    ServiceRequestPhoto,
)
from app.service_requests.kinds import TOLD_BY, Visibility
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import Party

AT_ONCE = 200
RUNS_SHOWN = 30


class What(StrEnum):
    """What is removed."""

    CONTACT = "contact"
    PHOTO = "photo"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Removed:
    """How many reports lost their address, how many photos went, how many reports lost their words."""

    contacts: int
    photos: int
    texts: int


@dataclass(frozen=True, kw_only=True)
class Due:
    """A report of which something is to go."""

    number: str
    what: What
    closed_at: datetime


def days(place: Jurisdiction) -> dict[What, int | None]:
    """How long each is kept after the closing; None: for good."""
    return {
        What.CONTACT: place.keep_contact_days,
        What.PHOTO: place.keep_photo_days,
        What.TEXT: place.keep_text_days,
    }


def due(place: Jurisdiction, *, now: datetime) -> Removed:
    """What a run would remove now. Nothing is changed."""
    theirs = select(ServiceRequest.id).where(_due(place, What.PHOTO, now))
    photos = select(func.count()).select_from(ServiceRequestPhoto)
    photos = photos.where(ServiceRequestPhoto.service_request_id.in_(theirs))
    files = select(func.count()).select_from(Attachment)
    files = files.where(Attachment.service_request_id.in_(theirs))
    return Removed(
        contacts=_count(_due(place, What.CONTACT, now)),
        photos=(session().scalar(photos) or 0) + (session().scalar(files) or 0),
        texts=_count(_due(place, What.TEXT, now)),
    )


def due_reports(place: Jurisdiction, *, now: datetime) -> Iterator[Due]:
    """The reports of which a run would remove something now, the oldest closing first."""
    for what in What:
        query = (
            select(ServiceRequest.number, ServiceRequest.closed_at)
            .where(_due(place, what, now))
            .order_by(ServiceRequest.closed_at, ServiceRequest.id)
        )
        for number, closed_at in session().execute(query):
            assert closed_at is not None  # it is a condition
            yield Due(number=number, what=what, closed_at=closed_at)


def remove_some(place: Jurisdiction, *, now: datetime) -> Removed:
    """Remove a batch of each; all zero when nothing is left. Again is harmless."""
    return Removed(
        contacts=_remove_contacts(_some(place, What.CONTACT, now)),
        photos=_remove_photos(_some(place, What.PHOTO, now)),
        texts=_remove_texts(_some(place, What.TEXT, now), now),
    )


def note_run(place: Jurisdiction, total: Removed, *, now: datetime) -> None:
    """Write a night's figures down, also when there was nothing."""
    session().add(
        RetentionRun(
            jurisdiction_id=place.id,
            ran_at=now,
            contacts=total.contacts,
            photos=total.photos,
            texts=total.texts,
        )
    )
    session().flush()


def runs(jurisdiction_id: int) -> Sequence[RetentionRun]:
    """The newest runs."""
    query = select(RetentionRun).where(RetentionRun.jurisdiction_id == jurisdiction_id)
    return session().scalars(query.order_by(RetentionRun.id.desc()).limit(RUNS_SHOWN)).all()


def _count(condition: ColumnElement[bool]) -> int:
    return session().scalar(select(func.count()).select_from(ServiceRequest).where(condition)) or 0


def _some(place: Jurisdiction, what: What, now: datetime) -> Sequence[int]:
    query = select(ServiceRequest.id).where(_due(place, what, now))
    locked = query.order_by(ServiceRequest.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    return session().scalars(locked).all()


def _due(place: Jurisdiction, what: What, now: datetime) -> ColumnElement[bool]:
    kept = days(place)[what]
    if kept is None:
        return false()
    return and_(
        ServiceRequest.jurisdiction_id == place.id,
        ServiceRequest.closed_at.is_not(None),
        ServiceRequest.closed_at < now - timedelta(days=kept),
        _holds(what),
    )


def _holds(what: What) -> ColumnElement[bool]:
    """Whether there is anything of this kind left at a report."""
    match what:
        case What.CONTACT:
            return exists().where(Contact.service_request_id == ServiceRequest.id)
        case What.PHOTO:
            return or_(
                exists().where(ServiceRequestPhoto.service_request_id == ServiceRequest.id),
                exists().where(Attachment.service_request_id == ServiceRequest.id),
            )
        case What.TEXT:
            messages = exists().where(
                HistoryEntry.service_request_id == ServiceRequest.id,
                or_(
                    HistoryEntry.actor == Party.REPORTER,
                    HistoryEntry.data[TOLD_BY].astext == Party.REPORTER,
                ),
                HistoryEntry.visibility == Visibility.INTERNAL,
                HistoryEntry.message.is_not(None),
            )
            comments = exists().where(
                Comment.service_request_id == ServiceRequest.id,
                Comment.author == Party.REPORTER,
            )
            opinions = exists().where(
                Satisfaction.service_request_id == ServiceRequest.id,
                Satisfaction.words.is_not(None),
            )
            return or_(
                ServiceRequest.description != "",
                ServiceRequest.answers != {},
                messages,
                comments,
                opinions,
            )


def _remove_contacts(keys: Sequence[int]) -> int:
    gone = delete(Contact).where(Contact.service_request_id.in_(keys)).returning(Contact.id)
    return len(session().scalars(gone).all())


def _remove_photos(keys: Sequence[int]) -> int:
    """Photos and attached files."""
    attached = attachments.take_away(keys)
    of_these = select(ServiceRequestPhoto.photo_id).where(
        ServiceRequestPhoto.service_request_id.in_(keys)
    )
    gone = delete(Photo).where(Photo.id.in_(of_these)).returning(Photo.key)
    files = session().scalars(gone).all()
    if files:
        jobs.defer("photos.remove_files", keys=list(files))
    return len(files) + attached


def _remove_texts(keys: Sequence[int], now: datetime) -> int:
    for key in keys:
        by_reporter.erase_words(key, now=now)
    return len(keys)
