"""Letters become reports, or more about reports; what is not clear waits for someone.

Flushes; the caller's `transaction()` commits.
"""

import hashlib
import hmac
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from app.counter.incoming import File, Incoming
from app.counter.models import IncomingLetter, LetterState, Reason
from app.counter.where_and_what import place_in, service_in
from app.database import session
from app.errors import ChangeNotAllowed, Invalid, TooMany
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.mailboxes import Mailbox
from app.notifications.links import Signer
from app.photos import operations as photos
from app.photos.images import MAX_PHOTOS
from app.places.operations import Source
from app.routing.models import Channel
from app.service_requests import by_reporter, intake, pictures, queries
from app.service_requests.acting import SYSTEM
from app.service_requests.added import contact_of
from app.service_requests.intake import Submission
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.remarks import remark
from app.service_requests.schemas import MAX_DESCRIPTION
from app.storage import Store

log = logging.getLogger(__name__)
MOST_AN_HOUR = 20
"""So many letters of one sender within an hour; more are a machine's."""
SENDER_KEPT = timedelta(days=2)
KEPT = timedelta(days=400)
"""A letter that lay in the mailbox so long would count as new again."""
HELD = timedelta(days=730)
"""So long the photos of a letter are kept while it waits."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What letters are read with."""

    jurisdiction: Jurisdiction
    mailbox: Mailbox
    store: Store
    source: Source
    secret: str = field(repr=False)
    now: datetime

    @property
    def signer(self) -> Signer:
        """What knows our own reply addresses."""
        return Signer(secret=self.secret)

    def mark(self, sender: str) -> bytes:
        """What is kept of a sender's address to count by."""
        told = f"letters:{self.jurisdiction.id}:{sender.lower()}".encode()
        return hmac.new(self.secret.encode(), told, hashlib.sha256).digest()


def take(letter: Incoming, desk: Desk) -> IncomingLetter:
    """Make of a letter what it is to become. The same letter again gives what it became the first time."""
    lock = func.hashtextextended(f"letter:{desk.jurisdiction.id}:{letter.key.hex()}", 0)
    session().execute(select(func.pg_advisory_xact_lock(lock)))
    if known := by_key(desk.jurisdiction.id, letter.key):
        return known
    row = _row(letter.key, desk, letter.sender)
    row.message_id, row.subject, row.words = letter.message_id, letter.subject, letter.words
    refusal = letter.refusal or (Reason.TOO_MANY if _is_too_many(row, desk) else None)
    session().add(row)
    if refusal is not None or letter.sender is None:
        settle(row, LetterState.KEPT_OUT, desk.now, reason=refusal)
        return row
    _keep_photos(row, letter.photos, desk)
    row.left_out += [file.name for file in letter.files]
    session().flush()
    _become(row, letter, letter.sender, desk)
    session().flush()
    return row


def set_aside(
    key: bytes, reason: Reason, desk: Desk, *, subject: str = "", sender: str | None = None
) -> IncomingLetter:
    """Let a letter that cannot be read here wait for someone who opens it in the mailbox; once."""
    if known := by_key(desk.jurisdiction.id, key):
        return known
    row = _row(key, desk, sender)
    row.subject, row.words = subject[:200], ""
    session().add(row)
    _wait(row, reason, sender, None, desk)
    session().flush()
    return row


def by_key(jurisdiction_id: int, key: bytes) -> IncomingLetter | None:
    """The letter with this key, if it was seen before."""
    query = select(IncomingLetter).where(
        IncomingLetter.jurisdiction_id == jurisdiction_id, IncomingLetter.key == key
    )
    return session().scalars(query).one_or_none()


def settle(
    row: IncomingLetter,
    state: LetterState,
    now: datetime,
    *,
    reason: Reason | None = None,
    request: ServiceRequest | None = None,
    account_id: int | None = None,
) -> None:
    """The letter has become something: its words and its sender are not kept here any longer."""
    row.state, row.reason, row.decided_at, row.account_id = state, reason, now, account_id
    if request is not None:
        row.service_request_id = request.id
    row.subject = row.words = row.message_id = None
    pictures.hold(row.jurisdiction_id, row.photos, now)
    row.photos, row.left_out = [], []
    session().flush()
    forget_sender(row)


