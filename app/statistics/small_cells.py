"""Few people are not to be told apart: small cells of tables that cross what could point at someone. Pure.

A cell is the reports of one period with one value of each dimension. Where how a report came in, what it was
sent from or the part of the municipality is crossed with something else, counts from 1 to 3 are hidden, and so
much else of the same line (a row, a column, the parts of a year) that they do not follow by subtraction. Shares
and days made of fewer than four reports are hidden with them. A table of one of these alone is not crossed.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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
class Line:
    """Rows that add up: the parts, and their sum if it stands in the table."""

    parts: tuple[int, ...]
    total: int | None


def is_crossed(dimensions: Set[str]) -> bool:
    """Whether a figure cut by these is one of the tables that the rule is about."""
    return len(dimensions) > 1 and bool(dimensions & SENSITIVE)


def hide(
    rows: Sequence[FigureRow],
    *,
    fixed: frozenset[str] = frozenset(),
    always: bool = False,
) -> list[FigureRow]:
    """The rows, in their order, with small cells hidden. Hiding twice changes nothing.

    :param fixed: what the filter holds to some values: it crosses as well.
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


def without(row: FigureRow, codes: Set[str]) -> FigureRow:
    """The row without these counts, and what could be reckoned from them; without the first count, nothing."""
    following = {more for code in codes for more in FOLLOWS.get(code, ())}
    return _without(row, codes | following, is_hidden="received" in codes)


def _few(row: FigureRow) -> set[str]:
    """Shares and days that are made of some, but too few."""
    return {
        code
        for code, count in row.made_of.items()
        if code in BY_CODE and not BY_CODE[code].is_count and count and 0 < count < FEWEST
    }


def _without(row: FigureRow, codes: Set[str], *, is_hidden: bool) -> FigureRow:
    is_hidden = is_hidden or row.is_hidden
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
    lines: Sequence[Line],
) -> set[int]:
    """Which rows' counts must not be shown."""
    # What was hidden before is unknown here, and was enough then.
    counts = [FEWEST if code in row.hidden else row.values.get(code) or 0 for row in rows]
    first = before | {at for at in subject if 0 < counts[at] < FEWEST}
    return Search(lines, counts, subject).hidden(first) if first else set()


@dataclass
class _State:
    """What is known of a line: its parts from the best to hide on, and what is hidden of them."""

    line: Line
    order: Iterator[int]
    gone: int = 0
    gone_sum: float = 0


class Search:
    """What else to hide. Looks again only at lines that a newly hidden cell is in, so work grows as the table.

    `steps` counts the lines that were looked at and the cells that were tried in them.
    """

    def __init__(self, lines: Sequence[Line], counts: Sequence[float], subject: Set[int]) -> None:
        self._counts, self._subject = counts, subject
        self._hidden: set[int] = set()
        self._of: dict[int, list[_State]] = defaultdict(list)
        self.steps = 0
        for line in lines:
            parts = sorted((at for at in line.parts if at in subject), key=self._price)
            state = _State(line, iter(parts))
            for at in line.parts:
                self._of[at].append(state)
            if line.total is not None:
                self._of[line.total].append(state)

    def hidden(self, first: Iterable[int]) -> set[int]:
        """The first, and what must go with them so that no sum of few follows from the rest."""
        waiting: deque[_State] = deque()
        for at in sorted(first):
            waiting += self._hide(at)
        while waiting:
            state = waiting.popleft()
            self.steps += 1
            more = self._one_more(state)
            if more is not None:
                waiting += self._hide(more)  # this line is among them
        return self._hidden

    def _price(self, at: int) -> tuple[bool, float, int]:
        """Small counts are hidden first, zeros last."""
        return self._counts[at] == 0, self._counts[at], at

    def _hide(self, at: int) -> list[_State]:
        """Hide a cell; the lines that it is in."""
        self._hidden.add(at)
        for state in self._of[at]:
            if at != state.line.total:
                state.gone += 1
                state.gone_sum += self._counts[at]
        return self._of[at]

    def _one_more(self, state: _State) -> int | None:
        """What else to hide, so that neither one cell nor the sum of a few small ones follows from the rest."""
        total = state.line.total
        # Nothing is hidden, or the sum is as well.
        if bool(state.gone) == (total in self._hidden):
            return None
        if state.gone > 1 and state.gone_sum >= FEWEST:
            return None
        for at in state.order:
            self.steps += 1
            if at not in self._hidden:
                return at
        is_left = total is not None and total in self._subject and total not in self._hidden
        return total if is_left else None


def _lines(rows: Sequence[FigureRow]) -> Iterator[Line]:
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
        yield Line(parts=tuple(members), total=totals.get(line))


def _whole(period: str) -> str:
    """The period that this one is a part of: a month's year; for a year, all years together."""
    year, _, part = period.partition("-")
    return year if part else ""


def _rest(keys: Mapping[Dimension, str], without: Dimension | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(d), code) for d, code in keys.items() if d != without))
