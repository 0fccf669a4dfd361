"""A table that anyone puts together: one measure, rows by one or two dimensions, columns by period."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.statistics import measures, periods
from app.statistics.figures import behind, figures
from app.statistics.names import dimension_word, names_of
from app.statistics.page import yearly_table
from app.statistics.questions import TOTAL, Dimension, FigureRow, Period, Question
from app.statistics.selection_words import selection_words
from app.statistics.size import check_size
from app.statistics.table import Figure, Table, Year
from app.statistics.values import period_name, written

WHOLE = frozenset({Dimension.GROUP, Dimension.DISTRICT})
"""What has all its rows, also those without reports."""
PUBLISHED = frozenset({"received", "led_to_improvement", "improvement_share"})
"""What annual reports tell."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a table is asked for."""

    filter: Filter
    measure: str
    by: tuple[Dimension, ...]
    period: Period


@dataclass(frozen=True, kw_only=True)
class Column:
    """A period. `year` is set for what was published elsewhere."""

    code: str
    label: str
    is_running: bool
    year: Year | None = None
    starts_part: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A figure; `behind` is the query of its reports, if it can be asked for, `mark` its note's number."""

    text: str
    value: float | None
    column: Column
    behind: Mapping[str, str] | None = None
    mark: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row. `depth`: 0 is everything together, then one more for each dimension it is divided by."""

    keys: Mapping[Dimension, str]
    label: str
    depth: int
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class OwnTable:
    """The whole table, ready to read."""

    asked: Asked
    title: str
    rule: str
    selection: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    lines: Sequence[Line]
    notes: Sequence[tuple[int, str]]
    sources: Sequence[str]
    has_hidden: bool
    has_missing: bool


def own_table(jurisdiction: Jurisdiction, asked: Asked, *, now: datetime) -> OwnTable:
    """The table with counted figures, and published ones beside them where they answer the question."""
    question = Question(
        filter=asked.filter, period=asked.period, by=asked.by, measures=(asked.measure,)
    )
    check_size(question, jurisdiction, now)
    rows = figures(question, now=now)
    published = _published(jurisdiction, asked, now)
    columns = _columns(asked.period, rows, published, _current(asked.period, jurisdiction, now))
    names = {dimension: names_of(jurisdiction, dimension) for dimension in asked.by}
    found = {(row.period, *row.keys.values()): row for row in rows}
    marks = _marks(published)
    builder = _Builder(
        jurisdiction=jurisdiction, question=question, found=found, published=published, marks=marks
    )
    lines = [
        Line(
            keys=dict(zip(asked.by, codes, strict=True)),
            label=label,
            depth=depth,
            cells=[builder.cell(codes, column) for column in columns],
        )
        for codes, label, depth in _lines(asked.by, rows, names, question.fixed)
    ]
    told = [cell for line in lines for cell in line.cells]
    return OwnTable(
        asked=asked,
        title=_title(asked),
        rule=measures.rule(asked.measure),
        selection=selection_words(jurisdiction, asked.filter),
        columns=columns,
        lines=lines,
        notes=[(mark, text) for text, mark in marks.items()],
        sources=list(dict.fromkeys(column.year.source for column in columns if column.year)),
        has_hidden=any(cell.text == written(asked.measure, None, is_hidden=True) for cell in told),
        has_missing=any(cell.text == written(asked.measure, None) for cell in told),
    )


def _title(asked: Asked) -> str:
    """«Fortsatt åpne, etter kategori og bydel»."""
    words = [dimension_word(dimension).lower() for dimension in asked.by]
    if not words:
        return measures.title(asked.measure)
    title = measures.title(asked.measure)
    if len(words) == 1:
        return gettext("%(measure)s, by %(what)s", measure=title, what=words[0])
    first, second = words
    return gettext("%(measure)s, by %(what)s and %(more)s", measure=title, what=first, more=second)


# --- columns ----------------------------------------------------------------------------------------


def _published(jurisdiction: Jurisdiction, asked: Asked, now: datetime) -> Table | None:
    """The published years, if they answer the question: by year, by category or not, of all reports."""
    if (
        asked.period != Period.YEAR
        or asked.measure not in PUBLISHED
        or asked.by not in {(), (Dimension.GROUP,)}
        or replace(asked.filter, year=None) != Filter(jurisdiction_id=jurisdiction.id)
    ):
        return None
    table = yearly_table(jurisdiction, this_year=now.year)
    year = asked.filter.year
    imported = [
        found for found in table.years if found.kind == "imported" and year in {None, found.year}
    ]
    return replace(table, years=imported)


def _columns(
    period: Period, rows: Sequence[FigureRow], published: Table | None, current: str
) -> list[Column]:
    """Published years first; a year that was published is not counted as well."""
    columns = [
        Column(code=str(year.year), label=str(year.year), is_running=False, year=year)
        for year in (published.years if published else [])
    ]
    taken = {column.code for column in columns}
    counted = [
        code for code in dict.fromkeys(row.period or "" for row in rows) if code not in taken
    ]
    columns += [
        Column(
            code=code,
            label=period_name(period, code),
            is_running=code == current,
            starts_part=bool(taken) and code == counted[0],
        )
        for code in counted
    ]
    return columns


def _current(period: Period, jurisdiction: Jurisdiction, now: datetime) -> str:
    """The period that is not over; no rolling one is."""
    if period == Period.ROLLING_12:
        return ""
    return periods.code_of(period, periods.month_of(now, jurisdiction.time_zone))


def _marks(published: Table | None) -> dict[str, int]:
    if published is None:
        return {}
    shown = {year.year for year in published.years}
    notes = [localised(cell.note) for (year, _), cell in published.figures.items() if year in shown]
    return {text: mark for mark, text in enumerate(dict.fromkeys(filter(None, notes)), 1)}


# --- rows and cells ---------------------------------------------------------------------------------


def _lines(
    by: tuple[Dimension, ...],
    rows: Sequence[FigureRow],
    names: Mapping[Dimension, Mapping[str, str]],
    held: frozenset[str],
) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Codes, name and depth of each row: everything together, then each part with its own parts below it."""
    yield tuple(TOTAL for _ in by), gettext("All together"), 0
    if not by:
        return
    seen = {tuple(row.keys.values()) for row in rows}
    first = _codes(by[0], {codes[0] for codes in seen}, names, is_whole=by[0] not in held)
    for code in first:
        yield (code, *(TOTAL for _ in by[1:])), names[by[0]].get(code, code), 1
        if len(by) > 1:
            below = {codes[1] for codes in seen if codes[0] == code}
            for part in _codes(by[1], below, names, is_whole=False):
                yield (code, part), names[by[1]].get(part, part), 2


