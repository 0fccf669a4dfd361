"""Appending to a report's history."""

from datetime import datetime

from app import jobs
from app.database import session
from app.departments.models import Receives
from app.routing.operations import Decision
from app.service_requests.models import EntryKind, HistoryEntry, ServiceRequest
from app.service_requests.status import Status


def remember(
    request: ServiceRequest,
    kind: EntryKind,
    now: datetime,
    *,
    actor: str,
    status: Status | None = None,
) -> HistoryEntry:
    """Add a row of history; the caller flushes. `actor` is reporter, staff, system or outside."""
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


def remember_decision(request: ServiceRequest, decision: Decision, now: datetime) -> HistoryEntry:
    """Write down where the rules sent a report, why, and what the ground said; hand it over if it goes outside.

    The report's own columns are the caller's to set.
    """
    entry = remember(request, EntryKind.ROUTED, now, actor="system", status=Status(request.status))
    entry.department_id = decision.department_id
    entry.data = {
        "rule": decision.rule_id,
        "rank": decision.rule_rank,
        "name": decision.rule_name,
        "reason": decision.reason,
        "road": vars(decision.road) if decision.road else None,
        "lamp": vars(decision.lamp) if decision.lamp else None,
    }
    hand_over(entry, is_external=decision.is_external, receives=decision.receives)
    return entry


def goes_out(*, is_external: bool, receives: str) -> bool:
    """Whether a department gets its reports sent, out of the house."""
    return is_external and receives != Receives.INBOX


def hand_over(entry: HistoryEntry, *, is_external: bool, receives: str) -> None:
    """Order the sending of a report to the outside body that this row of history names."""
    session().flush()
    if goes_out(is_external=is_external, receives=receives):
        jobs.defer("forwarding.forward", history_entry_id=entry.id)
