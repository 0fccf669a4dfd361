"""The statistics page's values: the table's rows and cells in words, notes, key figures and charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.catalog.queries import groups
from app.i18n import gettext, localised, number
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.statistics import charts, measures, queries
from app.statistics.figures import figures
from app.statistics.questions import Question
from app.statistics.table import MISSING, TOTAL, Figure, Table, Year, build
from app.statistics.values import written


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One figure as it stands in the table; `mark` is its note's number, `behind` the query of its reports."""

    value: float | None
    text: str
    mark: int | None
    year: Year
    behind: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One line of the table."""

    code: str
    label: str
    is_total: bool
    cells: Sequence[Cell]
    rule: str | None = None


@dataclass(frozen=True, kw_only=True)
class KeyFigures:
    """One year in three figures; the texts are ready to read."""

    year: Year
    received: str
    led_to_improvement: str
    share: float | None


@dataclass(frozen=True, kw_only=True)
class StatisticsPage:
    """Everything on the page."""

    years: Sequence[Year]
    rows: Sequence[TableRow]
    improvement_rows: Sequence[TableRow]
    more_rows: Sequence[TableRow]
    """What annual reports do not tell, for the years that are counted."""
    unknowns: Sequence[str]
    """A sentence for each year in which it is not known what became of some."""
    notes: Sequence[tuple[int, str]]
    sources: Sequence[str]
    rules: Sequence[str]
    key_figures: KeyFigures | None
    headline: str
    chart: charts.Chart | None
    small_multiples: Sequence[tuple[str, str, charts.Chart]]


def counting_rules() -> list[str]:
    """The rules, published with the figures."""
    return [
        gettext("A report counts in the year it was received, by the municipality's local time."),
        gettext(
            "Reports of the same fault count one each. Rejected reports (spam, not a fault) do not count."
        ),
        gettext(
            "«Led to improvement» counts in the year the report was received, whenever the fault was fixed."
        ),
        gettext(
            "Figures from annual reports stand as they were published. We do not correct them."
        ),
        gettext(
            "Years that we count ourselves are exact at every moment: they equal a count over the reports."
        ),
    ]


def yearly_table(jurisdiction: Jurisdiction, *, this_year: int) -> Table:
    """The table of a municipality: published years, then counted ones."""
    return build(
        queries.historic(jurisdiction.id),
        queries.counted(jurisdiction.id),
        [group.code for group in groups(jurisdiction.id)],
        this_year=this_year,
        counted_source=gettext("counted by this service"),
    )


def labels(jurisdiction: Jurisdiction) -> dict[str, str]:
    """The categories' names."""
    names = {group.code: localised(group.name) for group in groups(jurisdiction.id)}
    return {TOTAL: gettext("Total number of enquiries")} | names


def page(jurisdiction: Jurisdiction, *, now: datetime, selected: int | None) -> StatisticsPage:
    """Everything on the page. `selected` is the year of the key figures; None: the last whole one."""
    table = yearly_table(jurisdiction, this_year=now.year)
    names = labels(jurisdiction)
    notes = _notes(table)
    shown = list(table.years)
    year = next((year for year in shown if year.year == selected), _last_whole(shown))
    return StatisticsPage(
        years=shown,
        rows=_rows(table, names, notes),
        improvement_rows=_improvement_rows(table, names),
        more_rows=_more_rows(jurisdiction, shown, now),
        unknowns=_unknowns(table),
        notes=[(mark, text) for text, mark in notes.items()],
        sources=list(dict.fromkeys(year.source for year in shown if year.kind == "imported")),
        rules=counting_rules(),
        key_figures=_key_figures(table, year) if year else None,
        headline=_headline(table),
        chart=_chart(table),
        small_multiples=_multiples(table, names),
    )


def _last_whole(years: Sequence[Year]) -> Year | None:
    whole = [year for year in years if not year.is_running]
    return whole[-1] if whole else years[-1] if years else None


def _notes(table: Table) -> dict[str, int]:
    """Each different note once, numbered in the order of the columns."""
    texts = (
        localised(table.figure(year.year, code).note)
        for year in table.years
        for code in table.categories
    )
    return {
        text: mark for mark, text in enumerate(dict.fromkeys(text for text in texts if text), 1)
    }


def _rows(table: Table, names: Mapping[str, str], notes: Mapping[str, int]) -> list[TableRow]:
    improved = gettext("Number of enquiries that led to improvement")
    rows = [_row(table, TOTAL, names[TOTAL], "received", notes)]
    rows.append(_row(table, TOTAL, improved, "led_to_improvement", {}))
    return rows + [
        _row(table, code, names[code], "received", notes)
        for code in table.categories
        if code != TOTAL
    ]


