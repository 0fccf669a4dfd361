"""Lines over time, each named where it ends; what is missing is a gap. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.charts.marks import Dot, Drawing, Label, Mark, Path, line, straight
from app.charts.scale import NARROW, WIDE, Scale, steps, text_width

LEAST_GAP = 18
"""Between two labels at the end of lines."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line: its values in order, the words at its end, and how it is told from others.

    `kind`: `first` is whole with filled dots, `second` dashed with open ones.
    """

    values: Sequence[float | None]
    end: str
    kind: str = "first"


@dataclass(frozen=True, kw_only=True)
class _Plot:
    width: float
    left: float
    right: float
    top: float
    base: float
    scale: Scale
    count: int

    def x(self, at: int) -> float:
        """Where the value with this index stands."""
        if self.count == 1:
            return round((self.left + self.right) / 2, 1)
        return round(self.left + (self.right - self.left) * at / (self.count - 1), 1)

    def y(self, value: float) -> float:
        """How far down a value is."""
        return round(self.base - self.scale.at(value), 1)


def axis_values(series: Sequence[Series], *, is_narrow: bool) -> list[float]:
    """The values of the grid."""
    highest = max((float(value or 0) for one in series for value in one.values), default=0.0)
    return steps(highest, 3 if is_narrow else 4)


def chart(
    series: Sequence[Series], labels: Sequence[str], axis_text: Sequence[str], *, is_narrow: bool
) -> Drawing:
    """`labels` name the places along the line; as many are written as there is room for."""
    width, height = (NARROW, 250.0) if is_narrow else (WIDE, 320.0)
    values = axis_values(series, is_narrow=is_narrow)
    left = max((text_width(text) for text in axis_text), default=20) + 8
    end_room = 0 if is_narrow else max((text_width(one.end) for one in series), default=0) + 14
    top = 14.0 + (LEAST_GAP * len(series) if is_narrow else 0)
    base = height - 30
    plot = _Plot(
        width=width,
        left=left + 8,
        right=width - max(end_room, 14),
        top=top,
        base=base,
        scale=Scale(top=values[-1], length=base - top),
        count=len(labels),
    )
    marks: list[Mark] = []
    for value, text in zip(values, axis_text, strict=True):
        marks += [
            straight(left, plot.y(value), plot.right + 6, plot.y(value), "grid"),
            Label(x=round(left - 6, 1), y=plot.y(value) + 4, text=text, kind="axis", anchor="end"),
        ]
    marks.append(straight(left, base, plot.right + 6, base, "base"))
    marks += _names(labels, plot)
    for one in series:
        marks += _line(one, plot)
    marks += _ends_above(series, left) if is_narrow else _ends(series, plot)
    return Drawing(width=width, height=height, marks=marks)


def _line(one: Series, plot: _Plot) -> list[Mark]:
    marks: list[Mark] = []
    run: list[tuple[float, float]] = []
    dots: list[Mark] = []
    for at, value in enumerate([*one.values, None]):
        if value is not None:
            run.append((plot.x(at), plot.y(value)))
            continue
        if len(run) > 1:
            marks.append(Path(data=line(run), kind=f"line-{one.kind}"))
        if plot.count <= 24:
            dots += [Dot(x=x, y=y, radius=4, kind=f"dot-{one.kind}") for x, y in run]
        elif run:
            x, y = run[-1]
            dots.append(Dot(x=x, y=y, radius=4.5, kind=f"dot-{one.kind}"))
        run = []
    return marks + dots


def _ends(series: Sequence[Series], plot: _Plot) -> list[Mark]:
    """Each line's words right of its last value, moved apart where they would touch."""
    found = []
    for one in series:
        last = next((value for value in reversed(one.values) if value is not None), None)
        if last is not None:
            found.append((plot.y(last) + 4.5, one))
    found.sort(key=lambda pair: pair[0])
    placed = [y for y, _ in found]
    for at in range(1, len(placed)):
        placed[at] = max(placed[at], placed[at - 1] + LEAST_GAP)
    if placed and placed[-1] > plot.base:
        placed = [y - (placed[-1] - plot.base) for y in placed]
    return [
        Label(x=round(plot.right + 12, 1), y=round(y, 1), text=one.end, kind=f"end-{one.kind}")
        for y, (_, one) in zip(placed, found, strict=True)
    ]


def _ends_above(series: Sequence[Series], left: float) -> list[Mark]:
    """Where there is no room at the end: the words above, each behind a piece of its line."""
    marks: list[Mark] = []
    for at, one in enumerate(series):
        y = 12.0 + at * LEAST_GAP
        marks += [
            straight(left, y - 4.5, left + 26, y - 4.5, f"line-{one.kind}"),
            Dot(x=round(left + 13, 1), y=y - 4.5, radius=4, kind=f"dot-{one.kind}"),
            Label(x=round(left + 34, 1), y=y, text=one.end, kind=f"end-{one.kind}"),
        ]
    return marks


def _names(labels: Sequence[str], plot: _Plot) -> list[Mark]:
    """As many labels as fit, evenly, the last one always there."""
    if not labels:
        return []
    beyond = max(0.0, text_width(labels[-1]) / 2 - (plot.width - plot.right))
    widest = max(text_width(label) for label in labels) + 12 + beyond
    fits = max(1, int((plot.right - plot.left) / widest))
    every = -(-(len(labels) - 1) // fits) or 1
    marks: list[Mark] = []
    for index in reversed(range(len(labels) - 1, -1, -every)):
        marks.append(straight(plot.x(index), plot.base, plot.x(index), plot.base + 5, "base"))
        marks.append(_name(labels[index], plot.x(index), plot))
    return marks


def _name(label: str, x: float, plot: _Plot) -> Label:
    """A label below the line, moved inwards where it would leave the picture."""
    half = text_width(label) / 2
    if x - half < 0:
        return Label(x=0, y=plot.base + 21, text=label, kind="name")
    if x + half > plot.width:
        return Label(x=plot.width, y=plot.base + 21, text=label, kind="name", anchor="end")
    return Label(x=x, y=plot.base + 21, text=label, kind="name", anchor="middle")
