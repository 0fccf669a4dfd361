"""Figures over reports: one statement for a whole table, at every moment equal to a count over the reports."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

from app.database import session
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Basis, Filter
from app.service_requests.selection import query_of
from app.statistics import periods
from app.statistics.measures import BY_CODE, COUNTS
from app.statistics.names import names_of
from app.statistics.population import inhabitants, population
from app.statistics.questions import TOTAL, Dimension, FigureRow, Period, Question
from app.statistics.safety import FILTERS, check, safe
from app.statistics.statement import COUNTED, PERCENTILES, statement

__all__ = ["Dimension", "FigureRow", "Period", "Question", "behind", "figures", "names_of"]

MADE_OF: Mapping[Basis | None, str] = {None: "received"} | {basis: basis for basis in COUNTED}
"""Which of the statement's counts says how many reports a measure is made of."""
PARTS = {"improvement_share": Basis.IMPROVED, "answered_in_time_share": Basis.ANSWERED_IN_TIME}
"""What of them a share is the share of."""
People = Mapping[tuple[int, str | None], Decimal]


def figures(question: Question, *, now: datetime) -> list[FigureRow]:
    """The rows of a table: by period, then by the codes of its dimensions, sums last.

    Small cells are hidden (see `safety`). Rolling periods are not given for tables that need it.

    :raises MalformedQuery: channel or device with parts of months, or with a part of the map.
    :raises TooLarge: more is crossed than can be kept safe.
    """
    jurisdiction = session().get_one(Jurisdiction, question.filter.jurisdiction_id)
    check(question, jurisdiction.time_zone)

    def count(asked: Question) -> list[FigureRow]:
        return _counted(asked, jurisdiction, now)

    rows = sorted(safe(question, count(question), count), key=_place)
    return [_only(row, question.measures) for row in rows]


def _counted(question: Question, jurisdiction: Jurisdiction, now: datetime) -> list[FigureRow]:
    """The rows with nothing hidden, with what they are hidden by beside what was asked for."""
    zone = jurisdiction.time_zone
    answer = [*session().execute(statement(question, zone, now)).mappings()]
    people = population(jurisdiction.id) if "received_per_1000" in question.measures else {}
    span = _span(question, answer, zone, now)
    counted, within = {}, set(span)
    for line in answer:
        period, keys = _names(question, line, jurisdiction.number)
        if period in within:
            counted[period, keys] = line
    wanted = [*counted]
    if question.with_empty:
        combinations = [*dict.fromkeys(keys for _, keys in counted)] or [_sums(question)]
        wanted = [*product(span, combinations)]
    rows = [_row(question, key, counted.get(key, {}), people) for key in wanted]
    return sorted(rows, key=_place)


def behind(
    question: Question, row: FigureRow, measure: str, zone: str | None = None
) -> dict[str, str]:
    """The query of the page that lists exactly the reports that a figure is made of.

    :param zone: the municipality's time zone; None looks it up.
    """
    if zone is None:
        zone = session().get_one(Jurisdiction, question.filter.jurisdiction_id).time_zone
    wanted = narrowed(question, row, zone)
    return query_of(wanted, zone) | {"measure": measure}


def narrowed(question: Question, row: FigureRow, zone: str) -> Filter:
    """The filter that leaves one row's reports."""
    held: dict[str, Any] = {
        FILTERS[dimension]: (code,)
        for dimension, code in row.keys.items()
        if dimension in FILTERS and code != TOTAL
    }
    wanted = replace(question.filter, **held)
    if row.period is None or question.period is None:
        return wanted
    if question.period == Period.YEAR:
        return replace(wanted, year=int(row.period))
    start, end = periods.bounds(question.period, row.period, zone)
    if question.period == Period.ROLLING_12:
        return replace(wanted, year=None, start=start, end=end)
    return replace(
        wanted,
        start=max(filter(None, (start, wanted.start))),
        end=min(filter(None, (end, wanted.end))),
    )


Keys = tuple[str, ...]
"""The codes of a row, in the order of the question's dimensions."""


def _sums(question: Question) -> Keys:
    return tuple(TOTAL for _ in question.by)


def _span(
    question: Question, answer: Sequence[Mapping[str, Any]], zone: str, now: datetime
) -> list[str | None]:
    """The periods that have rows: from the first report of all to now, within what the filter asks for."""
    if question.period is None:
        return [None]
    began = answer[0]["began"] if answer else None
    if began is None:
        return []
    seen = [line["period"] for line in answer if line["period"] is not None]
    return [*periods.span(question, began, seen, zone, now)]


def _names(question: Question, line: Mapping[str, Any], number: str) -> tuple[str | None, Keys]:
    """The period and codes of a line of the answer; what was summed over is `total`."""
    summed = line["summed"]
    bits = len(question.by)
    codes = [
        TOTAL if summed >> (bits - 1 - at) & 1 else str(line[by])
        for at, by in enumerate(question.by)
    ]
    is_everything = question.period is not None and summed >> bits & 1
    period = line["period"] if question.period is not None else None
    return ("" if is_everything else None if period is None else str(period)), tuple(codes)


def _row(
    question: Question, key: tuple[str | None, Keys], line: Mapping[str, Any], people: People
) -> FigureRow:
    period, codes = key
    keys = dict(zip(question.by, codes, strict=True))
    made_of = {code: line.get(MADE_OF[BY_CODE[code].basis], 0) for code in _needed(question)}
    values: dict[str, int | float | None] = {}
    for code, count in made_of.items():
        if BY_CODE[code].is_count:
            values[code] = count
        elif code in PERCENTILES:
            values[code] = line.get(code)
        elif code == "received_per_1000":
            values[code] = _rate(question, period, keys, count, people)
        else:
            parts = line.get(PARTS[code], 0)
            values[code] = parts / count if count else None
    return FigureRow(period=period, keys=keys, values=values, made_of=made_of)


def _needed(question: Question) -> tuple[str, ...]:
    """What is asked for, and the counts that tell which cells are small."""
    return tuple(dict.fromkeys((*COUNTS, *question.measures)))


def _rate(
    question: Question,
    period: str | None,
    keys: Mapping[Dimension, str],
    count: int,
    people: People,
) -> float | None:
    if period is None:
        return None
    wanted = question.filter
    if wanted.bbox is not None:
        return None
    there = inhabitants(people, int(period[:4]), keys.get(Dimension.DISTRICT), wanted.districts)
    return float(count * 1000 / there) if there else None


def _only(row: FigureRow, measures: Sequence[str]) -> FigureRow:
    """The row with the measures that were asked for."""
    return replace(
        row,
        values={code: row.values[code] for code in measures},
        made_of={code: row.made_of[code] for code in measures},
        hidden=row.hidden & set(measures),
    )


def _place(row: FigureRow) -> tuple[Any, ...]:
    return row.period or "", [(code == TOTAL, code) for code in row.keys.values()]
