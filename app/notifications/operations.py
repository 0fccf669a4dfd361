"""Telling the one who reported: the receipt with a full copy, and every change after it."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.database import session
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter, compose, send
from app.notifications.models import Delivery, DeliveryKind
from app.service_requests import queries
from app.service_requests.cards import Page, page_of
from app.service_requests.models import EntryKind, HistoryEntry, ServiceRequest, Visibility
from app.service_requests.status import Status
from app.service_requests.words import status_word

Render = Callable[..., str]


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave: the sender, the way out, the public address, and the renderer of templates."""

    sender: str
    smtp_url: str | None
    folder: Path | None
    base_url: str
    render: Render


def acknowledge(service_request_id: int, post: Post, *, now: datetime) -> bool:
    """Send the receipt, unless it was sent; whether a letter went out."""
    request = queries.by_id(service_request_id)
    if request is None:
        return False
    return _deliver(request, request.history[0], DeliveryKind.RECEIPT, post, now)


def tell_reporter(history_entry_id: int, post: Post, *, now: datetime) -> bool:
    """Send what happened, unless it was sent or is for staff only; whether a letter went out."""
    entry = queries.entry(history_entry_id)
    if entry is None or (entry.visibility == Visibility.INTERNAL and not entry.status):
        return False
    request = queries.by_id(entry.service_request_id)
    return request is not None and _deliver(request, entry, DeliveryKind.UPDATE, post, now)


def _deliver(
    request: ServiceRequest, entry: HistoryEntry, kind: DeliveryKind, post: Post, now: datetime
) -> bool:
    recipient = queries.contact_email(request.id)
    if recipient is None or _was_sent(entry, kind):
        return False
    jurisdiction = session().get(Jurisdiction, request.jurisdiction_id)
    if jurisdiction is None:
        raise NoResultFound(f"no jurisdiction {request.jurisdiction_id}")
    host = post.base_url.split("://")[-1].split(":")[0].split("/")[0]
    message_id = f"<{request.number}.{entry.id}.{kind}@{host}>"
    with force_locale(request.language):
        page = page_of(request, personal=True, now=now)
        subject, context = _words(request, entry, kind, page)
        context |= {
            "report": page,
            "department_name": page.department_name,
            "jurisdiction_name": localised(jurisdiction.name),
            "follow_url": f"{post.base_url}/m/{request.token}",
            "emergency": [
                (item["number"], localised(item["text"])) for item in jurisdiction.emergency_numbers
            ],
            "language": request.language,
        }
        letter = Letter(
            recipient=recipient,
            subject=subject,
            text=post.render(f"notifications/{kind}.txt", **context),
            html=post.render(f"notifications/{kind}.html", **context),
            language=request.language,
            message_id=message_id,
        )
    try:
        send(compose(letter, post.sender), smtp_url=post.smtp_url, folder=post.folder)
    except smtplib.SMTPException as fault:
        raise OSError(_without_address(fault)) from None
    _record(request, entry, kind, message_id, now)
    return True


def _without_address(fault: smtplib.SMTPException) -> str:
    """What went wrong, for the log: what the mail server says may hold the address, its code does not."""
    code = getattr(fault, "smtp_code", None)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code = next(iter(fault.recipients.values()), (None,))[0]
    return f"the mail server did not take the letter: {type(fault).__name__}, code {code}"


def _words(
    request: ServiceRequest, entry: HistoryEntry, kind: DeliveryKind, page: Page
) -> tuple[str, dict[str, object]]:
    facts = {"number": request.number, "service": page.service_name}
    if kind == DeliveryKind.RECEIPT:
        return gettext("We have received your report %(number)s: %(service)s", **facts), {}
    message = entry.message if entry.visibility != Visibility.INTERNAL else None
    department = {"department": page.department_name}
    if entry.kind in {EntryKind.ROUTED, EntryKind.REROUTED}:
        word = gettext("Sent to %(department)s", **department)
        subject = gettext("%(number)s, %(service)s: %(status)s", status=word, **facts)
        return subject, {"entry_word": word, "message": message, "reason": page.routing_reason}
    if entry.kind == EntryKind.ACCEPTED:
        word = gettext("%(department)s has taken on your report", **department)
        subject = gettext("%(number)s, %(service)s: %(status)s", status=word, **facts)
        return subject, {"entry_word": word, "message": message}
    if entry.status == Status.FORWARDED:
        word = gettext("Passed on to %(department)s", **department)
        subject = gettext("%(number)s, %(service)s: %(status)s", status=word, **facts)
        return subject, {"entry_word": word, "message": message, "reason": page.routing_reason}
    if entry.kind in {EntryKind.STATUS, EntryKind.REFUSED} and entry.status:
        word = status_word(Status(entry.status))
        subject = gettext("%(number)s, %(service)s: %(status)s", status=word, **facts)
        return subject, {"entry_word": word, "message": message}
    subject = gettext("Message about your report %(number)s: %(service)s", **facts)
    return subject, {"entry_word": None, "message": message}


def _was_sent(entry: HistoryEntry, kind: DeliveryKind) -> bool:
    query = select(Delivery.id).where(Delivery.history_entry_id == entry.id, Delivery.kind == kind)
    return session().scalar(query) is not None


def _record(
    request: ServiceRequest, entry: HistoryEntry, kind: DeliveryKind, message_id: str, now: datetime
) -> None:
    session().add(
        Delivery(
            jurisdiction_id=request.jurisdiction_id,
            service_request_id=request.id,
            history_entry_id=entry.id,
            kind=kind,
            message_id=message_id,
            sent_at=now,
        )
    )
    session().flush()
