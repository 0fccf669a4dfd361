"""Years, quarters and months as codes: `2026`, `2026-Q3`, `2026-03`; and where they begin and end. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.service_requests.filter import Filter
from app.statistics.questions import Period, Question

LENGTH = {Period.YEAR: 12, Period.QUARTER: 3, Period.MONTH: 1, Period.ROLLING_12: 1}
"""Months from one column to the next."""


def month_of(moment: datetime, zone: str) -> int:
    """The month by the municipality's clock, counted from the year 0."""
    at = moment.astimezone(ZoneInfo(zone))
    return at.year * 12 + at.month - 1


def begin(month: int, zone: str) -> datetime:
    """The first moment of a month."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=ZoneInfo(zone))


def code_of(period: Period, month: int) -> str:
    """The code of the period that a month is in."""
    year, at = divmod(month, 12)
    match period:
        case Period.YEAR:
            return f"{year:04d}"
        case Period.QUARTER:
            return f"{year:04d}-Q{at // 3 + 1}"
        case Period.MONTH | Period.ROLLING_12:
            return f"{year:04d}-{at + 1:02d}"


def first_month(period: Period, code: str) -> int:
    """The first month that a period covers; of a rolling one, eleven before the one in its name."""
    year, _, part = code.partition("-")
    if not part:
        return int(year) * 12
    if part.startswith("Q"):
        return int(year) * 12 + (int(part[1:]) - 1) * 3
    month = int(year) * 12 + int(part) - 1
    return month - 11 if period == Period.ROLLING_12 else month


def bounds(period: Period, code: str, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a period, and the first after it."""
    first = first_month(period, code)
    months = 12 if period == Period.ROLLING_12 else LENGTH[period]
    return begin(first, zone), begin(first + months, zone)


def codes(period: Period, first: int, last: int) -> Iterator[str]:
    """Every period from the one that a month is in to the one that another is in, both included."""
    step = LENGTH[period]
    for month in range(first - first % step, last + 1, step):
        yield code_of(period, month)


def ends(wanted: Filter, zone: str, now: datetime) -> tuple[int | None, int]:
    """The months in which rolling windows may end: the first, if the filter says one, and the last.

    The last is at most the month before this one: a window is over before it is told.
    """
    firsts = [] if wanted.start is None else [month_of(wanted.start, zone)]
    lasts = [month_of(now, zone) - 1]
    if wanted.end is not None:
        lasts.append(month_of(wanted.end - timedelta(microseconds=1), zone))
    if wanted.year is not None:
        firsts.append(wanted.year * 12)
        lasts.append(wanted.year * 12 + 11)
    return max(firsts, default=None), min(lasts)


def span(
    question: Question, began: datetime, seen: Sequence[str], zone: str, now: datetime
) -> Iterator[str]:
    """The periods of a table, in order: from the first report of all to now, within the filter's own bounds.

    A rolling window begins when there are reports, or later.

    :param seen: the periods that have reports; a later one than now's stands there as well.
    """
    period, wanted = question.period or Period.YEAR, question.filter
    if period == Period.ROLLING_12:
        first, last = ends(wanted, zone, now)
        opened = month_of(began, zone) + 11
        yield from codes(period, opened if first is None else max(first, opened), last)
        return
    firsts, lasts = [month_of(began, zone)], [month_of(now, zone)]
    if seen:
        lasts[0] = max(lasts[0], first_month(period, max(seen)))
    if wanted.start is not None:
        firsts.append(month_of(wanted.start, zone))
    if wanted.end is not None:
        lasts.append(month_of(wanted.end - timedelta(microseconds=1), zone))
    if wanted.year is not None:
        firsts.append(wanted.year * 12)
        lasts.append(wanted.year * 12 + 11)
    yield from codes(period, max(firsts), min(lasts))
