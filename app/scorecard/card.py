"""The scorecard as values: figures by year, how each stands to its band, and where it is heading. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """Where a figure comes from."""

    IMPORTED = "imported"
    COUNTED = "counted"


class Standing(StrEnum):
    """How a figure stands to the band that is aimed at."""

    WITHIN = "within"
    NEAR = "near"
    OUTSIDE = "outside"


@dataclass(frozen=True, kw_only=True)
class Band:
    """What is aimed at, from the best to the least; from `near` on it is close. In the row's unit."""

    best: Decimal
    least: Decimal
    near: Decimal | None = None

    def standing(self, value: Decimal) -> Standing:
        """How a value stands. Better than the best is within."""
        sign = 1 if self.best >= self.least else -1
        if sign * value >= sign * self.least:
            return Standing.WITHIN
        if self.near is not None and sign * value >= sign * self.near:
            return Standing.NEAR
        return Standing.OUTSIDE


@dataclass(frozen=True, kw_only=True)
class Value:
    """One figure. None is missing, or hidden because so few gave it."""

    value: Decimal | None
    kind: Kind
    source: str
    note: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: values by year, in `unit`. `more_is_better` None: neither is. `rule` says how it is made."""

    code: str
    title: str
    unit: str
    decimals: int
    values: Mapping[int, Value]
    more_is_better: bool | None = None
    band: Band | None = None
    rule: str = ""

    def standing(self, year: int) -> Standing | None:
        """How the year's figure stands to the band; None where there is no figure or no band."""
        value = self.shown(year)
        return None if self.band is None or value is None else self.band.standing(value)

    def shown(self, year: int) -> Decimal | None:
        """The year's figure as people read it: nothing is called better or within that looks the same or less.

        Only our own figures are rounded.
        """
        found = self.values.get(year)
        if found is None or found.value is None or found.kind == Kind.IMPORTED:
            return found.value if found else None
        return round(found.value, self.decimals)

    def latest(self, running: int) -> int | None:
        """The last year with a figure that is over; None without one."""
        known = [
            year
            for year, value in self.values.items()
            if value.value is not None and (year < running or value.kind == Kind.IMPORTED)
        ]
        return max(known, default=None)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How a row's last figure compares with the one before it. `change` is -1, 0 or 1."""

    since: int
    change: int
    is_better: bool | None


def trend(row: Row, running: int) -> Trend | None:
    """From the last but one figure to the last, of the same kind and without the running year.

    None when there are no two: imported and counted figures are never compared.
    """
    last = row.latest(running)
    if last is None:
        return None
    kind = row.values[last].kind
    before = [
        year
        for year, value in row.values.items()
        if year < last and value.value is not None and value.kind == kind
    ]
    if not before:
        return None
    since = max(before)
    new, old = row.shown(last), row.shown(since)
    if new is None or old is None:
        return None
    change = (new > old) - (new < old)
    is_better = (
        None if row.more_is_better is None or not change else row.more_is_better is (change > 0)
    )
    return Trend(since=since, change=change, is_better=is_better)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A year. The first counted one starts a part of its own."""

    year: int
    is_running: bool
    starts_part: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """The whole scorecard: rows of figures from elsewhere, then of our own."""

    columns: Sequence[Column]
    given: Sequence[Row]
    own: Sequence[Row] = field(default_factory=tuple)
    running: int

    @property
    def rows(self) -> list[Row]:
        """All rows, in their order."""
        return [*self.given, *self.own]

    def met(self) -> tuple[int, int]:
        """How many targets the last figures meet, and how many there are with a figure."""
        standings = []
        for row in self.rows:
            year = row.latest(self.running)
            if year is not None and (standing := row.standing(year)):
                standings.append(standing)
        return standings.count(Standing.WITHIN), len(standings)


def joined(given: Row, own: Row | None) -> Row:
    """A row of figures from elsewhere, with our own in the years that nothing was said of."""
    if own is None:
        return given
    own_values = {year: value for year, value in own.values.items() if year not in given.values}
    return Row(
        code=given.code,
        title=given.title,
        unit=given.unit,
        decimals=given.decimals,
        values={**given.values, **own_values},
        more_is_better=given.more_is_better,
        band=given.band,
        rule=" ".join(filter(None, (given.rule, own.rule))),
    )


def columns(rows: Sequence[Row], running: int) -> list[Column]:
    """The years that any row has something to say of."""
    years = sorted({year for row in rows for year in row.values})
    counted = {
        year for row in rows for year, value in row.values.items() if value.kind == Kind.COUNTED
    }
    first = min(counted, default=None)
    return [
        Column(year=year, is_running=year == running, starts_part=year == first) for year in years
    ]
