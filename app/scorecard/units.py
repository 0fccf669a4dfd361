"""What the values of a series are, and how people read them."""

from decimal import Decimal
from enum import StrEnum

from app.i18n import NBSP, gettext, number


class Unit(StrEnum):
    """What is counted or measured. The codes stand in files; they never change their meaning."""

    COUNT = "count"
    PERCENT = "percent"
    """0 to 100."""
    POINTS = "points"
    SCORE = "score"
    """A mark from 1, worst, to 6."""
    PER_INHABITANT = "per_inhabitant"
    RANK = "rank"
    """1 is the first place."""
    INHABITANTS = "inhabitants"
    DAYS = "days"


def unit_word(unit: str) -> str:
    """«poeng», «karakter 1–6»."""
    return {
        Unit.COUNT: gettext("number"),
        Unit.PERCENT: gettext("per cent"),
        Unit.POINTS: gettext("points"),
        Unit.SCORE: gettext("mark from 1 to 6"),
        Unit.PER_INHABITANT: gettext("for each inhabitant"),
        Unit.RANK: gettext("place"),
        Unit.INHABITANTS: gettext("inhabitants"),
        Unit.DAYS: gettext("days"),
    }[Unit(unit)]


def written(value: Decimal, unit: str, decimals: int) -> str:
    """«66 012», «82,2 %»: never broken across lines. With more decimals where the value has them."""
    exponent = value.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    text = number(float(value), decimals=max(decimals, own))
    return f"{text}{NBSP}%" if unit == Unit.PERCENT else text
