"""Sealing years and making them public. Verbs flush; the caller's `transaction()` commits."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.database import session
from app.errors import Conflict, Invalid
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.statistics.models import SealedYear
from app.yearbook import queries
from app.yearbook.sealing import content_of, digest

WAIT = "20s"
"""So long a sealing waits for changes that are under way; those that come after wait for the sealing."""
LATEST_YEARS = 2
"""A sealed year becomes public within so many years."""


def local_day(jurisdiction: Jurisdiction, now: datetime) -> date:
    """The day by the municipality's clock."""
    return now.astimezone(ZoneInfo(jurisdiction.time_zone)).date()


def midnight(jurisdiction: Jurisdiction, day: date) -> datetime:
    """When a day begins by the municipality's clock."""
    return datetime.combine(day, time(), ZoneInfo(jurisdiction.time_zone)).astimezone(UTC)


def seal(
    jurisdiction: Jurisdiction,
    year: int,
    *,
    public_from: date | None,
    by: int | None,
    now: datetime,
) -> SealedYear:
    """Keep a finished year's figures as they are now, for ever. What changes after is a revision.

    No report changes between the content and the first revision: all who would change one wait meanwhile.

    :param public_from: the day from which everyone may see it; None: at once.
    :param by: the key of the account, None for the clock and the command line.
    :raises Invalid: the year is not over, or was never counted here. :raises Conflict: it is sealed.
    """
    today = local_day(jurisdiction, now)
    _check_year(jurisdiction, year, today)
    moment = now if public_from is None else max(now, _start(jurisdiction, public_from, today))
    _hold_reports()
    if queries.sealed(jurisdiction.id, year) is not None:
        raise Conflict(
            gettext("%(year)s is sealed already. A sealed year stands as it is.", year=year)
        )
    content = content_of(jurisdiction, year, now=now)
    row = SealedYear(
        jurisdiction_id=jurisdiction.id,
        year=year,
        sealed_at=now,
        sealed_by=by,
        public_from=moment,
        content=content,
        digest=digest(content),
    )
    session().add(row)
    session().flush()
    return row


def _check_year(jurisdiction: Jurisdiction, year: int, today: date) -> None:
    if year >= today.year:
        message = gettext("%(year)s is not over. Seal it when the year has ended.", year=year)
        raise Invalid({"year": message})
    if queries.is_published(jurisdiction.id, year):
        message = gettext(
            "The figures of %(year)s are from an annual report and stand as they were published.",
            year=year,
        )
        raise Invalid({"year": message})
    counted = queries.counted_years(jurisdiction.id)
    if not counted or year < counted[0]:
        message = gettext("No reports were counted here in %(year)s.", year=year)
        raise Invalid({"year": message})


def _start(jurisdiction: Jurisdiction, public_from: date, today: date) -> datetime:
    """When the day begins; one of this year that has passed means at once."""
    if public_from.year > today.year + LATEST_YEARS:
        message = gettext("Choose a day before %(year)s ends.", year=today.year + LATEST_YEARS)
        raise Invalid({"public_from": message})
    if public_from.year < today.year:
        message = gettext(
            "Choose a day in %(year)s or later, or none: then everyone sees it at once.",
            year=today.year,
        )
        raise Invalid({"public_from": message})
    return midnight(jurisdiction, public_from)


def _hold_reports() -> None:
    """Wait for changes under way, and let nobody begin another until the transaction ends; reading goes on.

    A change takes its snapshot after it got the table, so it sees the year that was sealed meanwhile.
    """
    session().execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    try:
        session().execute(text("LOCK TABLE service_request IN SHARE ROW EXCLUSIVE MODE"))
    except OperationalError as fault:
        message = gettext("Reports are being changed in bulk just now. Try again in some minutes.")
        raise Conflict(message) from fault


def publish(
    row: SealedYear, jurisdiction: Jurisdiction, public_from: date | None, *, now: datetime
) -> None:
    """Choose another day for a sealed year to become public; None: at once.

    :raises Conflict: it is public already, and stays so.
    """
    if row.public_from <= now:
        raise Conflict(gettext("%(year)s is public already, and stays so.", year=row.year))
    today = local_day(jurisdiction, now)
    row.public_from = (
        now if public_from is None else max(now, _start(jurisdiction, public_from, today))
    )
    session().flush()


def seal_due(jurisdiction: Jurisdiction, *, now: datetime) -> SealedYear | None:
    """Seal last year when the municipality's day for it has come; None when there is nothing to do.

    A year with reports that were made to try things on is left to people.
    """
    plan = jurisdiction.sealing
    if not plan:
        return None
    today = local_day(jurisdiction, now)
    year = today.year - 1
    counted = queries.counted_years(jurisdiction.id)
    is_done = queries.sealed(jurisdiction.id, year) or queries.is_published(jurisdiction.id, year)
    is_early = today.strftime("%m-%d") < plan["day"]
    if is_early or is_done or year not in counted or queries.has_demo(jurisdiction.id, year):
        return None
    days = int(plan.get("public_after_days", 0))
    public_from = today + timedelta(days=days) if days else None
    return seal(jurisdiction, year, public_from=public_from, by=None, now=now)
