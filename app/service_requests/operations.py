"""What may be done with reports. Every verb flushes; the caller's `transaction()` commits."""

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
from app.departments.queries import first_line
from app.errors import ChangeNotAllowed, Conflict, Invalid, OutdatedVersion
from app.geo.positions import Position
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.routing import operations as routing
from app.security import Role
from app.service_requests import queries
from app.service_requests.models import (
    Channel,
    Contact,
    EntryKind,
    HistoryEntry,
    ServiceRequest,
    Visibility,
)
from app.service_requests.status import CLOSED, Need, Status, change
from app.service_requests.words import status_word


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


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Someone on the staff, with the roles that count for this report."""

    account_id: int
    roles: frozenset[Role]
    department_id: int | None


# --- coming in ----------------------------------------------------------------------------------------


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
    _remember(request, EntryKind.RECEIVED, now, actor="reporter", status=Status.RECEIVED)
    entry = _remember(request, EntryKind.ROUTED, now, actor="system", status=Status(request.status))
    entry.department_id = decision.department_id
    entry.data = {"rule": decision.rule_id, "rank": decision.rule_rank, "reason": decision.reason}
    session().flush()


def _remember(
    request: ServiceRequest,
    kind: EntryKind,
    now: datetime,
    *,
    actor: str,
    status: Status | None = None,
) -> HistoryEntry:
    entry = HistoryEntry(
        jurisdiction_id=request.jurisdiction_id,
        service_request_id=request.id,
        kind=kind,
        occurred_at=now,
        actor=actor,
        status=status,
        data={},
    )
    session().add(entry)
    return entry


# --- being worked on ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Work:
    """What someone on the staff wants to do, and the version of the report that they saw."""

    version: int
    message: str | None = None
    led_to_improvement: bool | None = None
    original_number: str | None = None


def lock(service_request_id: int, version: int) -> ServiceRequest:
    """The report, locked. :raises OutdatedVersion: it has changed since `version`."""
    request = queries.locked(service_request_id)
    if request.version != version:
        message = gettext(
            "The report has been changed since you opened it. Nothing of yours was saved."
        )
        raise OutdatedVersion(message, expected=version, actual=request.version)
    return request


def change_status(
    request: ServiceRequest,
    target: Status,
    work: Work,
    actor: Actor,
    *,
    now: datetime,
    visibility: Visibility = Visibility.PUBLIC,
) -> HistoryEntry:
    """Set a status that the table allows; the reporter is told.

    :param request: locked with `lock`.
    :param visibility: who may read the message.
    :raises ChangeNotAllowed: not from here, or not by this role.
    :raises Invalid: what the change needs is missing.
    """
    allowed = change(Status(request.status), target, set(actor.roles))
    if allowed is None:
        message = gettext("A report that is «%(now)s» cannot become «%(then)s».")
        words = {"now": status_word(Status(request.status)), "then": status_word(target)}
        raise ChangeNotAllowed(message % words)
    _check(allowed.needs, work)
    original = _original(request, work.original_number) if Need.ORIGINAL in allowed.needs else None
    _set_improvement(request, _improvement(target, work, original))
    if original is not None or target == Status.ASSESSING:
        request.duplicate_of_id = original.id if original else None
    request.status = target
    request.closed_at = now if target in CLOSED else None
    entry = _remember(request, EntryKind.STATUS, now, actor="staff", status=target)
    entry.visibility = visibility
    entry.message = work.message
    if work.led_to_improvement is not None:
        entry.data = {"led_to_improvement": work.led_to_improvement}
    return _tell(request, entry, actor, now)


def write_message(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """Write to the reporter without changing the status. :raises Invalid: no message."""
    if not work.message:
        raise Invalid({"message": gettext("Write a message.")})
    entry = _remember(request, EntryKind.MESSAGE, now, actor="staff")
    entry.message = work.message
    return _tell(request, entry, actor, now)


def hand_back(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Give the report to the first-line desk to assess anew. The reason is for staff.

    :raises ChangeNotAllowed: it cannot be assessed from here. :raises Invalid: no reason.
    """
    internal = Visibility.INTERNAL
    entry = change_status(request, Status.ASSESSING, work, actor, now=now, visibility=internal)
    request.department_id = first_line(request.jurisdiction_id).id
    session().flush()
    session().refresh(request, ["department"])
    return entry


def correct_improvement(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """Correct whether a closed report led to an improvement. The correction is history.

    :raises Conflict: the report is open, or follows its original. :raises Invalid: no answer.
    """
    if request.status not in CLOSED or request.duplicate_of_id is not None:
        raise Conflict(
            gettext(
                "Only a closed report has this answer, and a repeated report follows its original."
            )
        )
    _check(frozenset({Need.IMPROVEMENT}), work)
    _set_improvement(request, bool(work.led_to_improvement))
    entry = _remember(request, EntryKind.IMPROVEMENT, now, actor="staff")
    entry.data = {"led_to_improvement": work.led_to_improvement}
    entry.account_id = actor.account_id
    request.updated_at = now
    session().flush()
    return entry


def _check(needs: frozenset[Need], work: Work) -> None:
    errors = {}
    if Need.REASON in needs and not work.message:
        errors["message"] = gettext("Write the reason.")
    if Need.IMPROVEMENT in needs and work.led_to_improvement is None:
        errors["led_to_improvement"] = gettext("Answer whether this led to an improvement.")
    if Need.ORIGINAL in needs and not work.original_number:
        errors["original_number"] = gettext("Write the number of the report that came first.")
    if errors:
        raise Invalid(errors)


def _original(request: ServiceRequest, number: str | None) -> ServiceRequest:
    """The report that came first, locked; an original is never itself a duplicate."""
    found = queries.by_number(request.jurisdiction_id, number or "")
    if found is None or found.id == request.id:
        raise Invalid({"original_number": gettext("There is no other report with this number.")})
    original = queries.locked(found.id)
    if original.duplicate_of_id is not None:
        message = gettext("That report is itself a repetition. Write its original's number.")
        raise Invalid({"original_number": message})
    if queries.duplicates(request.id):
        message = gettext("Other reports already point to this one as the first.")
        raise Invalid({"original_number": message})
    return original


def _improvement(target: Status, work: Work, original: ServiceRequest | None) -> bool:
    match target:
        case Status.FIXED:
            return bool(work.led_to_improvement)
        case Status.DUPLICATE:
            return original is not None and original.led_to_improvement
        case _:
            return False


def _set_improvement(request: ServiceRequest, improved: bool) -> None:
    """Write the answer on the report and on those that repeat it."""
    for report in (*queries.duplicates(request.id), request):
        report.led_to_improvement = improved


def _tell(
    request: ServiceRequest, entry: HistoryEntry, actor: Actor, now: datetime
) -> HistoryEntry:
    entry.account_id = actor.account_id
    entry.department_id = actor.department_id or request.department_id
    request.updated_at = now
    if request.first_response_at is None:
        request.first_response_at = now
    session().flush()
    jobs.defer("notifications.tell_reporter", history_entry_id=entry.id)
    return entry