def photos_of(row: IncomingLetter) -> list[str]:
    """The letter's photos that are kept still; those that are gone are told of as left out."""
    kept = pictures.there(row.jurisdiction_id, row.photos)
    if len(kept) < len(row.photos):
        row.left_out = [*row.left_out, gettext("photos that are no longer kept")]
    return kept


def forget_sender(row: IncomingLetter) -> None:
    """Delete the contact that stood for the sender while the letter waited."""
    contact = row.contact
    row.contact = None
    session().flush()
    if contact is not None:
        session().delete(contact)
        session().flush()


def tidy(now: datetime) -> int:
    """Forget who sent what after two days, and that letters came after 400; how many were forgotten."""
    old = IncomingLetter.received_at < now - SENDER_KEPT
    for row in session().scalars(
        select(IncomingLetter).where(old, IncomingLetter.sender_mark.is_not(None)).limit(5000)
    ):
        row.sender_mark = None
    gone = delete(IncomingLetter).where(
        IncomingLetter.received_at < now - KEPT, IncomingLetter.state != LetterState.WAITING
    )
    return len(session().scalars(gone.returning(IncomingLetter.id)).all())


def _row(key: bytes, desk: Desk, sender: str | None) -> IncomingLetter:
    return IncomingLetter(
        jurisdiction_id=desk.jurisdiction.id,
        mailbox=desk.mailbox.name,
        key=key,
        sender_mark=desk.mark(sender) if sender else None,
        received_at=desk.now,
        state=LetterState.WAITING,
        photos=[],
        left_out=[],
    )


def _is_too_many(row: IncomingLetter, desk: Desk) -> bool:
    query = select(func.count()).where(
        IncomingLetter.jurisdiction_id == row.jurisdiction_id,
        IncomingLetter.sender_mark == row.sender_mark,
        IncomingLetter.received_at > desk.now - timedelta(hours=1),
    )
    return row.sender_mark is not None and (session().scalar(query) or 0) >= MOST_AN_HOUR


def _keep_photos(row: IncomingLetter, files: tuple[File, ...], desk: Desk) -> None:
    """Keep the photos that can be kept; the names of others are told. :raises Busy, StoreAway: try again."""
    for file in files:
        if len(row.photos) >= MAX_PHOTOS:
            row.left_out = [*row.left_out, file.name]
            continue
        try:
            kept = photos.keep(file.content, desk.store, row.jurisdiction_id, now=desk.now)
        except Invalid:
            row.left_out = [*row.left_out, file.name]
        else:
            row.photos = [*row.photos, kept.key]


def _become(row: IncomingLetter, letter: Incoming, sender: str, desk: Desk) -> None:
    request, is_theirs = _about(letter, sender, desk)
    if request is not None and not is_theirs:
        row.service_request_id = request.id
        _wait(row, Reason.NOT_THE_REPORTER, sender, letter.sender_name, desk)
    elif request is not None:
        _add_to(row, letter, sender, request, desk)
    else:
        _report(row, letter, sender, desk)


def _about(letter: Incoming, sender: str, desk: Desk) -> tuple[ServiceRequest | None, bool]:
    """The report that a letter is about, and whether it is from the one who reported it.

    A signed reply address speaks for itself. A number in the subject needs the reporter's own address.
    """
    contact_id = desk.signer.replied_by(letter.to)
    contact = session().get(Contact, contact_id) if contact_id else None
    if contact and contact.service_request_id and contact.jurisdiction_id == desk.jurisdiction.id:
        return queries.by_id(contact.service_request_id), True
    for number in numbers_in(letter.subject, desk.jurisdiction):
        request = queries.by_number(desk.jurisdiction.id, number)
        if request is not None:
            reporter = contact_of(request.id)
            theirs = bool(reporter and reporter.email and reporter.email.lower() == sender.lower())
            return request, theirs
    return None, False


