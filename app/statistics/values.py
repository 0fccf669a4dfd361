"""Figures and periods as people read them."""

from babel.dates import get_month_names

from app.i18n import gettext, language, number, percent
from app.statistics.measures import BY_CODE, Unit
from app.statistics.questions import Period
from app.statistics.table import MISSING

HIDDEN = ":"
"""A small cell."""


def written(code: str, value: float | None, *, is_hidden: bool = False) -> str:
    """A value of a measure: «66 012», «82,2 %», «3,4»; `..` is missing, `:` is hidden."""
    if is_hidden:
        return HIDDEN
    if value is None:
        return MISSING
    measure = BY_CODE[code]
    if measure.unit == Unit.SHARE:
        return percent(value)
    return number(value, decimals=measure.decimals)


def period_name(period: Period, code: str) -> str:
    """A column's heading: «2026», «3. kv. 2026», «mars 2026»."""
    year, _, part = code.partition("-")
    if not part:
        return year
    if part.startswith("Q"):
        return gettext("Q%(quarter)s %(year)s", quarter=part[1:], year=year)
    month = get_month_names("abbreviated", locale=language())[int(part)].rstrip(".")
    if period == Period.ROLLING_12:
        return gettext("to %(month)s %(year)s", month=month, year=year)
    return f"{month} {year}"
