"""The annual report's own table: the same lines in the same order, five years, notes and key figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.errors import NotFound
from app.i18n import gettext, localised, number, percent
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.statistics.figures import figures
from app.statistics.page import counting_rules, labels, yearly_table
from app.statistics.questions import Period, Question
from app.statistics.table import MISSING, TOTAL, Table, Year
from app.yearbook import queries
from app.yearbook.page import as_words

YEARS = 5
MEASURED = ("answered_in_time_share", "first_answer_days_median", "fix_days_median")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One figure; `mark` is its note's number, value None is missing."""

    value: int | None
    text: str
    mark: int | None
    year: Year


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One line of the table."""

    code: str
    label: str
    is_total: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class AnnualReport:
    """Everything in the report of one year. Texts are in the language in use."""

    year: int
    is_running: bool
    municipality: str
    title: str
    years: Sequence[Year]
    rows: Sequence[ReportRow]
    notes: Sequence[tuple[int, str]]
    sources: Sequence[str]
    rules: Sequence[str]
    keys: Sequence[tuple[str, str]]
    sealed_at: datetime | None
    others: Sequence[int]


def report_years(jurisdiction: Jurisdiction, *, now: datetime) -> list[Year]:
    """The years that have a report: published, counted, and the running one."""
    return list(_table(jurisdiction, now).years)


def _table(jurisdiction: Jurisdiction, now: datetime) -> Table:
    return yearly_table(
        jurisdiction, this_year=now.astimezone(ZoneInfo(jurisdiction.time_zone)).year
    )


def annual_report(jurisdiction: Jurisdiction, year: int, *, now: datetime) -> AnnualReport:
    """The report of a year, with up to four years before it. :raises NotFound: the year has no figures."""
    table = _table(jurisdiction, now)
    check_year(table.years, year)
    until = [one for one in table.years if one.year <= year][-YEARS:]
    years = [replace(one, starts_part=one.starts_part and at > 0) for at, one in enumerate(until)]
    names = labels(jurisdiction)
    notes = _notes(table, years)
    seal = queries.sealed(jurisdiction.id, year)
    return AnnualReport(
        year=year,
        is_running=years[-1].is_running,
        municipality=localised(jurisdiction.name),
        title=gettext("Report a fault in my street, annual report %(year)s", year=year),
        years=years,
        rows=_rows(table, years, names, notes),
        notes=[(mark, text) for text, mark in notes.items()],
        sources=_sources(years),
        rules=counting_rules(),
        keys=_keys(jurisdiction, table, years[-1], now),
        sealed_at=seal.sealed_at if seal and seal.public_from <= now else None,
        others=[one.year for one in table.years],
    )


def check_year(years: Sequence[Year], year: int) -> None:
    """:raises NotFound: the year has no figures."""
    if year not in {one.year for one in years}:
        known = ", ".join(str(one.year) for one in years)
        message = gettext(
            "There are no figures for %(year)s. There are for %(known)s.", year=year, known=known
        )
        raise NotFound(message)


def _notes(table: Table, years: Sequence[Year]) -> dict[str, int]:
    """Each different note once, numbered in the order of the columns."""
    texts = (
        localised(table.figure(year.year, code).note) for year in years for code in table.categories
    )
    return {
        text: mark for mark, text in enumerate(dict.fromkeys(text for text in texts if text), 1)
    }


def _rows(
    table: Table, years: Sequence[Year], names: Mapping[str, str], notes: Mapping[str, int]
) -> list[ReportRow]:
    def row(code: str, label: str, measure: str) -> ReportRow:
        cells = []
        for year in years:
            figure = table.figure(year.year, code)
            value: int | None = getattr(figure, measure)
            mark = notes.get(localised(figure.note)) if measure == "received" else None
            text = MISSING if value is None else number(value)
            cells.append(Cell(value=value, text=text, mark=mark, year=year))
        return ReportRow(code=code, label=label, is_total=code == TOTAL, cells=cells)

    improved = replace(
        row(TOTAL, gettext("Number of enquiries that led to improvement"), "led_to_improvement"),
        code="led_to_improvement",
    )
    groups = [code for code in table.categories if code != TOTAL]
    return [
        row(TOTAL, names[TOTAL], "received"),
        improved,
        *(row(code, names[code], "received") for code in groups),
    ]


def _sources(years: Sequence[Year]) -> list[str]:
    """A sentence for each source: which years are from it."""
    by_source: dict[str, list[str]] = {}
    for year in years:
        by_source.setdefault(year.source, []).append(str(year.year))
    return [
        gettext("Source for %(years)s: %(source)s.", years=", ".join(named), source=source)
        for source, named in by_source.items()
    ]


def _keys(
    jurisdiction: Jurisdiction, table: Table, year: Year, now: datetime
) -> list[tuple[str, str]]:
    """The year in a few figures; how fast it went only where this service counted it."""
    figure = table.figure(year.year, TOTAL)
    keys = [
        (gettext("enquiries"), _text(figure.received)),
        (gettext("led to improvement"), _text(figure.led_to_improvement)),
        (
            gettext("of the enquiries led to improvement"),
            MISSING if figure.share is None else percent(figure.share),
        ),
    ]
    if year.kind != "counted":
        return keys
    question = Question(
        filter=Filter(jurisdiction_id=jurisdiction.id, year=year.year),
        period=Period.YEAR,
        measures=MEASURED,
    )
    values = next((row.values for row in figures(question, now=now)), {})
    words = {
        "answered_in_time_share": gettext("answered in time"),
        "first_answer_days_median": gettext("days to first answer (median)"),
        "fix_days_median": gettext("days until fixed (median)"),
    }
    return keys + [(words[code], as_words(code, values.get(code))) for code in MEASURED]


def _text(value: int | None) -> str:
    return MISSING if value is None else number(value)