def _improvement_rows(table: Table, names: Mapping[str, str]) -> list[TableRow]:
    codes = [code for code in table.categories if code != TOTAL]
    return [_row(table, code, names[code], "led_to_improvement", {}) for code in codes]


MORE = (
    "answered_in_time_share",
    "first_answer_days_median",
    "fix_days_median",
    "still_open",
    "received_per_1000",
)


def _more_rows(jurisdiction: Jurisdiction, years: Sequence[Year], now: datetime) -> list[TableRow]:
    """How fast we were, and what is left, by year; published years are without."""
    question = Question(filter=Filter(jurisdiction_id=jurisdiction.id), measures=MORE)
    found = {row.period: row for row in figures(question, now=now)}
    rows = []
    for code in MORE:
        cells = []
        for year in years:
            row = found.get(str(year.year)) if year.kind == "counted" else None
            value = row.values[code] if row else None
            query = None
            if row and row.made_of[code]:
                query = {"measure": code, "year": str(year.year)}
            cells.append(
                Cell(value=value, text=written(code, value), mark=None, year=year, behind=query)
            )
        if code != "received_per_1000" or any(cell.value is not None for cell in cells):
            label, rule = measures.title(code), measures.rule(code)
            rows.append(TableRow(code=code, label=label, is_total=False, cells=cells, rule=rule))
    return rows


def _unknowns(table: Table) -> list[str]:
    said = []
    for year in table.years:
        if count := table.figure(year.year, TOTAL).outcome_unknown:
            said.append(
                gettext(
                    "%(year)s: what became of %(count)s of the enquiries is not known. "
                    "The share is of the others.",
                    year=year.year,
                    count=number(count),
                )
            )
    return said


def _row(table: Table, code: str, label: str, measure: str, notes: Mapping[str, int]) -> TableRow:
    cells = []
    for year in table.years:
        figure = table.figure(year.year, code)
        value: int | None = getattr(figure, measure)
        text = MISSING if value is None else number(value)
        query = None
        if value and year.kind == "counted":
            query = {"measure": measure, "year": str(year.year)}
            query |= {} if code == TOTAL else {"group": code}
        mark = notes.get(localised(figure.note))
        cells.append(Cell(value=value, text=text, mark=mark, year=year, behind=query))
    return TableRow(code=code, label=label, is_total=code == TOTAL, cells=cells)


def _key_figures(table: Table, year: Year) -> KeyFigures:
    figure = table.figure(year.year, TOTAL)
    return KeyFigures(
        year=year,
        received=_text(figure.received),
        led_to_improvement=_text(figure.led_to_improvement),
        share=figure.share,
    )


def _text(value: int | None) -> str:
    return MISSING if value is None else number(value)


def _headline(table: Table) -> str:
    """The finding: did more or fewer come in, and does most of it lead to improvement?"""
    whole = [year for year in table.years if not year.is_running]
    totals = [(year, table.figure(year.year, TOTAL)) for year in whole]
    known = [(year, figure) for year, figure in totals if figure.received]
    if len(known) < 2:
        return gettext("Enquiries, and how many led to improvement")
    (first, before), (last, after) = known[0], known[-1]
    facts = {"first": first.year, "last": last.year}
    if (after.share or 0) > 0.5:
        if _fewer(before, after):
            return gettext(
                "Fewer enquiries in %(last)s than in %(first)s, and most led to improvement",
                **facts,
            )
        return gettext(
            "More enquiries in %(last)s than in %(first)s, and most led to improvement", **facts
        )
    if _fewer(before, after):
        return gettext(
            "Fewer enquiries in %(last)s than in %(first)s, and less than half led to improvement",
            **facts,
        )
    return gettext(
        "More enquiries in %(last)s than in %(first)s, and less than half led to improvement",
        **facts,
    )


def _fewer(before: Figure, after: Figure) -> bool:
    return (after.received or 0) < (before.received or 0)


def _chart(table: Table) -> charts.Chart | None:
    totals = [table.figure(year.year, TOTAL) for year in table.years]
    received = [figure.received for figure in totals]
    if not any(received):
        return None
    return charts.bar_chart(table.years, received, [figure.led_to_improvement for figure in totals])


def _multiples(table: Table, names: Mapping[str, str]) -> list[tuple[str, str, charts.Chart]]:
    """A small chart for each category, the largest first, all on one scale."""
    series = {
        code: [table.figure(year.year, code).received for year in table.years]
        for code in table.categories
        if code != TOTAL
    }
    order = sorted(series, key=lambda code: -sum(value or 0 for value in series[code]))
    drawn = charts.small_multiples(table.years, {code: series[code] for code in order})
    return [(code, names[code], drawn[code]) for code in order]
