"""The scorecard's page: finished values in the language in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.i18n import NBSP, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.scorecard.card import Band, Card, Column, Kind, Row, Standing, Trend, Value, joined, trend
from app.scorecard.card import columns as columns_of
from app.scorecard.own import own_rows
from app.scorecard.queries import series_of
from app.scorecard.units import Unit, unit_word, written
from app.statistics.models import Indicator, IndicatorSeries
from app.statistics.table import MISSING
from app.statistics.values import HIDDEN


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One figure as it is read, and how it stands to the band. `mark` is its note's number."""

    text: str
    column: Column
    mark: int | None
    standing: Standing | None
    standing_word: str
    is_measured_here: bool
    """In a row of figures from elsewhere: this one is our own."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table."""

    code: str
    title: str
    unit: str
    band: str
    cells: Sequence[Cell]
    trend: Trend | None
    trend_words: str


@dataclass(frozen=True, kw_only=True)
class ScorecardPage:
    """Everything on the page."""

    finding: str
    columns: Sequence[Column]
    given: Sequence[Line]
    own: Sequence[Line]
    notes: Sequence[tuple[int, str]]
    sources: Sequence[str]
    rules: Sequence[tuple[str, str]]
    has_missing: bool
    has_hidden: bool
    has_near: bool


def scorecard(jurisdiction: Jurisdiction, *, now: datetime) -> Card:
    """The municipality's scorecard. :param now: by its clock."""
    own = own_rows(jurisdiction, now)
    given = []
    for series, figures in series_of(jurisdiction.id):
        goes_on = own.pop(series.measured_by or "", None)
        given.append(joined(_given(series, figures), goes_on))
    rows = [*given, *own.values()]
    return Card(
        columns=columns_of(rows, now.year), given=given, own=[*own.values()], running=now.year
    )


def _given(series: IndicatorSeries, figures: Sequence[Indicator]) -> Row:
    band = None
    if series.target_best is not None and series.target_least is not None:
        band = Band(best=series.target_best, least=series.target_least, near=series.target_near)
    return Row(
        code=series.code,
        title=localised(series.name),
        unit=series.unit,
        decimals=series.decimals,
        values={
            figure.year: Value(
                value=figure.value,
                kind=Kind.IMPORTED,
                source=figure.source,
                note=localised(figure.note),
            )
            for figure in figures
        },
        more_is_better=series.more_is_better,
        band=band,
        rule=localised(series.description),
    )


def page(card: Card) -> ScorecardPage:
    """The card in words."""
    notes = _notes(card)
    given = [_line(card, row, notes, is_given=True) for row in card.given]
    own = [_line(card, row, notes, is_given=False) for row in card.own]
    cells = [cell for line in (*given, *own) for cell in line.cells]
    values = [value for row in card.rows for value in row.values.values()]
    return ScorecardPage(
        finding=_finding(card),
        columns=card.columns,
        given=given,
        own=own,
        notes=[(mark, text) for text, mark in notes.items()],
        sources=list(
            dict.fromkeys(value.source for value in values if value.kind == Kind.IMPORTED)
        ),
        rules=[(row.title, row.rule) for row in card.rows if row.rule],
        has_missing=any(cell.text == MISSING for cell in cells),
        has_hidden=any(cell.text == HIDDEN for cell in cells),
        has_near=any(cell.standing == Standing.NEAR for cell in cells),
    )


def _finding(card: Card) -> str:
    met, of_all = card.met()
    if not of_all:
        return gettext("No target has a figure yet")
    if met == of_all == 1:
        return gettext("The only target that has a figure is met")
    return gettext("%(met)s of %(all)s targets are met in the latest figures", met=met, all=of_all)


def _notes(card: Card) -> dict[str, int]:
    """Each different note once, numbered in the order of the rows."""
    texts = (
        row.values[column.year].note
        for row in card.rows
        for column in card.columns
        if column.year in row.values
    )
    return {text: at for at, text in enumerate(dict.fromkeys(filter(None, texts)), 1)}


def _line(card: Card, row: Row, notes: dict[str, int], *, is_given: bool) -> Line:
    heading = trend(row, card.running)
    return Line(
        code=row.code,
        title=row.title,
        unit=unit_word(row.unit),
        band=band_words(row),
        cells=[_cell(row, column, notes, is_given=is_given) for column in card.columns],
        trend=heading,
        trend_words=trend_words(heading),
    )


def _cell(row: Row, column: Column, notes: dict[str, int], *, is_given: bool) -> Cell:
    found = row.values.get(column.year)
    text, standing = MISSING, row.standing(column.year)
    if found and found.is_hidden:
        text = HIDDEN
    elif (value := row.shown(column.year)) is not None:
        text = written(value, row.unit, row.decimals)
    return Cell(
        text=text,
        column=column,
        mark=notes.get(found.note) if found else None,
        standing=standing,
        standing_word=standing_word(standing, row),
        is_measured_here=bool(is_given and found and found.kind == Kind.COUNTED),
    )


def band_words(row: Row) -> str:
    """«6,0–4,6», «100–85 %»; empty without a band."""
    if row.band is None:
        return ""
    ends = [
        written(end, Unit.COUNT if row.unit == Unit.PERCENT else row.unit, _decimals(row))
        for end in (row.band.best, row.band.least)
    ]
    return "–".join(ends) + (f"{NBSP}%" if row.unit == Unit.PERCENT else "")


def _decimals(row: Row) -> int:
    """Ends of bands are whole where they can be, but for marks."""
    return row.decimals if row.unit == Unit.SCORE else 0


def standing_word(standing: Standing | None, row: Row) -> str:
    """«innenfor målet», «nær målet», «under målet»."""
    match standing:
        case None:
            return ""
        case Standing.WITHIN:
            return gettext("within the target")
        case Standing.NEAR:
            return gettext("close to the target")
    return (
        gettext("above the target") if row.more_is_better is False else gettext("below the target")
    )


def trend_words(found: Trend | None) -> str:
    """«opp fra 2016, bedre»."""
    if found is None:
        return gettext("too few years")
    since = found.since
    if not found.change:
        return gettext("as in %(year)s", year=since)
    if found.is_better is None:
        if found.change > 0:
            return gettext("up from %(year)s", year=since)
        return gettext("down from %(year)s", year=since)
    if found.change > 0:
        if found.is_better:
            return gettext("up from %(year)s, better", year=since)
        return gettext("up from %(year)s, worse", year=since)
    if found.is_better:
        return gettext("down from %(year)s, better", year=since)
    return gettext("down from %(year)s, worse", year=since)
