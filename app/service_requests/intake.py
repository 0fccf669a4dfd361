"""Taking a report in: number, department and reason, history and the receipt's job, all or nothing.

Flushes; the caller's `transaction()` commits.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from app import jobs
from app.catalog import questions
from app.catalog.models import ContactNeed, Needs, Service
from app.catalog.queries import service_by_code
from app.database import session
from app.errors import Invalid, TooMany
from app.geo.positions import Position
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.routing import operations as routing
from app.routing.models import Channel
from app.routing.queries import assets_by_number
from app.service_requests import pictures, place_texts, queries
from app.service_requests.additions import PhotoShows
from app.service_requests.deadlines import answer_due, fix_due
from app.service_requests.history import remember, remember_decision
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, ServiceRequest, ServiceRequestAsset
from app.service_requests.public_words import state_of_text
from app.service_requests.status import Status

FARTHEST_LAMP_METRES = 1000
"""Farther from the place than this a pole number is taken for a slip of the pen."""
MOST_PER_CONTACT = 20
"""So many reports a day with the same e-mail address or telephone number; more are not one person's."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A report as it comes in. `position` is EPSG:4326, longitude before latitude."""

    service_code: str
    position: Position
    description: str
    email: str | None = None
    phone: str | None = None
    """E.164: +4791234567."""
    name: str | None = None
    subject: str | None = None
    """Who signed in, as `contact.subject`."""
    wants_messages: bool = True
    is_confirmed: bool = False
    """The e-mail address was shown to be the reporter's own."""
    channel: Channel = Channel.WEB
    device_class: str = "unknown"
    language: str = "nb"
    idempotency_key: str | None = None
    is_demo: bool = False
    is_acute: bool = False
    lamps: tuple[str, ...] = ()
    """Pole numbers of the lamps picked."""
    answers: dict[str, Any] = field(default_factory=dict)
    """By the codes of the service's questions."""
    photos: tuple[str, ...] = ()
    """Keys of photos that were stored before."""
    place_text: str | None = None
    """The address or name of the place, when it is known already."""
    is_by_staff: bool = False
    """One of the staff stands at the place: no questions, and nobody to reach."""
    registered_by: int | None = None
    """The account of the one on the staff who registers it for somebody."""
    wants_receipt: bool = True
    """The receipt is sent; else it is handed over on paper."""

    @property
    def is_reachable(self) -> bool:
        """The reporter left a way to reach them."""
        return bool(self.email or self.phone or self.subject)

    def fingerprint(self) -> bytes:
        """SHA-256 of what is reported, without the contact, to tell a repetition from another report."""
        place = f"{self.position.longitude!r},{self.position.latitude!r}"
        danger = ["acute"] if self.is_acute else []
        answers = [json.dumps(self.answers, sort_keys=True)] if self.answers else []
        more = [*self.lamps, *danger, *answers, *self.photos]
        told = "\0".join([self.service_code, place, self.description, *more])
        return hashlib.sha256(told.encode()).digest()


def find_service(jurisdiction: Jurisdiction, code: str) -> Service:
    """The service with this code. :raises Invalid: when there is none."""
    service = service_by_code(jurisdiction.id, code)
    if service is None:
        raise Invalid({"service_code": gettext("Choose what the report is about from the list.")})
    return service


def find_lamps(
    jurisdiction: Jurisdiction, service: Service, submission: Submission
) -> tuple[int, ...]:
    """The keys of the lamps picked, nearest first.

    :raises Invalid: a number that no lamp has, or a service that is not about lamps.
    """
    if not submission.lamps:
        return ()
    if service.needs != Needs.LAMP:
        raise Invalid({"lamps": gettext("This kind of report is not about a lamp.")})
    found = assets_by_number(jurisdiction.id, submission.lamps, submission.position)
    known = {lamp.number.upper() for lamp in found}
    missing = [number for number in submission.lamps if number.upper() not in known]
    if missing:
        numbers = ", ".join(missing)
        message = gettext("There is no lamp with the number %(numbers)s here.", numbers=numbers)
        raise Invalid({"lamps": message})
    far = [lamp.number for lamp in found if lamp.metres > FARTHEST_LAMP_METRES]
    if far:
        message = gettext(
            "Lamp %(numbers)s is more than %(metres)s m from the place. Move the place, or check the number.",
            numbers=", ".join(far),
            metres=FARTHEST_LAMP_METRES,
        )
        raise Invalid({"lamps": message})
    return tuple(lamp.id for lamp in found)


