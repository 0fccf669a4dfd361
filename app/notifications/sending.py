"""Sending what is due: at least once, recorded once, and never two workers the same.

A letter's content is fixed in one transaction (`claim`), and it leaves in the next (`deliver`). Whoever dies
between sending and recording leaves a letter that is sent again with the same Message-ID and the same news.
"""

import logging
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

from app import jobs
from app.database import session
from app.i18n import force_locale
from app.jurisdictions.models import Jurisdiction
from app.mail import AddressRefused, compose, send
from app.notifications import queries
from app.notifications.letters import Item, compose_letter, items_of
from app.notifications.models import Delivery, DeliveryChannel, DeliveryKind
from app.notifications.post import Post
from app.notifications.texts import message_of
from app.service_requests import queries as requests

log = logging.getLogger(__name__)
TRIES = 44
"""With the waits of `jobs.PATIENT` (30 s doubling to 2 h) three days."""


def claim(contact_id: int, channel: DeliveryChannel, post: Post, *, now: datetime) -> str | None:
    """The Message-ID of the next letter to the address of this contact, its news decided; None: none is due.

    While a letter with news waits for another try, news gathers for the one after it. Receipts and questions
    wait for nothing: they are not held up by a letter that the mail server does not take.
    """
    to = queries.contact(contact_id)
    if to is None:
        return None
    queries.wait_for_address(to, channel)
    rows = queries.waiting(to, channel)
    begun = [row for row in rows if row.message_id]
    ready = next((row for row in begun if row.due_at <= now), None)
    if ready is not None:
        return ready.message_id
    news_waits = any(row.kind == DeliveryKind.UPDATE for row in begun)
    rows = [
        row
        for row in rows
        if row.message_id is None and not (news_waits and row.kind == DeliveryKind.UPDATE)
    ]
    rows = _together(rows, channel, now=now, window=post.window)
    if not rows:
        return None
    message_id = _message_id(rows, post)
    for row in rows:
        row.message_id = message_id
    session().flush()
    return message_id


def _together(
    rows: Sequence[Delivery], channel: DeliveryChannel, *, now: datetime, window: timedelta
) -> list[Delivery]:
    """What goes into one letter. Receipts and questions go alone, and a text message is about one report."""
    due = [row for row in rows if row.due_at <= now]
    alone = [row for row in due if row.kind != DeliveryKind.UPDATE]
    if alone:
        return alone[:1]
    if not due:
        return []
    found = [row for row in rows if row.kind == DeliveryKind.UPDATE and row.due_at <= now + window]
    if channel == DeliveryChannel.SMS:
        return [row for row in found if row.service_request_id == due[0].service_request_id]
    return found


def _message_id(rows: Sequence[Delivery], post: Post) -> str:
    first = rows[0]
    if first.kind == DeliveryKind.CONFIRMATION:
        return f"<confirmation.{first.id}@{post.host}>"
    if len(rows) > 1:
        return f"<digest.{first.id}@{post.host}>"
    request = requests.by_id(first.service_request_id or 0)
    number = request.number if request else "gone"
    whose = f".{first.contact_id}" if first.subscription_id else ""
    return f"<{number}.{first.history_entry_id}.{first.kind}{whose}@{post.host}>"


def deliver(message_id: str, post: Post, *, now: datetime) -> bool:
    """Send one letter and record it; False when somebody else is at it, or was. Its rows stay locked meanwhile.

    :raises AddressRefused: the address takes no mail. :raises OSError: not taken; another try later.
    """
    rows = queries.of_letter(message_id)
    items = items_of(rows)
    if not rows:
        return False
    left = bool(items) and _leave(items, post, now=now)
    for row in rows:
        if left:
            row.sent_at, row.attempts = now, row.attempts + 1
        else:  # erased, stopped or overtaken since it was noted
            row.given_up_at = now
    for item in items if left else ():
        if item.subscription and item.entry:
            until = max(item.subscription.told_until, item.entry.occurred_at)
            item.subscription.told_until = until
    session().flush()
    return True


def _leave(items: Sequence[Item], post: Post, *, now: datetime) -> bool:
    with force_locale(items[0].contact.language):
        if items[0].delivery.channel == DeliveryChannel.SMS:
            return _text(items, post)
        letter = compose_letter(items, post, now=now)
        if letter is None:
            return False
        message = compose(letter, post.sender)
    try:
        send(message, smtp_url=post.smtp_url, folder=post.folder, return_path=letter.return_path)
    except smtplib.SMTPException as fault:
        raise OSError(_without_address(fault)) from None
    return True


def text_of(items: Sequence[Item], post: Post) -> str | None:
    """The text message about a report, in the language in use; None when there is nothing to tell any more."""
    last = items[-1]
    request = requests.by_id(last.delivery.service_request_id or 0)
    if request is None or last.entry is None or last.contact.phone is None:
        return None
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    link = f"{jurisdiction.public_url(post.base_url)}/m/{request.token}"
    return message_of(DeliveryKind(last.delivery.kind), request, last.entry, link)


def _text(items: Sequence[Item], post: Post) -> bool:
    last, text = items[-1], text_of(items, post)
    if text is None or last.contact.phone is None:
        return False
    reference = (last.delivery.message_id or "").strip("<>").partition("@")[0]
    post.gateway.send(last.contact.phone, text, reference)
    return True


def _without_address(fault: smtplib.SMTPException) -> str:
    """What went wrong, for the log: what the mail server says may hold the address, its code does not."""
    code = getattr(fault, "smtp_code", None)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code = next(iter(fault.recipients.values()), (None,))[0]
    return f"the mail server did not take the letter: {type(fault).__name__}, code {code}"


def put_off(message_id: str, fault: Exception, *, now: datetime) -> None:
    """Write down that a letter did not leave: another try later, or, after three days, none."""
    for row in queries.of_letter(message_id):
        row.attempts += 1
        row.due_at = now + timedelta(seconds=jobs.PATIENT.wait_seconds(row.attempts))
        if row.attempts >= TRIES:
            row.given_up_at = now
            log.error("letter %s was given up: %s", message_id, type(fault).__name__)
    session().flush()


def refused(message_id: str, fault: AddressRefused) -> int | None:
    """Whose address the mail server refused for good: the contact's key."""
    rows = queries.of_letter(message_id)
    log.warning("letter %s: %s", message_id, fault)
    return rows[0].contact_id if rows else None
