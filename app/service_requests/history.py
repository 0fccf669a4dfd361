"""Appending to a report's history."""

from datetime import datetime

from app.database import session
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
    """Add a row of history; the caller flushes. `actor` is reporter, staff or system."""
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
