"""The days on which we waited for the one who reported: they are not ours."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from app.catalog.working_days import days_between, last_day
from app.database import session
from app.jurisdictions.models import Jurisdiction
from app.service_requests.models import ServiceRequest


def end(request: ServiceRequest, now: datetime) -> None:
    """The answer has come, or nobody waits for it any more: our days run on, later by those that we waited."""
    if request.waiting_since is None:
        return
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    since, request.waiting_since = request.waiting_since, None
    waited = _days(request, since, now, jurisdiction)
    request.waited_days += waited
    if request.due_at is not None:
        request.due_at = later_by(request.due_at, waited, request, jurisdiction)


def later_by(
    due_at: datetime, waited: int, request: ServiceRequest, jurisdiction: Jurisdiction
) -> datetime:
    """A day moved on by days as the service counts them, by the municipality's clock and holidays."""
    zone = ZoneInfo(jurisdiction.time_zone)
    due = due_at.astimezone(zone).date()
    is_calendar = request.service.counts_calendar_days
    day = last_day(due, waited, jurisdiction.country, is_calendar=is_calendar)
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(due_at.tzinfo)


def _days(
    request: ServiceRequest, since: datetime, now: datetime, jurisdiction: Jurisdiction
) -> int:
    zone = ZoneInfo(jurisdiction.time_zone)
    first, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    is_calendar = request.service.counts_calendar_days
    return days_between(first, last, jurisdiction.country, is_calendar=is_calendar)
