"""One report about two faults becomes two, each with its own way."""

from datetime import datetime

from app.database import session
from app.errors import Invalid
from app.geo.positions import position_of
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.routing.models import Channel
from app.service_requests import intake
from app.service_requests.acting import Actor, Work
from app.service_requests.added import contact_of
from app.service_requests.history import remember
from app.service_requests.intake import Submission
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest


def split(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Make a report of its own of a part. It comes in now, from the same person, by the same way.

    The reporter gets a receipt for it. The first report stays as it is. Both say which the other is.

    :raises Invalid: no words, or no such kind of fault. :raises OutsideJurisdiction: not our place.
    """
    if not work.text:
        raise Invalid({"text": gettext("Write what the other report is about.")})
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    key = f"split-{request.id}-{work.version}"
    contact = contact_of(request.id)
    made = intake.submit(
        jurisdiction,
        Submission(
            service_code=work.service_code or "",
            position=work.position or position_of(request.position),
            description=work.text,
            email=contact.email if contact else None,
            phone=contact.phone if contact else None,
            name=contact.name if contact else None,
            subject=contact.subject if contact else None,
            wants_messages=contact.wants_messages if contact else True,
            channel=Channel(request.channel),
            device_class=request.device_class,
            language=request.language,
            idempotency_key=key,
            is_demo=request.is_demo,
            is_by_staff=True,
        ),
        now=now,
    )
    _tell_of(made, {"from": request.number}, actor, now)
    entry = _tell_of(request, {"into": made.number}, actor, now)
    request.updated_at = now
    session().flush()
    return entry


def _tell_of(
    request: ServiceRequest, data: dict[str, str], actor: Actor, now: datetime
) -> HistoryEntry:
    entry = remember(request, EntryKind.SPLIT, now, actor=actor.kind)
    entry.account_id, entry.data = actor.account_id, dict(data)
    entry.department_id = actor.department_id or request.department_id
    session().flush()
    return entry
