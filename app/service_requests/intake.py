"""Taking a report in: number, department and reason, history and the receipt's job, all or nothing.

Flushes; the caller's `transaction()` commits.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from app import jobs
from app.catalog.models import Service
from app.catalog.queries import service_by_code
from app.catalog.working_days import deadline
from app.database import session
from app.errors import Invalid
from app.geo.positions import Position
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.routing import operations as routing
from app.routing.models import Channel
from app.service_requests import queries
from app.service_requests.history import remember
from app.service_requests.models import Contact, EntryKind, ServiceRequest
from app.service_requests.status import Status


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A report as it comes in. `position` is EPSG:4326, longitude before latitude."""

    service_code: str
    position: Position
    description: str
    email: str | None = None
    channel: Channel = Channel.WEB
    device_class: str = "unknown"
    language: str = "nb"
    idempotency_key: str | None = None
    is_demo: bool = False

    def fingerprint(self) -> bytes:
        """SHA-256 of what is reported, without the contact, to tell a repetition from another report."""
        place = f"{self.position.longitude!r},{self.position.latitude!r}"
        told = "\0".join([self.service_code, place, self.description])
        return hashlib.sha256(told.encode()).digest()


def find_service(jurisdiction: Jurisdiction, code: str) -> Service:
    """The service with this code. :raises Invalid: when there is none."""
    service = service_by_code(jurisdiction.id, code)
    if service is None:
        raise Invalid({"service_code": gettext("Choose what the report is about from the list.")})
    return service


def decide(jurisdiction: Jurisdiction, submission: Submission) -> routing.Decision:
    """Who would answer for this report. :raises OutsideJurisdiction: not our place. :raises Invalid:
    no such service.
    """
    service = find_service(jurisdiction, submission.service_code)
    channel, languages = submission.channel, jurisdiction.languages
    return routing.decide(service, submission.position, channel=channel, languages=languages)


def submit(jurisdiction: Jurisdiction, submission: Submission, *, now: datetime) -> ServiceRequest:
    """Take a report in, all or nothing: number, department, first history rows, the receipt's job.

    The same idempotency key again gives the report that it made the first time.

    :raises Invalid: no such service, or the key was used for another report.
    :raises OutsideJurisdiction: the municipality does not cover the position.
    """
    if submission.idempotency_key:
        queries.wait_for_key(jurisdiction.id, submission.idempotency_key)
        earlier = queries.by_idempotency_key(jurisdiction.id, submission.idempotency_key)
        if earlier:
            return _same(earlier, submission)
    service = find_service(jurisdiction, submission.service_code)
    decision = decide(jurisdiction, submission)
    request = _record(jurisdiction, service, submission, decision, now)
    _remember_arrival(request, decision, now)
    if submission.email:
        keys = {"jurisdiction_id": jurisdiction.id, "service_request_id": request.id}
        session().add(Contact(**keys, email=submission.email))
        jobs.defer("notifications.acknowledge", service_request_id=request.id)
    return request


def _same(earlier: ServiceRequest, submission: Submission) -> ServiceRequest:
    if earlier.idempotency_fingerprint != submission.fingerprint():
        message = gettext("This Idempotency-Key was used for another report. Make a new key.")
        raise Invalid({"Idempotency-Key": message})
    return earlier


def _record(
    jurisdiction: Jurisdiction,
    service: Service,
    submission: Submission,
    decision: routing.Decision,
    now: datetime,
) -> ServiceRequest:
    year = now.astimezone(ZoneInfo(jurisdiction.time_zone)).year
    due = partial(_due, jurisdiction, now)
    request = ServiceRequest(
        jurisdiction_id=jurisdiction.id,
        number=queries.next_number(jurisdiction.id, jurisdiction.number_prefix, year),
        token=secrets.token_urlsafe(24),
        service_id=service.id,
        department_id=decision.department_id,
        position=submission.position.as_column(),
        description=submission.description,
        status=Status.RECEIVED if decision.rule_id is None else Status.ASSIGNED,
        requested_at=now,
        received_year=year,
        updated_at=now,
        first_response_due_at=due(service.first_response_days),
        due_at=None if service.fix_days is None else due(service.fix_days),
        channel=submission.channel,
        device_class=submission.device_class,
        language=submission.language,
        routing_rule_id=decision.rule_id,
        routing_reason=decision.reason,
        is_demo=submission.is_demo,
        idempotency_key=submission.idempotency_key,
        idempotency_fingerprint=submission.fingerprint() if submission.idempotency_key else None,
    )
    session().add(request)
    session().flush()
    return request


def _due(jurisdiction: Jurisdiction, now: datetime, days: int) -> datetime:
    return deadline(now, days, jurisdiction.country, jurisdiction.time_zone).astimezone(UTC)


def _remember_arrival(request: ServiceRequest, decision: routing.Decision, now: datetime) -> None:
    remember(request, EntryKind.RECEIVED, now, actor="reporter", status=Status.RECEIVED)
    entry = remember(request, EntryKind.ROUTED, now, actor="system", status=Status(request.status))
    entry.department_id = decision.department_id
    entry.data = {"rule": decision.rule_id, "rank": decision.rule_rank, "reason": decision.reason}
    session().flush()
