"""A person's rights: all that is kept under an address or a number, to be handed out or erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import phonenumbers
from sqlalchemy import ColumnElement, func, or_, select, text

from app.database import session
from app.geo.positions import position_of
from app.i18n import localised
from app.notifications.models import Subscription
from app.service_requests import by_reporter, pictures
from app.service_requests.additions import Comment, Satisfaction
from app.service_requests.kinds import TOLD_BY, Visibility
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import Party

COUNTRY = "NO"
RELEASE_PHOTOS = """
UPDATE photo SET kept_until = :now
  FROM incoming_letter
 WHERE incoming_letter.contact_id = :contact AND photo.key::text = ANY (incoming_letter.photos)
   AND photo.jurisdiction_id = incoming_letter.jurisdiction_id
"""
FORGET_LETTERS = """
UPDATE incoming_letter
   SET state = 'discarded', decided_at = :now, subject = NULL, words = NULL, message_id = NULL,
       photos = '{}', left_out = '{}'
 WHERE contact_id = :contact AND state = 'waiting'
"""
"""In SQL: the room of letters lies above this one."""


def contacts(jurisdiction_id: int, written: str) -> Sequence[Contact]:
    """The rows of `contact` with this e-mail address or telephone number, by their keys."""
    query = select(Contact).where(Contact.jurisdiction_id == jurisdiction_id, _is(written))
    return session().scalars(query.order_by(Contact.id)).all()


def report_numbers(found: Sequence[Contact]) -> list[str]:
    """The numbers of the reports that these contacts made."""
    keys = [one.service_request_id for one in found if one.service_request_id is not None]
    query = select(ServiceRequest.number).where(ServiceRequest.id.in_(keys))
    return list(session().scalars(query.order_by(ServiceRequest.id)))


def export(found: Sequence[Contact]) -> dict[str, Any]:
    """All that is kept of the person, as JSON can hold it. Times are UTC, positions [longitude, latitude]."""
    keys = [one.service_request_id for one in found if one.service_request_id is not None]
    reports = session().scalars(
        select(ServiceRequest).where(ServiceRequest.id.in_(keys)).order_by(ServiceRequest.id)
    )
    return {
        "contact": [
            {"email": one.email, "phone": one.phone, "name": one.name, "subject": one.subject}
            for one in found
        ],
        "reports": [_report(report) for report in reports],
        "follows": [
            {"kind": row.kind, "frequency": row.frequency}
            for row in session().scalars(
                select(Subscription).where(Subscription.contact_id.in_([one.id for one in found]))
            )
        ],
    }


def photo_keys(found: Sequence[Contact]) -> list[tuple[str, str]]:
    """The person's own photos: the report's number and the photo's key."""
    keys = [one.service_request_id for one in found if one.service_request_id is not None]
    reports = session().scalars(select(ServiceRequest).where(ServiceRequest.id.in_(keys))).all()
    shown = pictures.for_staff_of(reports)
    return [
        (report.number, photo.key)
        for report in reports
        for photo in shown.get(report.id, [])
        if photo.added_by == Party.REPORTER
    ]


def erase(found: Sequence[Contact], account_id: int | None, *, now: datetime) -> list[str]:
    """Erase all of it, at the person's wish; the numbers of the reports. Again is harmless.

    What happened, where and when, stays without them. Whom they followed is forgotten with the address.
    """
    numbers = report_numbers(found)
    for one in found:
        if one.service_request_id is not None:
            by_reporter.erase(one.service_request_id, now=now, actor="staff", account_id=account_id)
        else:
            _letters(one, now)
            session().delete(one)
    session().flush()
    return numbers


def _is(written: str) -> ColumnElement[bool]:
    """Addresses whatever their capitals, numbers however they are written."""
    typed = written.strip()
    same = [func.lower(Contact.email) == typed.lower()]
    try:
        number = phonenumbers.parse(typed, COUNTRY)
    except phonenumbers.NumberParseException:
        return same[0]
    spelt = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return or_(*same, Contact.phone == spelt)


def _is_of_person(entry: HistoryEntry) -> bool:
    """What they said, also in a letter that staff kept as a note, and what everybody reads."""
    is_theirs = Party.REPORTER in {entry.actor, entry.data.get(TOLD_BY)}
    return is_theirs or entry.visibility != Visibility.INTERNAL


def _letters(contact: Contact, now: datetime) -> None:
    """Letters of theirs that wait go, with their photos: nobody can say whose they are any more."""
    values = {"contact": contact.id, "now": now}
    session().execute(text(RELEASE_PHOTOS), values)
    session().execute(text(FORGET_LETTERS), values)


def _report(report: ServiceRequest) -> dict[str, Any]:
    position = position_of(report.position)
    return {
        "number": report.number,
        "service": localised(report.service.name),
        "status": report.status,
        "received": report.requested_at.isoformat(),
        "closed": report.closed_at.isoformat() if report.closed_at else None,
        "position": [position.longitude, position.latitude],
        "place": report.place_text,
        "description": report.description,
        "answers": report.answers,
        "channel": report.channel,
        "language": report.language,
        "messages": [
            {"at": entry.occurred_at.isoformat(), "from": entry.actor, "text": entry.message}
            for entry in report.history
            if entry.message and _is_of_person(entry)
        ],
        "comments": list(
            session().scalars(
                select(Comment.text).where(
                    Comment.service_request_id == report.id, Comment.author == Party.REPORTER
                )
            )
        ),
        "satisfaction": [
            {"mark": row.score, "words": row.words}
            for row in session().scalars(
                select(Satisfaction).where(Satisfaction.service_request_id == report.id)
            )
        ],
    }
