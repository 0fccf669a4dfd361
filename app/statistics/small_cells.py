"""Few people are not to be told apart: small cells of tables that cross what could point at someone. Pure.

A cell is the reports of one period with one value of each dimension. Where how a report came in, what it was
sent from or the part of the municipality is crossed with something else, counts from 1 to 3 are hidden, and so
much else of the same line (a row, a column, the parts of a year) that they do not follow by subtraction. Shares
and days made of fewer than four reports are hidden with them. A table of one of these alone is not crossed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.statistics.measures import BY_CODE, COUNTS
from app.statistics.questions import TOTAL, Dimension, FigureRow

FEWEST = 4
"""A count that is shown is zero or at least this."""
SENSITIVE = frozenset({Dimension.CHANNEL, Dimension.DEVICE, Dimension.DISTRICT})
FOLLOWS = {
    "led_to_improvement": ("improvement_share",),
    "received": ("received_per_1000",),
}
"""What a hidden count could be reckoned from."""


@dataclass(frozen=True)
class _Line:
    """Rows that add up: the parts, and their sum if it stands in the table."""

    parts: tuple[int, ...]
    total: int | None


def is_crossed(dimensions: frozenset[Dimension]) -> bool:
    """Whether a figure of these dimensions is one of the tables that the rule is about."""
    return len(dimensions) > 1 and bool(dimensions & SENSITIVE)


def hide(
    rows: Sequence[FigureRow],
    *,
    fixed: frozenset[Dimension] = frozenset(),
    always: bool = False,
) -> list[FigureRow]:
    """The rows, in their order, with small cells hidden. Hiding twice changes nothing.

    :param fixed: the dimensions that the filter holds to some values: they cross as well.
    :param always: hide in every row, crossed or not.
    """
    subject = {
        at
        for at, row in enumerate(rows)
        if always or is_crossed(fixed | {d for d, code in row.keys.items() if code != TOTAL})
    }
    if not subject:
        return list(rows)
    lines = list(_lines(rows))
    whole = _hidden(rows, "received", subject, {at for at in subject if rows[at].is_hidden}, lines)
    found: dict[int, set[str]] = defaultdict(set)
    for code in COUNTS:
        before = whole | {at for at in subject if code in rows[at].hidden}
        for at in whole if code == "received" else _hidden(rows, code, subject, before, lines):
            found[at] |= {code, *FOLLOWS.get(code, ())}
    for at in subject:
        found[at] |= _few(rows[at])
    return [
        _without(row, found.get(at, set()), is_hidden=at in whole) for at, row in enumerate(rows)
    ]


def hidden(row: FigureRow) -> FigureRow:
    """The row with nothing told."""
    return _without(row, set(), is_hidden=True)


def _few(row: FigureRow) -> set[str]:
    """Shares and days that are made of some, but too few."""
    return {
        code
        for code, count in row.made_of.items()
        if code in BY_CODE and not BY_CODE[code].is_count and count and 0 < count < FEWEST
    }


def _without(row: FigureRow, codes: set[str], *, is_hidden: bool) -> FigureRow:
    hidden = frozenset(row.values) if is_hidden else row.hidden | (codes & set(row.values))
    if not hidden:
        return row
    clean = {code: None if code in hidden else value for code, value in row.values.items()}
    made_of = {code: None if code in hidden else count for code, count in row.made_of.items()}
    return replace(row, values=clean, hidden=hidden, is_hidden=is_hidden, made_of=made_of)


def _hidden(
    rows: Sequence[FigureRow],
    code: str,
    subject: set[int],
    before: set[int],
    lines: Sequence[_Line],
) -> set[int]:
    """Which rows' counts must not be shown."""
    # What was hidden before is unknown here, and was enough then.
    counts = [FEWEST if code in row.hidden else row.values.get(code) or 0 for row in rows]
    hidden = before | {at for at in subject if 0 < counts[at] < FEWEST}
    is_changed = bool(hidden)
    while is_changed:
        is_changed = False
        for line in lines:
            if (more := _one_more(line, counts, subject, hidden)) is not None:
                hidden.add(more)
                is_changed = True
    return hidden


def _one_more(
    line: _Line, counts: Sequence[float], subject: set[int], hidden: set[int]
) -> int | None:
    """What else to hide, so that neither one cell nor the sum of a few small ones follows from the rest."""
    gone = [at for at in line.parts if at in hidden]
    if bool(gone) == (line.total in hidden):  # nothing is hidden, or the sum is as well
        return None
    if len(gone) > 1 and sum(counts[at] for at in gone) >= FEWEST:
        return None
    left = [at for at in line.parts if at not in hidden and at in subject]
    if left:
        return min(left, key=lambda at: (counts[at] == 0, counts[at], at))
    return line.total if line.total in subject - hidden else None


def _lines(rows: Sequence[FigureRow]) -> Iterator[_Line]:
    """All rows that add up to another figure, shown here or elsewhere."""
    parts: dict[tuple[object, ...], list[int]] = defaultdict(list)
    totals: dict[tuple[object, ...], int] = {}
    for at, row in enumerate(rows):
        for dimension, code in row.keys.items():
            line: tuple[object, ...] = (row.period, dimension, _rest(row.keys, dimension))
            if code == TOTAL:
                totals[line] = at
            else:
                parts[line].append(at)
        if row.period is not None:
            parts["of a year", _whole(row.period), _rest(row.keys, None)].append(at)
    for line, members in parts.items():
        yield _Line(parts=tuple(members), total=totals.get(line))


def _whole(period: str) -> str:
    """The period that this one is a part of: a month's year; for a year, all years together."""
    year, _, part = period.partition("-")
    return year if part else ""


def _rest(keys: Mapping[Dimension, str], without: Dimension | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(d), code) for d, code in keys.items() if d != without))
