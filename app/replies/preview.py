"""What the reporter would get: answers filled in, and the letter itself. Nothing of it is kept."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select

from app.database import session
from app.i18n import localised
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter
from app.notifications import operations as notifications
from app.notifications.letters import compose_letter, items_of
from app.notifications.models import Delivery
from app.notifications.post import Post
from app.replies import queries
from app.replies.facts import facts_of
from app.replies.words import fill
from app.security import Identity
from app.service_requests import desk_verbs
from app.service_requests.acting import Work
from app.service_requests.added import contact_of
from app.service_requests.desk_verbs import CaseVerb
from app.service_requests.models import ServiceRequest


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer with everything known filled in."""

    code: str
    name: str
    text: str


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


def letter_for(
    who: Identity,
    request: ServiceRequest,
    verb: CaseVerb,
    post: Post,
    work: Work,
    *,
    now: datetime,
) -> Letter | None:
    """Carry the verb out, write its letter, and take everything back. None when nobody gets one.

    :raises AppError: the verb cannot be carried out.
    """
    try:
        actor = desk_verbs.actor_for(who, request)
        entry = desk_verbs.do(verb, request, work, actor, now=now)
        if notifications.tell_reporter(entry.id, post, now=now) is None:
            return None
        query = select(Delivery).where(Delivery.history_entry_id == entry.id)
        items = items_of(session().scalars(query).all())
        if not items:
            return None
        with force_locale(items[0].contact.language):
            return compose_letter(items[:1], post, now=now)
    finally:
        session().rollback()
