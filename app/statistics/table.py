"""The yearly table in the annual report's own layout: imported years as published, then counted years. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.statistics.models import HistoricCount
from app.statistics.queries import Counted

TOTAL = "total"
MISSING = ".."


@dataclass(frozen=True, kw_only=True)
class Year:
    """A column. `kind` is imported or counted; a running year is not over."""

    year: int
    kind: str
    is_running: bool
    source: str
    starts_part: bool = False


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One category in one year; None is missing, never zero.

    `outcome_unknown` of those received came from elsewhere without a word of what became of them.
    """

    received: int | None
    led_to_improvement: int | None
    note: Mapping[str, str] | None = None
    outcome_unknown: int = 0

    @property
    def share(self) -> float | None:
        """The share that led to improvement, 0 to 1, of those whose outcome is known; None without any."""
        known = (self.received or 0) - self.outcome_unknown
        if known > 0 and self.led_to_improvement is not None:
            return self.led_to_improvement / known
        return None


@dataclass(frozen=True, kw_only=True)
class Table:
    """All figures, by year and category (`total` or a group's code)."""

    years: Sequence[Year]
    categories: Sequence[str]
    figures: Mapping[tuple[int, str], Figure]

    def figure(self, year: int, category: str) -> Figure:
        """A cell; missing when nobody published or counted it."""
        return self.figures.get((year, category), Figure(received=None, led_to_improvement=None))


@dataclass
class _Cell:
    received: int | None = None
    led_to_improvement: int | None = None
    note: Mapping[str, str] | None = None
    outcome_unknown: int = 0


@dataclass
class _Builder:
    cells: dict[tuple[int, str], _Cell] = field(default_factory=dict)

    def cell(self, year: int, category: str) -> _Cell:
        return self.cells.setdefault((year, category), _Cell())


def build(
    historic: Iterable[HistoricCount],
    counted: Iterable[Counted],
    groups: Sequence[str],
    *,
    this_year: int,
    counted_source: str,
) -> Table:
    """The table. A year that was published is never counted as well: what was published stands.

    Every counted year has all groups, zero where nothing came in; this year stands there from its first day.
    """
    builder, years = _Builder(), {}
    for row in historic:
        cell = builder.cell(row.year, row.group_code or TOTAL)
        setattr(cell, row.measure, row.value)
        cell.note = row.note or cell.note
        years[row.year] = Year(year=row.year, kind="imported", is_running=False, source=row.source)
    _add_counted(builder, years, counted, groups, this_year=this_year, source=counted_source)
    figures = {key: Figure(**vars(cell)) for key, cell in builder.cells.items()}
    return Table(years=_in_order(years.values()), categories=[TOTAL, *groups], figures=figures)


def _add_counted(
    builder: _Builder,
    years: dict[int, Year],
    counted: Iterable[Counted],
    groups: Sequence[str],
    *,
    this_year: int,
    source: str,
) -> None:
    published = set(years)
    own = [row for row in counted if row.year not in published]
    for year in sorted({row.year for row in own} | ({this_year} - published)):
        years[year] = Year(year=year, kind="counted", is_running=year == this_year, source=source)
        for category in (TOTAL, *groups):
            cell = builder.cell(year, category)
            cell.received = cell.led_to_improvement = 0
    for row in own:
        for category in (TOTAL, row.group_code):
            cell = builder.cell(row.year, category)
            cell.received = (cell.received or 0) + row.received
            cell.led_to_improvement = (cell.led_to_improvement or 0) + row.led_to_improvement
            cell.outcome_unknown += row.outcome_unknown


def _in_order(years: Iterable[Year]) -> list[Year]:
    """By year; the first counted column starts a part of its own."""
    ordered = sorted(years, key=lambda year: year.year)
    kinds = [year.kind for year in ordered]
    first = kinds.index("counted") if "counted" in kinds else -1
    return [
        Year(
            year=year.year,
            kind=year.kind,
            is_running=year.is_running,
            source=year.source,
            starts_part=at == first,
        )
        for at, year in enumerate(ordered)
    ]
