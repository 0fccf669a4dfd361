"""While the one who reported has been asked and has not answered, our days do not run."""

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from app.catalog.working_days import days_between, last_day
from app.database import session
from app.errors import ChangeNotAllowed, Invalid
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.service_requests.acting import Actor, Work
from app.service_requests.added import contact_of
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.operations import write_message
from app.service_requests.status import OPEN


def ask(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Ask the one who reported, by a letter; from now on our days wait.

    :raises Invalid: no question. :raises ChangeNotAllowed: the report is closed, or there is nobody to ask.
    """
    if request.status not in OPEN:
        raise ChangeNotAllowed(gettext("The report is closed. Open it again first."))
    contact = contact_of(request.id)
    if contact is None or contact.stopped_at is not None:
        raise ChangeNotAllowed(gettext("There is no address to ask the one who reported at."))
    if not work.message:
        raise Invalid({"message": gettext("Write what you want to know.")})
    entry = write_message(request, replace(work, data={"asks": True}), actor, now=now)
    request.waiting_since = request.waiting_since or now
    session().flush()
    return entry


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
