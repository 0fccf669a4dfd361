"""A table whose cells are the darker the more there is, each with its number. Pure."""

from collections.abc import Sequence

from app.charts.classes import class_of
from app.charts.marks import Box, Drawing, Label, Mark
from app.charts.scale import NARROW, WIDE, text_width

ROW = 34


def table(
    names: Sequence[str],
    heads: Sequence[str],
    values: Sequence[Sequence[float | None]],
    texts: Sequence[Sequence[str]],
    uppers: Sequence[float],
    *,
    is_narrow: bool,
) -> Drawing:
    """`values` by row and column. `uppers` are the classes' upper edges."""
    width = NARROW if is_narrow else WIDE
    left = max((text_width(name) for name in names), default=20) + 10
    cell = (width - left) / max(len(heads), 1)
    marks: list[Mark] = [
        Label(x=round(left + cell * (at + 0.5), 1), y=15, text=head, kind="name", anchor="middle")
        for at, head in enumerate(heads)
    ]
    for row, name in enumerate(names):
        y = 24 + row * ROW
        marks.append(
            Label(x=round(left - 10, 1), y=y + ROW / 2 + 4.5, text=name, kind="name", anchor="end")
        )
        for at in range(len(heads)):
            dark = class_of(values[row][at], uppers)
            x = left + cell * at
            marks.append(
                Box(
                    x=round(x + 1, 1),
                    y=y + 1.0,
                    width=round(cell - 2, 1),
                    height=ROW - 2,
                    kind=f"shade-{dark}",
                )
            )
            if texts[row][at]:
                marks.append(
                    Label(
                        x=round(x + cell / 2, 1),
                        y=y + ROW / 2 + 4.5,
                        text=texts[row][at],
                        kind=f"on-shade-{dark}",
                        anchor="middle",
                    )
                )
    return Drawing(width=width, height=24 + len(names) * ROW + 2, marks=marks)


def fits_narrow(names: Sequence[str], heads: Sequence[str], texts: Sequence[Sequence[str]]) -> bool:
    """Whether the numbers have room in a narrow table."""
    left = max((text_width(name) for name in names), default=20) + 10
    widest = max(
        [
            *(text_width(head) for head in heads),
            *(text_width(text) for line in texts for text in line),
        ],
        default=0,
    )
    return (NARROW - left) / max(len(heads), 1) >= widest + 4
