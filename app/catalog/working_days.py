"""Working days with a country's public holidays, and calendar days. Pure."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_working_day(day: date, country: str) -> bool:
    """Monday to Friday and not a public holiday."""
    return day.weekday() < 5 and day not in _holidays(country)


def after_working_days(start: date, days: int, country: str) -> date:
    """The last day of a target: `days` working days after `start`, which itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, country)
    return day


def last_day(start: date, days: int, country: str, *, is_calendar: bool) -> date:
    """The last day of a target, counted in working days or in all days."""
    return start + timedelta(days) if is_calendar else after_working_days(start, days, country)


def days_between(first: date, last: date, country: str, *, is_calendar: bool) -> int:
    """The days after the first until the last, which counts; 0 when it is not later."""
    span = max((last - first).days, 0)
    if is_calendar:
        return span
    return sum(is_working_day(first + timedelta(at + 1), country) for at in range(span))


def deadline(
    received: datetime, days: int, country: str, zone: str, *, is_calendar: bool = False
) -> datetime:
    """The end of the last day of a target, by the municipality's clock.

    :param received: aware. :param is_calendar: all days count, else working days alone.
    :returns: aware, in `zone`, one second before midnight.
    """
    begin = received.astimezone(ZoneInfo(zone)).date()
    last = last_day(begin, days, country, is_calendar=is_calendar)
    return datetime.combine(last, time(23, 59, 59), ZoneInfo(zone))
