"""A chart as a page, a file and a screen reader have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.charts.marks import Drawing


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a chart's table. `behind` is the query of the page that lists the reports behind it."""

    label: str
    cells: Sequence[str]
    code: str = ""
    shade: int | None = None
    behind: Mapping[str, str] | None = None
    starts_part: bool = False


@dataclass(frozen=True, kw_only=True)
class DataTable:
    """The same numbers as the drawing, for reading."""

    caption: str
    head: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What a kind of mark means."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A finding, the drawing that shows it, and its numbers in words and as a table."""

    code: str
    """As in the address of its file."""
    subject: str
    """What is drawn, in a few words."""
    finding: str
    description: str
    wide: Drawing
    narrow: Drawing
    signs: Sequence[Sign] = field(default_factory=tuple)
    table: DataTable
    notes: Sequence[str] = field(default_factory=tuple)
