"""Values, periods and ranges as people read them."""

from collections.abc import Iterable, Sequence

from babel.dates import get_month_names

from app.i18n import gettext, language, number
from app.statistics.measures import BY_CODE
from app.statistics.questions import FigureRow
from app.statistics.table import MISSING
from app.statistics.values import written


def cell(row: FigureRow | None, measure: str) -> str:
    """A figure of a row. Where there is no row nothing came in: counts are 0, all else is missing."""
    if row is None:
        return written(measure, 0 if BY_CODE[measure].is_count else None)
    return written(measure, row.values[measure], is_hidden=measure in row.hidden)


def days(value: float | None) -> str:
    """«3,5 dager»."""
    if value is None:
        return MISSING
    return gettext("%(days)s days", days=number(value, decimals=1))


def month(of: int) -> str:
    """«mars»: short, as it stands alone."""
    names = get_month_names("abbreviated", "stand-alone", locale=language())
    return str(names[of]).rstrip(".")


def whole_month(of: int) -> str:
    """«mars», never shortened."""
    return str(get_month_names("wide", "stand-alone", locale=language())[of])


def range_words(pairs: Iterable[tuple[str, float | None]], written: Sequence[str]) -> str:
    """The lowest and the highest of named values, for those who do not see the drawing."""
    known = [
        (value, name, text)
        for (name, value), text in zip(pairs, written, strict=True)
        if value is not None
    ]
    if not known:
        return gettext("There are no numbers.")
    low, high = min(known, key=lambda one: one[0]), max(known, key=lambda one: one[0])
    if len(known) == 1:
        return gettext("One number: %(name)s %(value)s.", name=low[1], value=low[2])
    return gettext(
        "%(count)s numbers, from %(low)s (%(low_name)s) to %(high)s (%(high_name)s).",
        count=len(known),
        low=low[2],
        low_name=low[1],
        high=high[2],
        high_name=high[1],
    )