def _codes(
    dimension: Dimension,
    seen: set[str],
    names: Mapping[Dimension, Mapping[str, str]],
    *,
    is_whole: bool,
) -> list[str]:
    """The codes in the order of their names' list; strangers last."""
    known = names[dimension]
    whole = dimension in WHOLE and is_whole
    shown = [code for code in known if code in seen or (whole and code != "none")]
    return shown + sorted(seen - set(known) - {TOTAL})


@dataclass(frozen=True, kw_only=True)
class _Builder:
    jurisdiction: Jurisdiction
    question: Question
    found: Mapping[tuple[str | None, ...], FigureRow]
    published: Table | None
    marks: Mapping[str, int]

    def cell(self, codes: tuple[str, ...], column: Column) -> Cell:
        """One figure: as published, or counted. What is not among the counted has no reports."""
        (measure,) = self.question.measures
        if column.year is not None and self.published is not None:
            return self._as_published(self.published, column.year, codes, column)
        row = self.found.get((column.code, *codes))
        if row is None:
            zero = 0 if measures.BY_CODE[measure].is_count else None
            return Cell(text=written(measure, zero), value=zero, column=column)
        is_hidden = measure in row.hidden
        query = None
        if not is_hidden and row.made_of[measure]:
            query = behind(self.question, row, measure, self.jurisdiction.time_zone)
        return Cell(
            text=written(measure, row.values[measure], is_hidden=is_hidden),
            value=row.values[measure],
            column=column,
            behind=query,
        )

    def _as_published(
        self, published: Table, year: Year, codes: tuple[str, ...], column: Column
    ) -> Cell:
        (measure,) = self.question.measures
        figure: Figure = published.figure(year.year, codes[0] if codes else TOTAL)
        value = {
            "received": figure.received,
            "led_to_improvement": figure.led_to_improvement,
            "improvement_share": figure.share,
        }[measure]
        return Cell(
            text=written(measure, value),
            value=value,
            column=column,
            mark=self.marks.get(localised(figure.note)),
        )
