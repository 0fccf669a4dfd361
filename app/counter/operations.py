"""Registering for someone: a new report, or more about one that is there. Flushes; the caller commits."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.counter import letters
from app.counter.models import IncomingLetter
from app.database import session
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.notifications import subscriptions
from app.notifications.models import SubscriptionKind
from app.notifications.subscriptions import Wish
from app.roles import Deed
from app.security import Identity
from app.service_requests import desk_verbs, duplicates, intake, queries, talk
from app.service_requests.intake import Submission
from app.service_requests.kinds import TOLD_BY, EntryKind
from app.service_requests.models import ServiceRequest
from app.service_requests.remarks import remark
from app.service_requests.status import OPEN, Party, Status


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What someone says of a fault that is reported already."""

    number: str
    key: str
    """Made with the page: sent twice it counts once."""
    text: str | None = None
    email: str | None = None
    language: str = "nb"


def register(
    jurisdiction: Jurisdiction, submission: Submission, who: Identity, *, now: datetime
) -> ServiceRequest:
    """Take a report in on behalf of someone. The same key again gives the report of the first time.

    :param submission: with `registered_by`, the account of `who`.
    :raises Invalid: something is missing. :raises OutsideJurisdiction: not our place.
    """
    if not who.may(jurisdiction.id, Deed.REGISTER):
        raise PermissionError("only those who may register do")
    made = intake.submit(jurisdiction, submission, now=now)
    duplicates.decided(jurisdiction.id, submission.idempotency_key or "", "another", now=now)
    return made


def with_letter(submission: Submission, row: IncomingLetter | None) -> Submission:
    """The report with the sender and the photos of the letter that it is made of."""
    if row is None:
        return submission
    contact = row.contact
    return replace(
        submission,
        email=contact.email if contact else None,
        name=contact.name if contact else None,
        photos=tuple(letters.photos_of(row)),
        wants_receipt=True,
    )


def add_voice(
    jurisdiction: Jurisdiction, voice: Voice, who: Identity, *, now: datetime
) -> ServiceRequest:
    """Count one more who has seen a reported fault; keep what they say among staff; ask whether to follow it.

    With the same key again nothing more happens.

    :raises NotFound: there is no such report. :raises TooMany: the address was asked too often today.
    """
    found = talk.report_of(jurisdiction.id, voice.number)
    request = queries.locked(found.id)
    if talk.is_supported_by(request, voice.key):
        return request
    if request.status in {*OPEN, Status.FORWARDED} or not voice.text:
        talk.support(request, voice.key, now=now)
    if voice.text:
        said = gettext("Told by someone else who has seen it: %(text)s", text=voice.text)
        actor = desk_verbs.actor_for(who, request)
        remark(
            request,
            EntryKind.NOTE,
            said,
            actor,
            now=now,
            data={"key": voice.key, TOLD_BY: Party.REPORTER.value},
        )
    if voice.email:
        wish = Wish(
            kind=SubscriptionKind.REQUEST,
            email=voice.email,
            language=voice.language,
            service_request_id=request.id,
        )
        subscriptions.ask(jurisdiction.id, wish, now=now)
    duplicates.decided(jurisdiction.id, voice.key, "followed", now=now)
    session().flush()
    return request
