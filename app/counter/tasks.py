"""The jobs of mailboxes: each minute each is read, each letter in a transaction of its own."""

import hashlib
import logging
from datetime import UTC, datetime
from email.utils import parseaddr

from flask import current_app
from sqlalchemy.exc import OperationalError

from app import jobs
from app.counter import answers, imap, letters
from app.counter.imap import Found, MailboxAway, Verdict
from app.counter.incoming import read
from app.counter.letters import Desk
from app.counter.models import LetterState, Reason
from app.database import session, transaction
from app.i18n import force_locale
from app.jurisdictions.queries import by_number
from app.mailboxes import Mailbox
from app.photos.images import Busy
from app.places.operations import Source
from app.settings import Settings
from app.storage import StoreAway, store_of

log = logging.getLogger(__name__)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _mailboxes() -> dict[str, Mailbox]:
    found: dict[str, Mailbox] = current_app.extensions["mailboxes"]
    return found


@jobs.task("counter.read_mailboxes", cron="* * * * *")
def read_mailboxes() -> None:
    """Order the reading of each mailbox that is not being read."""
    with transaction():
        for name in _mailboxes():
            if not jobs.is_ordered("counter.read_mailbox", mailbox=name):
                jobs.defer("counter.read_mailbox", mailbox=name)


@jobs.task("counter.read_mailbox", line=jobs.OUTSIDE)
def read_mailbox(mailbox: str) -> None:
    """Read one mailbox. What cannot be read now is read in a minute."""
    box = _mailboxes().get(mailbox)
    if box is None:
        return
    try:
        tally = imap.read_all(box, lambda found: _deal_with(found, box))
    except MailboxAway as fault:
        log.warning("mailbox %s: %s", mailbox, fault)
        return
    if any(tally.values()):
        told = ", ".join(f"{count} {verdict}" for verdict, count in tally.items() if count)
        log.info("mailbox %s: %s", mailbox, told)


def _deal_with(found: Found, box: Mailbox) -> Verdict:
    """Take a letter in and say where it goes. What fails for a reason that passes stays in the mailbox."""
    try:
        with transaction():
            state = _take(found, box)
    except (StoreAway, Busy, OperationalError) as fault:
        log.info("mailbox %s: a letter waits for a minute: %s", box.name, type(fault).__name__)
        return Verdict.STAYS
    except Exception as fault:  # one letter must not hold up those behind it
        log.error(
            "mailbox %s: a letter could not be dealt with: %s", box.name, type(fault).__name__
        )
        return _set_aside(found, box)
    return Verdict.TRASH if state == LetterState.KEPT_OUT else Verdict.DONE


def _desk(box: Mailbox) -> Desk:
    settings, now = _settings(), datetime.now(UTC)
    jurisdiction = by_number(box.jurisdiction)
    if jurisdiction is None:
        raise LookupError(f"the municipality {box.jurisdiction} is not loaded")
    return Desk(
        jurisdiction=jurisdiction,
        mailbox=box,
        store=store_of(settings),
        source=Source(url=settings.kartverket_url, now=now),
        secret=settings.secret_key or "",
        now=now,
    )


def ours(settings: Settings) -> set[str]:
    """Addresses that we write from, in small letters."""
    own = {box.address.lower() for box in _mailboxes().values()}
    own.add(parseaddr(settings.mail_from)[1].lower())
    if settings.bounce_address:
        own.add(settings.bounce_address.lower())
    return own


def _take(found: Found, box: Mailbox) -> str:
    desk = _desk(box)
    with force_locale(desk.jurisdiction.languages[0]):
        if not found.is_whole:
            return _aside(found, Reason.TOO_LARGE, desk)
        try:
            letter = read(found.content, ours=ours(_settings()))
        except ValueError:
            return _aside(found, Reason.UNREADABLE, desk)
        return letters.take(letter, desk).state


def _aside(found: Found, reason: Reason, desk: Desk) -> str:
    """Let it wait; with sender and subject, where its head can be read."""
    subject, sender = "", None
    try:
        head = read(found.content, ours=ours(_settings()))
    except ValueError:
        pass
    else:
        if head.refusal is not None:
            return letters.take(head, desk).state
        subject, sender = head.subject, head.sender
    key = hashlib.sha256(found.content).digest()
    return letters.set_aside(key, reason, desk, subject=subject, sender=sender).state


def _set_aside(found: Found, box: Mailbox) -> Verdict:
    """Let someone look at a letter that could not be dealt with; while not even that works, it stays."""
    try:
        with transaction():
            key = hashlib.sha256(found.content).digest()
            letters.set_aside(key, Reason.UNREADABLE, _desk(box))
    except Exception as fault:
        session().rollback()
        log.error("mailbox %s: it stays in the mailbox: %s", box.name, type(fault).__name__)
        return Verdict.STAYS
    return Verdict.DONE


@jobs.task("counter.send_answer", retry=jobs.PATIENT)
def send_answer(letter_id: int) -> None:
    """Send what the desk answered to a letter; then forget to whom."""
    with transaction():
        answers.send_out(letter_id, _settings(), _mailboxes())


@jobs.task("counter.tidy", cron="25 3 * * *")
def tidy() -> None:
    """Forget who sent letters, and letters of long ago."""
    with transaction():
        letters.tidy(datetime.now(UTC))
