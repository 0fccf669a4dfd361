"""Days away, by the municipality's clock. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.catalog.working_days import is_working_day

Span = tuple[date, date]
"""The first and the last day, both included."""


def today_in(zone: str, now: datetime) -> date:
    """The day it is in a time zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def back_on(spans: Iterable[Span], today: date, country: str) -> date | None:
    """The first working day after the days away that `today` is one of; None when it is none.

    Days away that follow each other count as one, also with a weekend or holidays between.
    """
    known = list(spans)
    if not _is_away(known, today):
        return None
    day = today
    while _is_away(known, day) or not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def _is_away(spans: list[Span], day: date) -> bool:
    return any(first <= day <= last for first, last in spans)


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans have a day in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def all_back(
    absences: Iterable[tuple[int, date, date]], today: date, country: str
) -> dict[int, date]:
    """Those who are away today, by account, with the working day on which they are back."""
    spans: dict[int, list[Span]] = defaultdict(list)
    for account_id, first, last in absences:
        spans[account_id].append((first, last))
    found = {key: back_on(theirs, today, country) for key, theirs in spans.items()}
    return {key: back for key, back in found.items() if back is not None}
