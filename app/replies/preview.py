"""What the reporter would get: answers filled in, and the letter itself. Nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select

from app.database import session
from app.errors import Invalid
from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.notifications import operations as notifications
from app.notifications.letters import Item, compose_letter, items_of
from app.notifications.models import Delivery, DeliveryChannel
from app.notifications.post import Post
from app.notifications.sending import text_of
from app.replies import queries
from app.replies.facts import facts_of
from app.replies.words import fill, left_over
from app.security import Identity
from app.service_requests import desk_verbs
from app.service_requests.acting import Work
from app.service_requests.added import contact_of
from app.service_requests.desk_verbs import TARGETS, TELLS, CaseVerb
from app.service_requests.models import ServiceRequest
from app.service_requests.words import status_word


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer with everything known filled in."""

    code: str
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the reporter would get.

    `subject` None: a text message, whose link leads to the `words`. `text` None: nothing; the words stand on
    the report's page.
    """

    subject: str | None
    text: str | None
    words: str | None


def language_of(request: ServiceRequest) -> str:
    """The language that the reporter reads."""
    contact = contact_of(request.id)
    return contact.language if contact else request.language


def filled(request: ServiceRequest, jurisdiction: Jurisdiction, base_url: str) -> list[Answer]:
    """The answers that fit, in the reporter's language; their names in the one of the person who asks."""
    rows = queries.offered(jurisdiction.id, request.service_id, request.status)
    names = {row.code: localised(row.name) for row in rows}
    original = session().get(ServiceRequest, request.duplicate_of_id or 0)
    with force_locale(language_of(request)):
        facts = facts_of(request, jurisdiction, base_url, original.number if original else None)
        return [
            Answer(code=row.code, name=names[row.code], text=fill(localised(row.text), facts))
            for row in rows
        ]


def finished(
    request: ServiceRequest, verb: CaseVerb, work: Work, jurisdiction: Jurisdiction, base_url: str
) -> Work:
    """The work with its words as they are sent: placeholders filled in the reporter's language.

    A personal link that was pasted becomes the open page's, since others read the answer too.

    :raises Invalid: a placeholder that nothing is known for still stands there.
    """
    if verb not in TELLS or not work.message:
        return work
    original = session().get(ServiceRequest, request.duplicate_of_id or 0)
    number = original.number if original else work.original_number
    with force_locale(language_of(request)):
        facts = facts_of(request, jurisdiction, base_url, number)
        if verb in TARGETS:
            facts["status"] = status_word(TARGETS[verb])
        said = fill(work.message, facts)
    said = said.replace(f"/m/{request.token}", f"/meldinger/{request.number}")
    if rest := left_over(said):
        names = ", ".join(f"{{{name}}}" for name in rest)
        message = gettext("Write something in place of %(names)s: we do not know it.", names=names)
        raise Invalid({"message": message})
    return replace(work, message=said)


def sent_as(
    who: Identity,
    request: ServiceRequest,
    verb: CaseVerb,
    post: Post,
    work: Work,
    *,
    now: datetime,
) -> Sent:
    """Carry the verb out, write what is sent, and take everything back.

    :raises AppError: the verb cannot be carried out.
    """
    try:
        actor = desk_verbs.actor_for(who, request)
        entry = desk_verbs.do(verb, request, work, actor, now=now)
        if notifications.tell_reporter(entry.id, post, now=now) is None:
            return Sent(subject=None, text=None, words=work.message)
        query = select(Delivery).where(Delivery.history_entry_id == entry.id)
        items = items_of(session().scalars(query).all())
        if not items:
            return Sent(subject=None, text=None, words=work.message)
        with force_locale(items[0].contact.language):
            return _written(items[:1], post, work.message, now)
    finally:
        session().rollback()


def _written(items: Sequence[Item], post: Post, words: str | None, now: datetime) -> Sent:
    if items[0].delivery.channel == DeliveryChannel.SMS:
        return Sent(subject=None, text=text_of(items, post), words=words)
    letter = compose_letter(items, post, now=now)
    subject, text = (letter.subject, letter.text) if letter else (None, None)
    return Sent(subject=subject, text=text, words=words)