def decide(
    jurisdiction: Jurisdiction, submission: Submission, *, now: datetime
) -> tuple[routing.Decision, tuple[int, ...]]:
    """Who would answer for this report, and the keys of the lamps picked.

    :raises OutsideJurisdiction: not our place. :raises Invalid: no such service or lamp.
    """
    service = find_service(jurisdiction, submission.service_code)
    lamps = find_lamps(jurisdiction, service, submission)
    case = routing.Case(
        service=service,
        position=submission.position,
        channel=submission.channel,
        at=now,
        time_zone=jurisdiction.time_zone,
        is_acute=submission.is_acute,
        asset_ids=lamps,
    )
    return routing.decide(case, languages=jurisdiction.languages), lamps


def check_content(service: Service, submission: Submission) -> dict[str, Any]:
    """The answers to the service's questions, as they are stored.

    Staff may leave questions open that others must answer: nobody can be asked any more.

    :raises Invalid: an answer that is none (`answers.CODE`), or a service that wants to reach the reporter
        and cannot (`contact`).
    """
    if submission.is_by_staff or submission.registered_by:
        return questions.checked(service, submission.answers, needs_all=False)
    answers = questions.checked(service, submission.answers)
    match ContactNeed(service.contact_need):
        case ContactNeed.NONE:
            return answers
        case ContactNeed.ADDRESS if submission.is_reachable:
            return answers
        case ContactNeed.CONFIRMED if submission.is_confirmed or submission.subject:
            return answers
        case ContactNeed.ADDRESS:
            message = gettext(
                "Leave an e-mail address or a telephone number: we must be able to ask about such a report."
            )
        case ContactNeed.CONFIRMED:
            message = gettext("Such a report needs an e-mail address that is shown to be yours.")
    raise Invalid({"contact": message})


def _check_frequency(jurisdiction: Jurisdiction, submission: Submission, now: datetime) -> None:
    """:raises TooMany: the address or number has sent its share for a day."""
    same = []
    if submission.email:
        same.append(func.lower(Contact.email) == submission.email.lower())
    if submission.phone:
        same.append(Contact.phone == submission.phone)
    is_ours = submission.is_by_staff or submission.registered_by
    if not same or submission.is_demo or is_ours:
        return
    query = select(func.count()).where(
        Contact.jurisdiction_id == jurisdiction.id,
        Contact.service_request_id.is_not(None),
        Contact.created_at > now - timedelta(days=1),
        or_(*same),
    )
    if (session().scalar(query) or 0) >= MOST_PER_CONTACT:
        message = gettext(
            "%(count)s reports have come from this e-mail address or telephone number in a day."
            " Send this one tomorrow, or call us.",
            count=MOST_PER_CONTACT,
        )
        raise TooMany(message)


