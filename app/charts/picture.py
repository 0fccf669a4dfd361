"""A chart as a picture that stands alone: its finding on top, source and date below. Pure.

The measures are units of the viewBox.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.charts.chart import Chart, Sign
from app.charts.marks import Drawing, Label, Mark
from app.charts.scale import WIDE, text_width, wrapped

EDGE = 30
WIDTH = WIDE + 2 * EDGE
TITLE, SMALL = 23, 13


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`words` stand around the drawing, whose top is `drawing_y`; the signs are drawn at (x, y)."""

    width: int
    height: int
    words: Sequence[Mark]
    signs: Sequence[tuple[float, float, Sign]]
    drawing: Drawing
    drawing_y: float


def picture(chart: Chart, *, selection: str, source: str) -> Picture:
    """Lay out the whole."""
    words: list[Mark] = []
    y = 22.0
    for text in wrapped(chart.finding, WIDE, TITLE, most=4):
        y += 29
        words.append(Label(x=EDGE, y=y - 8, text=text, kind="title"))
    for text in wrapped(
        ". ".join(part for part in (chart.subject, selection) if part), WIDE, 15, most=3
    ):
        y += 21
        words.append(Label(x=EDGE, y=y - 2, text=text, kind="name"))
    y += 14
    signs, y = _signs(chart.signs, y)
    y += 10
    top = y
    y += chart.wide.height + 18
    for line in (*chart.notes, source):
        for text in wrapped(line, WIDE, SMALL, most=4):
            words.append(Label(x=EDGE, y=round(y + 10, 1), text=text, kind="axis"))
            y += 18
    return Picture(
        width=WIDTH,
        height=round(y + 20),
        words=words,
        signs=signs,
        drawing=chart.wide,
        drawing_y=round(top, 1),
    )


def _signs(signs: Sequence[Sign], y: float) -> tuple[list[tuple[float, float, Sign]], float]:
    """The signs in as many lines as they need; where the next thing begins."""
    placed: list[tuple[float, float, Sign]] = []
    x = float(EDGE)
    for sign in signs:
        wide = 30 + text_width(sign.text) + 20
        if x > EDGE and x + wide > WIDTH - EDGE:
            x, y = float(EDGE), y + 26
        placed.append((round(x, 1), round(y, 1), sign))
        x += wide
    return placed, y + 26 if placed else y
