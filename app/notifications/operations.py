"""Noting whom to tell what, the preliminary reply, and addresses that take no mail.

Flushes; the caller's `transaction()` commits.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app import jobs
from app.catalog.working_days import deadline
from app.database import session
from app.i18n import day, force_locale, gettext, in_languages, localised
from app.jurisdictions.models import Jurisdiction
from app.notifications import queries
from app.notifications.models import (
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    Subscription,
    WebhookPost,
)
from app.notifications.post import Post
from app.notifications.telling import is_for_reporter
from app.service_requests import queries as requests
from app.service_requests.history import remember
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest

log = logging.getLogger(__name__)
AHEAD = timedelta(hours=12)
"""A deadline ends with its day; the preliminary reply comes before the evening."""
KEPT_UNCONFIRMED = timedelta(hours=48)
KEPT_SENT = timedelta(days=400)

Receiver = tuple[int, DeliveryChannel]
"""The key of a contact, and how it is reached."""


def channel_of(contact: Contact, post: Post) -> DeliveryChannel | None:
    """E-mail where there is an address, else SMS where there is a number and a gateway."""
    if contact.email:
        return DeliveryChannel.EMAIL
    return DeliveryChannel.SMS if contact.phone and post.gateway.is_there else None


def acknowledge(service_request_id: int, post: Post, *, now: datetime) -> Receiver | None:
    """Note that the receipt is due at once; for whom. None when there is nobody to send it to."""
    request = requests.by_id(service_request_id)
    contact = _with_report(service_request_id)
    if request is None or contact is None or contact.stopped_at:
        return None
    return _note(DeliveryKind.RECEIPT, contact, request.history[0], post, due_at=now)


def tell_reporter(history_entry_id: int, post: Post, *, now: datetime) -> Receiver | None:
    """Note that the one who reported is to be told of this, soon; whom. None when nobody is."""
    entry = requests.entry(history_entry_id)
    if entry is None or not is_for_reporter(entry):
        return None
    contact = queries.reporter(entry.service_request_id)
    if contact is None:
        return None
    return _note(DeliveryKind.UPDATE, contact, entry, post, due_at=now + post.window)


def _with_report(service_request_id: int) -> Contact | None:
    query = select(Contact).where(Contact.service_request_id == service_request_id)
    return session().scalars(query).one_or_none()


def _note(
    kind: DeliveryKind, contact: Contact, entry: HistoryEntry, post: Post, *, due_at: datetime
) -> Receiver | None:
    channel = channel_of(contact, post)
    if channel is None:
        return None
    queries.order(kind, contact, channel, due_at=due_at, entry=entry)
    return contact.id, channel


def reply_preliminarily(service_request_id: int, *, now: datetime) -> HistoryEntry:
    """Tell the one who reported that nobody has looked at it in time, why, and when they will hear from us.

    It is history, and no first answer: the figures count real ones only.
    """
    request = requests.locked(service_request_id)
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    new_day = deadline(
        now,
        request.service.first_response_days,
        jurisdiction.country,
        jurisdiction.time_zone,
        is_calendar=request.service.counts_calendar_days,
    )
    contact = _with_report(service_request_id)
    with force_locale(contact.language if contact else request.language):
        text = _preliminary_text(request, new_day, now)
    entry = remember(request, EntryKind.PRELIMINARY, now, actor="system")
    entry.message, entry.department_id = text, request.department_id
    entry.data = {"answer_by": new_day.date().isoformat()}
    session().flush()
    jobs.defer("notifications.tell_reporter", history_entry_id=entry.id)
    return entry


def _preliminary_text(request: ServiceRequest, new_day: datetime, now: datetime) -> str:
    department = localised(request.department.name)
    promised = request.first_response_due_at
    if promised <= now + AHEAD:
        late = gettext("You were to hear from us by %(day)s. We do not make it.", day=day(promised))
    else:
        reported = day(request.requested_at)
        late = gettext("You reported this on %(day)s, and nobody has answered.", day=reported)
    sentences = [
        late,
        gettext(
            "The reason is that %(department)s has not come to your report yet. It is not forgotten.",
            department=department,
        ),
        gettext("You hear from us by %(day)s.", day=day(new_day)),
    ]
    if request.due_at is not None and request.due_at > now:
        sentences.append(
            gettext("We still expect the fault to be fixed by %(day)s.", day=day(request.due_at))
        )
    return " ".join(sentences)


def stop_address(contact_id: int, reason: str, *, now: datetime) -> int:
    """Send no more to the address of this contact, wherever it stands, and tell the desk on each report.

    Returns how many contacts were stopped. Followers are forgotten with their address.

    :param reason: what staff read, such as `5.1.1` from the mail server; it holds no address.
    """
    found = queries.contact(contact_id)
    if found is None:
        return 0
    query = select(Contact).where(queries.same_address(found), Contact.stopped_at.is_(None))
    contacts = list(session().scalars(query))
    for contact in contacts:
        if contact.service_request_id is None:
            session().delete(contact)
            continue
        contact.stopped_at, contact.stop_reason = now, reason
        _tell_desk(contact.service_request_id, reason, now)
    session().flush()
    return len(contacts)


def _tell_desk(service_request_id: int, reason: str, now: datetime) -> None:
    request = requests.by_id(service_request_id)
    if request is None:
        return
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    said = in_languages(
        jurisdiction.languages[:1],
        lambda: gettext(
            "The address of the one who reported takes no mail (%(reason)s). We have stopped sending to it.",
            reason=reason,
        ),
    )
    entry = remember(request, EntryKind.UNREACHABLE, now, actor="system")
    entry.visibility, entry.message = Visibility.INTERNAL, next(iter(said.values()))
    session().flush()


def tidy(*, now: datetime) -> int:
    """Forget those who never confirmed, what waits for nobody, and what was sent long ago."""
    unconfirmed = (
        select(Subscription.contact_id)
        .join(Contact, Contact.id == Subscription.contact_id)
        .where(
            Subscription.confirmed_at.is_(None),
            Subscription.created_at < now - KEPT_UNCONFIRMED,
            Contact.service_request_id.is_(None),
        )
    )
    gone: Sequence[int] = (
        session()
        .scalars(delete(Contact).where(Contact.id.in_(unconfirmed)).returning(Contact.id))
        .all()
    )
    session().execute(delete(Delivery).where(queries.IS_WAITING, Delivery.contact_id.is_(None)))
    session().execute(delete(Delivery).where(Delivery.sent_at < now - KEPT_SENT))
    session().execute(delete(WebhookPost).where(WebhookPost.sent_at < now - KEPT_SENT))
    return len(gone)
