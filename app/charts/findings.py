"""What a comparison says, and when it had better say nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import gettext
from app.statistics.figures import FigureRow
from app.statistics.measures import BY_CODE, title

LEAST_TO_RANK = 30
"""So many reports stand behind each number before anything is called the highest."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One of several things held beside each other; `behind` is how many reports its value is made of."""

    name: str
    value: float | None
    text: str
    behind: int | None


def made_of(row: FigureRow | None, measure: str) -> int | None:
    """How many reports a value is made of; 0 where there are none, None where that is hidden."""
    if row is None:
        return 0
    of = "received" if BY_CODE[measure].is_count else measure
    return row.made_of[of if of in row.made_of else "received"]


def spread_finding(measure: str, compared: Sequence[Compared], *, otherwise: str) -> str:
    """From where to where it goes; `otherwise` when there is nothing to hold beside each other.

    Where few reports stand behind a number, nothing is called the highest or the lowest.
    """
    known = [one for one in compared if one.value is not None]
    if len(known) < 2:
        return otherwise
    if min(one.behind or 0 for one in known) < LEAST_TO_RANK:
        return gettext(
            "%(measure)s: too few enquiries behind some of the numbers to compare them",
            measure=title(measure),
        )
    low, high = min(known, key=_value), max(known, key=_value)
    if low.text == high.text:
        return gettext(
            "%(measure)s: the same everywhere, %(value)s", measure=title(measure), value=low.text
        )
    return gettext(
        "%(measure)s: from %(low_value)s in %(low)s to %(high_value)s in %(high)s",
        measure=title(measure),
        low=low.name,
        low_value=low.text,
        high=high.name,
        high_value=high.text,
    )


def _value(one: Compared) -> float:
    return one.value or 0
