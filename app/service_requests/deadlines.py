"""When a report is to be answered and fixed: the service's days, by the municipality's clock and holidays."""

from datetime import UTC, datetime

from app.catalog.models import Service
from app.catalog.working_days import deadline
from app.jurisdictions.models import Jurisdiction


def answer_due(jurisdiction: Jurisdiction, service: Service, start: datetime) -> datetime:
    """The end of the day by which the reporter hears from us."""
    return _due(jurisdiction, service, start, service.first_response_days)


def fix_due(
    jurisdiction: Jurisdiction, service: Service, start: datetime, *, is_external: bool
) -> datetime | None:
    """The end of the day by which it is to be fixed; None for a service without a promise, and for what
    another body fixes: its dates are not ours to promise.
    """
    if service.fix_days is None or is_external:
        return None
    return _due(jurisdiction, service, start, service.fix_days)


def _due(jurisdiction: Jurisdiction, service: Service, start: datetime, days: int) -> datetime:
    last = deadline(
        start,
        days,
        jurisdiction.country,
        jurisdiction.time_zone,
        is_calendar=service.counts_calendar_days,
    )
    return last.astimezone(UTC)