def numbers_in(text: str, jurisdiction: Jurisdiction) -> list[str]:
    """Numbers of reports that a text names."""
    words = text.upper().replace("[", " ").replace("]", " ").replace(":", " ").replace(",", " ")
    prefix = f"{jurisdiction.number_prefix.upper()}-"
    return [word.strip(".()#«»\"'") for word in words.split() if prefix in word][:3]


def _add_to(
    row: IncomingLetter, letter: Incoming, sender: str, request: ServiceRequest, desk: Desk
) -> None:
    if not letter.words and not row.photos:
        row.service_request_id = request.id
        _wait(row, Reason.NO_WORDS, sender, letter.sender_name, desk)
        return
    try:
        with session().begin_nested():
            by_reporter.add(request.id, letter.words or None, row.photos, now=desk.now)
    except (ChangeNotAllowed, Invalid) as fault:
        row.service_request_id = request.id
        reason = Reason.CLOSED if isinstance(fault, ChangeNotAllowed) else Reason.REFUSED
        _wait(row, reason, sender, letter.sender_name, desk)
        return
    tell_what_is_left_out(row, request, desk.now)
    settle(row, LetterState.ADDED, desk.now, request=request)


def _report(row: IncomingLetter, letter: Incoming, sender: str, desk: Desk) -> None:
    words = told(letter.subject, letter.words)
    if not words:
        _wait(row, Reason.NO_WORDS, sender, letter.sender_name, desk)
        return
    place = place_in(desk.jurisdiction, letter.subject, letter.words, desk.source)
    service = service_in(desk.jurisdiction, letter.subject, letter.words)
    if place is None or service is None:
        reason = Reason.NO_PLACE if place is None else Reason.NO_SERVICE
        _wait(row, reason, sender, letter.sender_name, desk)
        return
    submission = Submission(
        service_code=service,
        position=place[0],
        description=words,
        email=sender,
        name=letter.sender_name,
        channel=Channel(desk.mailbox.channel),
        language=desk.jurisdiction.languages[0],
        idempotency_key=f"letter-{letter.key.hex()[:40]}",
        photos=tuple(row.photos),
    )
    try:
        with session().begin_nested():
            request = intake.submit(desk.jurisdiction, submission, now=desk.now)
    except (Invalid, TooMany):
        _wait(row, Reason.REFUSED, sender, letter.sender_name, desk)
        return
    tell_what_is_left_out(row, request, desk.now)
    settle(row, LetterState.REPORT, desk.now, request=request)


def told(subject: str, words: str) -> str:
    """What a report says that was a letter: its subject, unless the words begin with it, and its words."""
    if not subject or words.casefold().startswith(subject.casefold()):
        return words[:MAX_DESCRIPTION]
    return f"{subject}\n\n{words}".strip()[:MAX_DESCRIPTION]


def tell_what_is_left_out(row: IncomingLetter, request: ServiceRequest, now: datetime) -> None:
    """Say to staff which files of the letter are only in the mailbox."""
    if not row.left_out:
        return
    said = gettext(
        "These files came with the letter and lie in the mailbox: %(names)s",
        names=", ".join(row.left_out),
    )
    remark(queries.locked(request.id), EntryKind.NOTE, said, SYSTEM, now=now)


def _wait(
    row: IncomingLetter, reason: Reason, sender: str | None, name: str | None, desk: Desk
) -> None:
    """Let it wait for someone. Who sent it stands in a contact of its own until then."""
    row.state, row.reason = LetterState.WAITING, reason
    pictures.hold(row.jurisdiction_id, row.photos, desk.now + HELD)
    if sender is None:
        return
    row.contact = Contact(
        jurisdiction_id=row.jurisdiction_id,
        email=sender,
        name=name,
        language=desk.jurisdiction.languages[0],
        created_at=desk.now,
    )