def submit(jurisdiction: Jurisdiction, submission: Submission, *, now: datetime) -> ServiceRequest:
    """Take a report in, all or nothing: number, department, first history rows, the receipt's job.

    The same idempotency key again gives the report that it made the first time.

    :raises Invalid: no such service, an answer or photo that is none, no contact where one is needed,
        or the key was used for another report.
    :raises TooMany: more than anyone sends in a day.
    :raises OutsideJurisdiction: the municipality does not cover the position.
    """
    fingerprint = _fingerprint(jurisdiction, submission)
    if submission.idempotency_key:
        queries.wait_for_key(jurisdiction.id, submission.idempotency_key)
        earlier = queries.by_idempotency_key(jurisdiction.id, submission.idempotency_key)
        if earlier:
            return _same(earlier, fingerprint)
    service = find_service(jurisdiction, submission.service_code)
    submission = replace(submission, answers=check_content(service, submission))
    _check_frequency(jurisdiction, submission, now)
    decision, lamps = decide(jurisdiction, submission, now=now)
    request = _record(jurisdiction, service, submission, decision, now, fingerprint)
    session().add_all(_about(request, lamps))
    if submission.photos:
        added_by = "staff" if submission.is_by_staff else "reporter"
        pictures.attach(
            request, submission.photos, shows=PhotoShows.FAULT, added_by=added_by, now=now
        )
    actor = "staff" if submission.registered_by else "reporter"
    received = remember(request, EntryKind.RECEIVED, now, actor=actor, status=Status.RECEIVED)
    received.data, received.account_id = {"service": service.code}, submission.registered_by
    remember_decision(request, decision, now)
    if submission.is_reachable:
        session().add(_contact(request, submission))
    if submission.is_reachable and submission.wants_receipt:
        jobs.defer("notifications.acknowledge", service_request_id=request.id)
    place_texts.order(request)
    return request


def _contact(request: ServiceRequest, submission: Submission) -> Contact:
    return Contact(
        jurisdiction_id=request.jurisdiction_id,
        service_request_id=request.id,
        email=submission.email,
        phone=submission.phone,
        name=submission.name,
        subject=submission.subject,
        language=submission.language,
        wants_messages=submission.wants_messages,
    )


def _fingerprint(jurisdiction: Jurisdiction, submission: Submission) -> bytes:
    """Of the answers as they are stored, so that a form and a machine that say the same are the same."""
    try:
        service = find_service(jurisdiction, submission.service_code)
        answers = questions.checked(service, submission.answers, needs_all=False)
    except Invalid:  # the catalogue may have changed since; what is wrong is said later
        return submission.fingerprint()
    return replace(submission, answers=answers).fingerprint()


def _same(earlier: ServiceRequest, fingerprint: bytes) -> ServiceRequest:
    """:raises Invalid: the key is of another report. An erased report has no fingerprint: its key is enough."""
    if earlier.idempotency_fingerprint not in {None, fingerprint}:
        message = gettext("This Idempotency-Key was used for another report. Make a new key.")
        raise Invalid({"Idempotency-Key": message})
    return earlier


def _record(
    jurisdiction: Jurisdiction,
    service: Service,
    submission: Submission,
    decision: routing.Decision,
    now: datetime,
    fingerprint: bytes,
) -> ServiceRequest:
    year = now.astimezone(ZoneInfo(jurisdiction.time_zone)).year
    request = ServiceRequest(
        jurisdiction_id=jurisdiction.id,
        number=queries.next_number(jurisdiction.id, jurisdiction.number_prefix, year),
        token=secrets.token_urlsafe(24),
        service_id=service.id,
        department_id=decision.department_id,
        position=submission.position.as_column(),
        description=submission.description,
        description_state=state_of_text(submission.description, service),
        status=Status.RECEIVED if decision.rule_id is None else Status.ASSIGNED,
        requested_at=now,
        received_year=year,
        updated_at=now,
        first_response_due_at=answer_due(jurisdiction, service, now),
        due_at=fix_due(jurisdiction, service, now, is_external=decision.is_external),
        channel=submission.channel,
        device_class=submission.device_class,
        language=submission.language,
        routing_rule_id=decision.rule_id,
        routing_reason=decision.reason,
        is_acute=submission.is_acute,
        road_category=decision.road.category if decision.road else None,
        road_manager=decision.road.manager if decision.road else None,
        asset_owner=decision.lamp.owner if decision.lamp else None,
        answers=submission.answers,
        place_text=submission.place_text,
        is_demo=submission.is_demo,
        idempotency_key=submission.idempotency_key,
        idempotency_fingerprint=fingerprint if submission.idempotency_key else None,
    )
    session().add(request)
    session().flush()
    return request


def _about(request: ServiceRequest, assets: tuple[int, ...]) -> list[ServiceRequestAsset]:
    keys = {"service_request_id": request.id, "jurisdiction_id": request.jurisdiction_id}
    return [ServiceRequestAsset(asset_id=asset, **keys) for asset in assets]
