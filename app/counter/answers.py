"""What someone decides about a letter that waits: a report, more about one, an answer, or nothing.

Flushes; the caller's `transaction()` commits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select

from app import jobs
from app.counter import letters
from app.counter.models import IncomingLetter, LetterState
from app.database import session
from app.errors import Conflict, Invalid, NotFound
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter, compose, send
from app.mailboxes import Mailbox
from app.roles import Deed
from app.security import Identity
from app.service_requests import desk_verbs, pictures, queries, waited
from app.service_requests.additions import PhotoShows
from app.service_requests.kinds import TOLD_BY, EntryKind
from app.service_requests.models import ServiceRequest
from app.service_requests.pictures import attach
from app.service_requests.remarks import remark
from app.service_requests.status import Party
from app.settings import Settings


def sees_letters(who: Identity, jurisdiction_id: int) -> bool:
    """Whether this person decides about letters: they belong to no department yet."""
    return who.reach(jurisdiction_id, Deed.REGISTER) is None


def waiting_letters(jurisdiction_id: int) -> Sequence[IncomingLetter]:
    """The letters that wait, the oldest first."""
    query = (
        select(IncomingLetter)
        .where(
            IncomingLetter.jurisdiction_id == jurisdiction_id,
            IncomingLetter.state == LetterState.WAITING,
        )
        .order_by(IncomingLetter.id)
        .limit(200)
    )
    return session().scalars(query).all()


def count_waiting(jurisdiction_id: int) -> int:
    """How many letters wait."""
    query = select(func.count()).where(
        IncomingLetter.jurisdiction_id == jurisdiction_id,
        IncomingLetter.state == LetterState.WAITING,
    )
    return session().scalar(query) or 0


def kept_out_since(jurisdiction_id: int, since: datetime) -> dict[str, int]:
    """How many letters were kept out since then, by the reason."""
    query = (
        select(IncomingLetter.reason, func.count())
        .where(
            IncomingLetter.jurisdiction_id == jurisdiction_id,
            IncomingLetter.state == LetterState.KEPT_OUT,
            IncomingLetter.received_at > since,
        )
        .group_by(IncomingLetter.reason)
        .order_by(IncomingLetter.reason)
    )
    return {str(reason): count for reason, count in session().execute(query)}


def find(who: Identity, jurisdiction_id: int, letter_id: int) -> IncomingLetter:
    """A letter that waits. :raises NotFound: there is none, or it is not this person's to decide."""
    found = session().get(IncomingLetter, letter_id)
    is_theirs = sees_letters(who, jurisdiction_id)
    if found is None or found.jurisdiction_id != jurisdiction_id or not is_theirs:
        raise NotFound(gettext("There is no such letter."))
    return found


def locked(who: Identity, jurisdiction_id: int, letter_id: int) -> IncomingLetter:
    """The letter, locked. :raises NotFound: as `find`. :raises Conflict: someone else has decided."""
    found = find(who, jurisdiction_id, letter_id)
    session().refresh(found, with_for_update={"of": IncomingLetter})
    if found.state != LetterState.WAITING:
        raise Conflict(gettext("Someone has dealt with this letter already."))
    return found


def became(row: IncomingLetter, request: ServiceRequest, who: Identity, *, now: datetime) -> None:
    """The letter has become this report, which was made with its words, sender and photos."""
    letters.tell_what_is_left_out(row, request, now)
    letters.settle(row, LetterState.REPORT, now, request=request, account_id=who.account_id)


def add_to(row: IncomingLetter, number: str, who: Identity, *, now: datetime) -> ServiceRequest:
    """Keep the letter with a report that is there, among staff, with its photos.

    :raises Invalid: there is no such report.
    """
    found = queries.by_number(row.jurisdiction_id, number.strip().upper())
    if found is None:
        raise Invalid({"number": gettext("There is no report with this number.")})
    request = queries.locked(found.id)
    words = letters.told(row.subject or "", row.words or "")
    said = gettext("From a letter by e-mail: %(text)s", text=words)
    actor = desk_verbs.actor_for(who, request)
    data = {TOLD_BY: Party.REPORTER.value}
    entry = remark(request, EntryKind.NOTE, said, actor, now=now, data=data)
    if kept := letters.photos_of(row):
        attach(request, kept, shows=PhotoShows.FAULT, added_by="reporter", now=now, entry=entry)
    waited.end(request, now)
    letters.tell_what_is_left_out(row, request, now)
    letters.settle(row, LetterState.ADDED, now, request=request, account_id=who.account_id)
    return request


def answer(row: IncomingLetter, text: str | None, who: Identity, *, now: datetime) -> None:
    """Answer the one who wrote, by e-mail; the letter is dealt with.

    :raises Invalid: no words. :raises Conflict: there is no address.
    """
    if not text:
        raise Invalid({"answer": gettext("Write an answer.")})
    if row.contact is None:
        raise Conflict(gettext("There is no address to answer to."))
    row.state, row.decided_at, row.account_id = LetterState.ANSWERED, now, who.account_id
    pictures.hold(row.jurisdiction_id, row.photos, now)
    row.answer, row.words, row.photos, row.left_out = text, None, [], []
    session().flush()
    jobs.defer("counter.send_answer", letter_id=row.id)


def discard(row: IncomingLetter, who: Identity, *, now: datetime) -> None:
    """Nothing is to come of it. The letter itself still lies in the mailbox."""
    letters.settle(row, LetterState.DISCARDED, now, account_id=who.account_id)


def send_out(letter_id: int, settings: Settings, mailboxes: Mapping[str, Mailbox]) -> None:
    """Send the answer, once recorded; then forget to whom. :raises OSError: not taken, try again."""
    row = session().get(IncomingLetter, letter_id, with_for_update={"of": IncomingLetter})
    if row is None or row.contact is None or not row.contact.email or not row.answer:
        return
    jurisdiction = session().get_one(Jurisdiction, row.jurisdiction_id)
    with force_locale(row.contact.language):
        name = localised(jurisdiction.name)
        subject = gettext("Answer to: %(subject)s", subject=row.subject or gettext("your letter"))
    host = urlsplit(jurisdiction.public_url(settings.base_url)).hostname or "localhost"
    box = mailboxes.get(row.mailbox)
    paragraphs = "".join(f"<p>{_escaped(part)}</p>" for part in row.answer.split("\n") if part)
    letter = Letter(
        recipient=row.contact.email,
        subject=subject,
        text=f"{row.answer}\n\n{name}\n",
        html=f"<!doctype html><html><body>{paragraphs}<p>{_escaped(name)}</p></body></html>",
        language=row.contact.language,
        message_id=f"<letter.{row.id}@{host}>",
        reply_to=box.address if box else None,
        in_reply_to=row.message_id,
    )
    message = compose(letter, settings.mail_from)
    send(message, smtp_url=settings.smtp_url, folder=settings.mail_folder)
    row.answer = row.subject = row.message_id = None
    letters.forget_sender(row)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
