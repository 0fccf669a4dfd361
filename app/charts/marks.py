"""What a drawing is made of: boxes, lines, dots and labels in the units of its viewBox (y grows downwards).

`kind` says what a mark means; how that looks is the style sheet's matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle."""

    tag: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class Path:
    """A line through points, or the outline of an area: SVG path data."""

    tag: ClassVar[str] = "path"
    data: str
    kind: str
    key: str = ""
    """What the area stands for, for scripts that lift it."""


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A point of a line."""

    tag: ClassVar[str] = "dot"
    x: float
    y: float
    radius: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class Label:
    """A piece of text that somebody else has written. `anchor`: start, middle or end."""

    tag: ClassVar[str] = "label"
    x: float
    y: float
    text: str
    kind: str
    anchor: str = "start"


Mark = Box | Path | Dot | Label


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A whole picture; later marks lie above earlier ones."""

    width: float
    height: float
    marks: Sequence[Mark] = field(default_factory=tuple)


def line(points: Sequence[tuple[float, float]]) -> str:
    """Path data of a line through the points."""
    return "M" + "L".join(f"{neat(x)} {neat(y)}" for x, y in points)


def neat(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{round(value, 1):g}" if abs(value) < 100_000 else f"{value:.0f}"


def straight(x1: float, y1: float, x2: float, y2: float, kind: str) -> Path:
    """One straight line."""
    return Path(data=line([(x1, y1), (x2, y2)]), kind=kind)
