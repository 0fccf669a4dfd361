"""Bars from zero: columns over time, rows of categories, pairs of two periods. Pure.

An outline holds the whole, the fill in it is the part; None draws nothing but its label.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.charts.marks import Box, Drawing, Label, Mark, straight
from app.charts.scale import BODY, NARROW, WIDE, Scale, steps, text_width, wrapped

THICK = 22
LEADING = 17
GAP = 12
BREAK = 26


@dataclass(frozen=True, kw_only=True)
class Track:
    """One bar: how long, how much of it is filled, and the words at its end."""

    value: float | None
    part: float | None = None
    text: str
    kind: str = "fill"
    """`outline` where `part` fills it, `fill`, `light`, or `few` for what says little."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What bars stand for; `starts_part` leaves a visible break before it."""

    label: str
    tracks: Sequence[Track]
    starts_part: bool = False
    label_inside: str = ""
    """The number of the filled part, where a column is tall enough to carry it."""


def rows(lines: Sequence[Row], *, is_narrow: bool) -> Drawing:
    """Horizontal bars, the labels to their left, or above them where it is narrow."""
    width = NARROW if is_narrow else WIDE
    column = 0.0 if is_narrow else _label_column(lines)
    room = width - column - _room_for_texts(lines)
    scale = Scale(top=_highest(lines) or 1, length=max(room, width * 0.25))
    marks: list[Mark] = []
    y = 2.0
    for row in lines:
        if row.starts_part and marks:
            marks.append(
                straight(0, y + BREAK / 2 - GAP / 2, width, y + BREAK / 2 - GAP / 2, "break")
            )
            y += BREAK
        y = _row(marks, row, y, column, scale)
    if column:
        marks.append(straight(column, 0, column, y - GAP + 2, "base"))
    return Drawing(width=width, height=round(max(y - GAP + 4, 20), 1), marks=marks)


def _row(marks: list[Mark], row: Row, y: float, column: float, scale: Scale) -> float:
    """Draw one row; where the next one begins."""
    tall = len(row.tracks) * (THICK + 4) - 4
    if column:
        words = wrapped(row.label, column - 12)
        high = max(tall, LEADING * len(words))
        top = y + (high - LEADING * len(words)) / 2 + BODY - 0.5
        marks += [
            Label(
                x=round(column - 12, 1),
                y=round(top + at * LEADING, 1),
                text=text,
                kind="name",
                anchor="end",
            )
            for at, text in enumerate(words)
        ]
        extra = (high - tall) / 2
        y += extra
    else:
        marks.append(
            Label(
                x=0, y=round(y + BODY, 1), text=wrapped(row.label, NARROW, most=1)[0], kind="name"
            )
        )
        y, extra = y + LEADING + 2, 0.0
    for at, track in enumerate(row.tracks):
        marks += _bar(track, column, y + at * (THICK + 4), scale)
    return y + tall + extra + GAP


def _bar(track: Track, x: float, y: float, scale: Scale) -> list[Mark]:
    length = scale.at(track.value)
    marks: list[Mark] = []
    if track.value is not None and length:
        marks.append(Box(x=round(x, 1), y=round(y, 1), width=length, height=THICK, kind=track.kind))
        if track.part:
            part = scale.at(track.part)
            marks.append(Box(x=round(x, 1), y=round(y, 1), width=part, height=THICK, kind="fill"))
    marks.append(
        Label(
            x=round(x + length + 7, 1), y=round(y + THICK / 2 + 5, 1), text=track.text, kind="value"
        )
    )
    return marks


def _label_column(lines: Sequence[Row]) -> float:
    widest = max((text_width(row.label) for row in lines), default=0.0)
    return round(min(widest, 190) + 14, 1)


def _room_for_texts(lines: Sequence[Row]) -> float:
    return max((text_width(track.text) for row in lines for track in row.tracks), default=0.0) + 12


def _highest(lines: Sequence[Row]) -> float:
    return max((track.value or 0 for row in lines for track in row.tracks), default=0)


def columns(lines: Sequence[Row], *, axis_text: Sequence[str] | None = None) -> Drawing:
    """Standing bars, one for each row; as rows where there are too many for their labels."""
    breaks = [at for at, row in enumerate(lines) if row.starts_part and at]
    widest = max(
        (max(text_width(row.label), text_width(row.tracks[0].text)) for row in lines), default=30
    )
    if len(lines) * (widest + 4) + 44 + 36 * len(breaks) > WIDE:
        return rows(lines, is_narrow=False)
    height, left, top, base = 330.0, 44.0, 26.0, 296.0
    values = steps(_highest(lines))
    scale = Scale(top=values[-1], length=base - top)
    marks: list[Mark] = []
    for value, text in zip(values, axis_text or [f"{value:g}" for value in values], strict=False):
        y = round(base - scale.at(value), 1)
        marks += [
            straight(left, y, WIDE, y, "grid"),
            Label(x=left - 8, y=y + 4, text=text, kind="axis", anchor="end"),
        ]
    slot = (WIDE - left - 36 * len(breaks)) / max(len(lines), 1)
    for at, row in enumerate(lines):
        shift = 36 * sum(at >= edge for edge in breaks)
        marks += _column(row, left + shift + slot * (at + 0.5), min(slot * 0.62, 84), base, scale)
    marks.append(straight(left, base, WIDE, base, "base"))
    for number, edge in enumerate(breaks):
        x = left + slot * edge + 36 * number + 18
        marks.append(straight(x, 10, x, base + 26, "break"))
    return Drawing(width=WIDE, height=height, marks=marks)


def _column(row: Row, middle: float, width: float, base: float, scale: Scale) -> list[Mark]:
    track, x = row.tracks[0], round(middle - width / 2, 1)
    tall, part = scale.at(track.value), scale.at(track.part)
    middle, width = round(middle, 1), round(width, 1)
    marks: list[Mark] = []
    if tall:
        marks.append(Box(x=x, y=round(base - tall, 1), width=width, height=tall, kind=track.kind))
    if part:
        marks.append(Box(x=x, y=round(base - part, 1), width=width, height=part, kind="fill"))
    marks.append(
        Label(x=middle, y=round(base - tall - 8, 1), text=track.text, kind="value", anchor="middle")
    )
    if row.label_inside and part >= 26 and text_width(row.label_inside) <= width:
        at = round(base - part + 19, 1)
        marks.append(Label(x=middle, y=at, text=row.label_inside, kind="inside", anchor="middle"))
    marks.append(Label(x=middle, y=base + 22, text=row.label, kind="name", anchor="middle"))
    return marks


def axis_values(lines: Sequence[Row]) -> list[float]:
    """The values of the grid that `columns` draws, for whoever writes them."""
    return steps(_highest(lines))
