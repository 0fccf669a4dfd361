"""The page of what reporters thought of how it went, in words. Finished values in the language in use."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import gettext, ngettext, number, percent
from app.jurisdictions.models import Jurisdiction
from app.scorecard.satisfaction import MARKS, SatisfactionRow, divided, satisfaction, totals
from app.service_requests.filter import Filter
from app.statistics.names import names_of
from app.statistics.questions import Dimension
from app.statistics.table import MISSING
from app.statistics.values import HIDDEN

WIDTH, HEIGHT, TOP, BOTTOM = 640, 280, 28, 34
"""Of the chart, in its own units."""
GOOD = 5
"""From this mark on someone is content."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One mark's column in the chart, in the chart's units, y downwards."""

    mark: int
    count: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a table: what it is about, and its cells as they are read."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its caption. All have the same columns."""

    code: str
    caption: str
    first: str
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class SatisfactionPage:
    """Everything the page shows. Without a year nobody was asked yet."""

    finding: str
    lead: str
    year: int | None
    years: Sequence[int]
    columns: Sequence[str]
    bars: Sequence[Bar]
    description: str
    tables: Sequence[Table]
    has_hidden: bool
    has_missing: bool


def satisfaction_page(jurisdiction: Jurisdiction, year: int | None) -> SatisfactionPage:
    """The page for a year of receipt; None is the latest that can be told of, else the latest."""
    rows = satisfaction(Filter(jurisdiction_id=jurisdiction.id))
    by_year = {row.year: row for row in totals(rows)}
    told = [key for key, row in by_year.items() if row.count]
    shown = year if year is not None else max(told or by_year, default=None)
    whole = by_year.get(shown) if shown is not None else None
    of_year = [row for row in rows if row.year == shown]
    tables = [_of_years(list(by_year.values()))] if by_year else []
    for dimension in (Dimension.GROUP, Dimension.DEPARTMENT, Dimension.SERVICE):
        if found := divided(of_year, dimension):
            tables.append(_divided(jurisdiction, dimension, found, shown))
    cells = [cell for table in tables for line in table.lines for cell in line.cells]
    return SatisfactionPage(
        finding=_finding(whole, shown),
        lead=_lead(whole),
        year=shown,
        years=sorted(by_year),
        columns=_columns(),
        bars=_bars(whole),
        description=_description(whole),
        tables=tables,
        has_hidden=HIDDEN in cells,
        has_missing=MISSING in cells,
    )


def _columns() -> list[str]:
    return [
        gettext("Mean mark"),
        gettext("Marks given"),
        *(str(mark) for mark in MARKS),
        gettext("Asked"),
        gettext("Of these answered"),
    ]


def _finding(row: SatisfactionRow | None, year: int | None) -> str:
    if year is None:
        return gettext("Nobody has been asked yet how it went")
    if row is None or row.count == 0:
        return gettext("Nobody has said how it went with reports of %(year)s", year=year)
    if row.distribution is None or not row.count:
        return gettext("Too few have said how it went with reports of %(year)s", year=year)
    share = sum(row.distribution[GOOD - 1 :]) / row.count
    return gettext("%(share)s are content with how it went", share=percent(share))


def _lead(row: SatisfactionRow | None) -> str:
    if row is None or row.mean is None or row.count is None:
        return gettext("Marks are shown when at least four have been given.")
    return ngettext(
        "They gave 5 or 6. The mean of %(num)s mark for reports of %(year)s is %(mean)s of 6.",
        "They gave 5 or 6. The mean of %(num)s marks for reports of %(year)s is %(mean)s of 6.",
        row.count,
        mean=number(row.mean, decimals=1),
        year=row.year,
    )


def _bars(row: SatisfactionRow | None) -> list[Bar]:
    if row is None or not row.distribution or not row.count:
        return []
    slot, most, height = WIDTH / len(MARKS), max(row.distribution), HEIGHT - TOP - BOTTOM
    bars = []
    for at, count in enumerate(row.distribution):
        tall = height * count / most
        bars.append(
            Bar(
                mark=MARKS[at],
                count=count,
                x=round(slot * at + slot * 0.16, 1),
                y=round(TOP + height - tall, 1),
                width=round(slot * 0.68, 1),
                height=round(tall, 1),
            )
        )
    return bars


def _description(row: SatisfactionRow | None) -> str:
    if row is None or not row.distribution:
        return ""
    parts = [
        gettext("mark %(mark)s: %(count)s", mark=mark, count=number(count))
        for mark, count in zip(MARKS, row.distribution, strict=True)
    ]
    return ", ".join(parts)


def _of_years(rows: Sequence[SatisfactionRow]) -> Table:
    return Table(
        code="years",
        caption=gettext("Year by year"),
        first=gettext("Year of receipt"),
        lines=[Line(label=str(row.year), cells=_cells(row)) for row in rows],
    )


def _divided(
    jurisdiction: Jurisdiction,
    dimension: Dimension,
    rows: Sequence[SatisfactionRow],
    year: int | None,
) -> Table:
    captions = {
        Dimension.GROUP: gettext("By category, reports of %(year)s", year=year),
        Dimension.DEPARTMENT: gettext("By who is responsible, reports of %(year)s", year=year),
        Dimension.SERVICE: gettext("By kind of fault, reports of %(year)s", year=year),
    }
    firsts = {
        Dimension.GROUP: gettext("Category"),
        Dimension.DEPARTMENT: gettext("Responsible"),
        Dimension.SERVICE: gettext("Kind of fault"),
    }
    found = {str(getattr(row, dimension)): row for row in rows}
    names = names_of(jurisdiction, dimension)
    return Table(
        code=str(dimension),
        caption=captions[dimension],
        first=firsts[dimension],
        lines=[
            Line(label=name, cells=_cells(found[code]))
            for code, name in names.items()
            if code in found
        ],
    )


def _cells(row: SatisfactionRow) -> tuple[str, ...]:
    if row.is_hidden or row.distribution is None or row.count is None or row.asked is None:
        return (HIDDEN,) * len(_columns())
    return (
        MISSING if row.mean is None else number(row.mean, decimals=1),
        number(row.count),
        *(number(count) for count in row.distribution),
        number(row.asked),
        MISSING if row.response_rate is None else percent(row.response_rate),
    )
