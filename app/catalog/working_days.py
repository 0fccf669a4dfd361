"""Working days with a country's public holidays. Pure."""

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


def deadline(received: datetime, days: int, country: str, zone: str) -> datetime:
    """The end of the last day of a target, by the municipality's clock.

    :param received: aware.
    :returns: aware, in `zone`, one second before midnight.
    """
    last = after_working_days(received.astimezone(ZoneInfo(zone)).date(), days, country)
    return datetime.combine(last, time(23, 59, 59), ZoneInfo(zone))
