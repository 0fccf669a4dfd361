"""The geometry of bar charts, in the units of an SVG viewBox (y grows downwards). Pure: no words, no colours.

Bars start at zero. The outline is what was received, the fill is what led to improvement; None draws nothing.
Between published and counted years there is a visible break.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from app.statistics.table import Year


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One year. `x` is the left edge, `middle` the centre; heights are zero where there is nothing."""

    year: Year
    x: float
    middle: float
    width: float
    received: int | None
    received_y: float
    received_height: float
    led_to_improvement: int | None
    improved_y: float
    improved_height: float

    @property
    def label_fits(self) -> bool:
        """Whether the filled part is tall enough to carry its number."""
        return self.improved_height >= 26


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A whole chart. `grid` is (y, value) for each line; `break_x` is where published years end."""

    width: float
    height: float
    left: float
    base_y: float
    bars: Sequence[Bar]
    grid: Sequence[tuple[float, int]]
    break_x: float | None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The room a chart has, and the value at its top."""

    width: float
    height: float
    left: float
    top: float
    bottom: float
    top_value: int
    gap_for_break: float
    widest_bar: float = 84

    @property
    def base_y(self) -> float:
        """The zero line."""
        return self.height - self.bottom

    def length(self, value: int | None) -> float:
        """How tall a value is."""
        return (value or 0) / self.top_value * (self.base_y - self.top)


def round_step(highest: float, lines: int = 4) -> float:
    """A round value (1, 2, 2.5 or 5 times a power of ten) of which `lines` reach the highest (above 0)."""
    raw = highest / lines
    power = 10.0 ** floor(log10(raw))
    return next(
        power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * (1 - 1e-9)
    )


def nice_steps(highest: int, lines: int = 4) -> list[int]:
    """Round whole values for the grid, from 0 to at least the highest."""
    raw = max(highest, 1)
    step = max(1, ceil(round_step(raw, lines)))
    return [step * at for at in range(ceil(raw / step) + 1)]


def bar_chart(
    years: Sequence[Year], received: Sequence[int | None], improved: Sequence[int | None]
) -> Chart:
    """The chart above the table, 700 units wide."""
    steps = nice_steps(max((value or 0 for value in received), default=0))
    frame = Frame(
        width=700, height=330, left=44, top=26, bottom=34, top_value=steps[-1], gap_for_break=36
    )
    grid = [(frame.base_y - frame.length(value), value) for value in steps]
    return _chart(frame, years, received, improved, grid)


def small_multiples(
    years: Sequence[Year], series: Mapping[str, Sequence[int | None]]
) -> dict[str, Chart]:
    """A small chart for each series, all on the scale of the highest value of any, 250 units wide."""
    highest = max((value or 0 for values in series.values() for value in values), default=0)
    frame = Frame(
        width=250,
        height=120,
        left=0,
        top=22,
        bottom=22,
        top_value=max(highest, 1),
        gap_for_break=14,
        widest_bar=32,
    )
    nothing = [None] * len(years)
    return {name: _chart(frame, years, values, nothing, []) for name, values in series.items()}


def _chart(
    frame: Frame,
    years: Sequence[Year],
    received: Sequence[int | None],
    improved: Sequence[int | None],
    grid: Sequence[tuple[float, int]],
) -> Chart:
    breaks = [index for index, (a, b) in enumerate(pairwise(years), 1) if a.kind != b.kind]
    room = frame.width - frame.left - frame.gap_for_break * len(breaks)
    slot = room / max(len(years), 1)
    width = min(slot * 0.62, frame.widest_bar)
    bars = []
    for index, year in enumerate(years):
        shift = frame.gap_for_break * sum(index >= at for at in breaks)
        middle = frame.left + shift + slot * (index + 0.5)
        tall, full = frame.length(received[index]), frame.length(improved[index])
        bars.append(
            Bar(
                year=year,
                x=round(middle - width / 2, 1),
                middle=round(middle, 1),
                width=round(width, 1),
                received=received[index],
                received_y=round(frame.base_y - tall, 1),
                received_height=round(tall, 1),
                led_to_improvement=improved[index],
                improved_y=round(frame.base_y - full, 1),
                improved_height=round(full, 1),
            )
        )
    edge = frame.left + slot * breaks[0] + frame.gap_for_break / 2 if breaks else None
    return Chart(
        width=frame.width,
        height=frame.height,
        left=frame.left,
        base_y=frame.base_y,
        bars=bars,
        grid=[(round(y, 1), value) for y, value in grid],
        break_x=round(edge, 1) if edge else None,
    )
