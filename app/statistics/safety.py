"""Figures without small cells, so that nothing follows from asking twice with different selections.

A selection that holds to codes is a part of a table: the table of all codes. Where the rule for small cells
holds, that whole table is hidden as one, and a figure is told only if every cell of it that it is made of is.
So what one selection hides is not told by another one and a subtraction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

from app.database import session
from app.errors import AppError, MalformedQuery
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.statistics.measures import BY_CODE, COUNTS
from app.statistics.names import names_of
from app.statistics.questions import TOTAL, Dimension, FigureRow, Period, Question
from app.statistics.small_cells import FEWEST, hidden, hide, is_crossed, without

FILTERS = {
    Dimension.GROUP: "groups",
    Dimension.SERVICE: "services",
    Dimension.DEPARTMENT: "department_codes",
    Dimension.DISTRICT: "districts",
    Dimension.ROAD: "road_categories",
    Dimension.CHANNEL: "channels",
    Dimension.DEVICE: "device_classes",
}
"""The field of a filter that holds to values of a dimension."""
UNTOLD = frozenset({Dimension.CHANNEL, Dimension.DEVICE})
"""What is not told of a single report: how it came in, and from what. Where it is is public."""
MOST_CUT = 5
"""So many dimensions are hidden as one table."""
MOST_FILLED = 60_000
"""So many cells that whole table has at most, zeros included."""
Count = Callable[[Question], list[FigureRow]]
"""Answers a question without hiding anything."""


class TooLarge(AppError):
    """More is asked for than is answered at once."""

    status = 413


def check(question: Question, zone: str) -> None:
    """Refuse what would tell how a single report came in, by a time or an area that only it is in.

    :raises MalformedQuery: channel or device, with parts of months or a box of the map.
    """
    if UNTOLD.isdisjoint(question.fixed | set(question.by)):
        return
    wanted = question.filter
    for name, moment in (("from", wanted.start), ("to", wanted.end)):
        at = moment.astimezone(ZoneInfo(zone)) if moment else None
        if at and (at.day, at.time()) != (1, at.time().min):
            raise MalformedQuery(
                name,
                gettext(
                    "How reports came in, and from what, is only told for whole months. Let the period"
                    " begin and end on the first day of a month, or leave out channel and device."
                ),
            )
    if wanted.bbox is not None:
        raise MalformedQuery(
            "bbox",
            gettext(
                "How reports came in, and from what, is not told for a part of the map."
                " Choose districts, or leave out channel and device."
            ),
        )


def safe(question: Question, rows: Sequence[FigureRow], count: Count) -> list[FigureRow]:
    """The rows without small cells. Windows that overlap tell their months, so none of small cells is told."""
    if not is_crossed(question.fixed | set(question.by)):
        return list(rows)
    if question.period == Period.ROLLING_12:
        return [hidden(row) for row in rows]
    whole = _by_whole_table(question, rows, count)
    return hide(_by_difference(question, whole, count), fixed=question.fixed)


def _by_whole_table(
    question: Question, rows: Sequence[FigureRow], count: Count
) -> Sequence[FigureRow]:
    """The rows without what the table of all codes hides."""
    held = {
        dimension: codes
        for dimension, name in FILTERS.items()
        if (codes := getattr(question.filter, name))
    }
    if not held:
        return rows
    by = tuple(dict.fromkeys((*question.by, *held)))
    if len(by) > MOST_CUT:
        raise _too_much(by)
    nothing: dict[str, Any] = {FILTERS[dimension]: () for dimension in held}
    table = replace(
        question,
        filter=replace(question.filter, **nothing),
        by=by,
        with_totals=True,
        with_empty=True,
        measures=COUNTS,
    )
    whole = hide(_filled(table, count(table), [*held]), fixed=table.fixed)
    found = {(row.period, *row.keys.values()): row.hidden for row in whole if row.hidden}
    shown = [
        without(row, {code for key in _cells(row, by, held) for code in found.get(key, ())})
        for row in (*rows, *_absent(question, rows, whole, held))
    ]
    return [*shown[: len(rows)], *(row for row in shown[len(rows) :] if row.is_hidden)]


def _filled(
    table: Question, rows: list[FigureRow], dimensions: Sequence[Dimension]
) -> list[FigureRow]:
    """The rows, and zeros for every other code of some dimensions: that nothing is there tells as well."""
    jurisdiction = session().get_one(Jurisdiction, table.filter.jurisdiction_id)
    codes = {by: (*names_of(jurisdiction, by), TOTAL) for by in dimensions}
    present = {(row.period, *row.keys.values()) for row in rows}
    frames = {
        (row.period, tuple("" if by in codes else row.keys[by] for by in table.by)) for row in rows
    }
    if len(frames) * prod(map(len, codes.values())) > MOST_FILLED:
        raise _too_much(table.by)
    zeros = [
        _zeros(table, period, found)
        for period, frame in frames
        for found in product(
            *(codes.get(by, (code,)) for by, code in zip(table.by, frame, strict=True))
        )
        if (period, *found) not in present
    ]
    return rows + sorted(zeros, key=lambda row: (row.period or "", *row.keys.values()))


def _absent(
    question: Question,
    rows: Sequence[FigureRow],
    whole: Sequence[FigureRow],
    held: Mapping[Dimension, Sequence[str]],
) -> Iterator[FigureRow]:
    """Zeros where the selection has nothing and the whole table has a row: what is left out is told too."""
    seen = {(row.period, *row.keys.values()) for row in rows}
    for row in whole:
        codes = tuple(row.keys[by] for by in question.by)
        key = (row.period, *codes)
        is_asked = all(
            (question.with_totals if code == TOTAL else code in held.get(by, (code,)))
            for by, code in zip(question.by, codes, strict=True)
        )
        if is_asked and key not in seen:
            seen.add(key)
            yield _zeros(question, row.period, codes)


def _zeros(question: Question, period: str | None, codes: Sequence[str]) -> FigureRow:
    wanted = dict.fromkeys((*COUNTS, *question.measures))
    return FigureRow(
        period=period,
        keys=dict(zip(question.by, codes, strict=True)),
        values={code: 0 if BY_CODE[code].is_count else None for code in wanted},
        made_of=dict.fromkeys(wanted, 0),
    )


def _too_much(by: Sequence[Dimension]) -> TooLarge:
    return TooLarge(
        gettext(
            "Too much is crossed at once to keep single people out of view. Leave out some of: %(names)s.",
            names=", ".join(by),
        )
    )


def _cells(
    row: FigureRow, by: Sequence[Dimension], held: Mapping[Dimension, Sequence[str]]
) -> Iterator[tuple[str | None, ...]]:
    """The cells of the whole table that a row is the sum of."""
    codes = []
    for dimension in by:
        code = row.keys.get(dimension, TOTAL)
        codes.append(held.get(dimension, (TOTAL,)) if code == TOTAL else (code,))
    for found in product(*codes):
        yield (row.period, *found)


def _by_difference(
    question: Question, rows: Sequence[FigureRow], count: Count
) -> Sequence[FigureRow]:
    """The rows without those that few are left of when a condition that is no dimension is taken away."""
    wanted = question.filter
    freed: list[Filter] = []
    if wanted.statuses:
        freed.append(replace(wanted, statuses=()))
    if wanted.led_to_improvement is not None:
        freed.append(replace(wanted, led_to_improvement=None))
    if wanted.answered_in_time is not None:
        freed.append(replace(wanted, answered_in_time=None))
    for each in freed:
        more = {
            (row.period, *row.keys.values()): row.values
            for row in count(replace(question, filter=each, with_empty=False, measures=COUNTS))
        }
        rows = [
            without(row, _few_left(row, more)) if is_crossed(_cut(question, row)) else row
            for row in rows
        ]
    return rows


def _cut(question: Question, row: FigureRow) -> frozenset[str]:
    """What a row is cut by."""
    return question.fixed | {by for by, code in row.keys.items() if code != TOTAL}


def _few_left(
    row: FigureRow, more: Mapping[tuple[str | None, ...], Mapping[str, float | None]]
) -> set[str]:
    """The counts that differ by one to three from those of more reports."""
    found = more.get((row.period, *row.keys.values()), {})
    return {
        code
        for code in COUNTS
        if code not in row.hidden
        and 0 < (found.get(code) or 0) - (row.values.get(code) or 0) < FEWEST
    }
