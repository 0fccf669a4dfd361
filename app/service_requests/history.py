"""Appending to a report's history. All that figures are made of can be told from it."""

from collections.abc import Set
from datetime import datetime
from typing import Any

from app import jobs
from app.database import session
from app.departments.models import Receives
from app.errors import OutsideJurisdiction
from app.geo.positions import position_of
from app.jurisdictions.models import Jurisdiction
from app.routing.operations import Case, Decision, decide
from app.service_requests import queries
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Need, Status


def remember(
    request: ServiceRequest,
    kind: EntryKind,
    now: datetime,
    *,
    actor: str,
    status: Status | None = None,
) -> HistoryEntry:
    """Add a row of history; the caller flushes. `actor` is reporter, staff or a `Party`."""
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
    alert(request, entry)
    return entry


ALERT = "notifications.alert_acute"
"""The job that finds whom to tell."""


def alert(request: ServiceRequest, entry: HistoryEntry) -> None:
    """Order the word at once about danger to those whom this row of history gave the report to."""
    if request.is_acute:
        session().flush()
        jobs.defer(ALERT, history_entry_id=entry.id, department_id=request.department_id)


def goes_out(*, is_external: bool, receives: str) -> bool:
    """Whether a department gets its reports sent, out of the house."""
    return is_external and receives != Receives.INBOX


def hand_over(entry: HistoryEntry, *, is_external: bool, receives: str) -> None:
    """Order the sending of a report to the outside body that this row of history names."""
    session().flush()
    if goes_out(is_external=is_external, receives=receives):
        jobs.defer("forwarding.forward", history_entry_id=entry.id)


def facts_of(request: ServiceRequest, needs: Set[Need], *, improved: bool | None) -> dict[str, Any]:
    """What a change of status says beside the status: the answer, the new department, the original."""
    facts: dict[str, Any] = {}
    if Need.IMPROVEMENT in needs:
        facts["led_to_improvement"] = improved
    if Need.DEPARTMENT in needs:
        facts["department"] = request.department_id
    if Need.ORIGINAL in needs:
        facts["original"] = request.duplicate_of_id
    return facts


def decide_again(request: ServiceRequest) -> Decision | None:
    """What the rules say now of a report as it came in, without those who have refused it or do now.

    None for a place that is no longer ours.
    """
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    case = Case(
        service=request.service,
        position=position_of(request.position),
        channel=request.channel,
        at=request.requested_at,
        time_zone=jurisdiction.time_zone,
        is_acute=request.is_acute,
        asset_ids=tuple(asset.id for asset in request.assets),
        refused=(*queries.refused_by(request.id), request.department_id),
    )
    try:
        return decide(case, languages=jurisdiction.languages)
    except OutsideJurisdiction:  # the boundary has changed since
        return None
