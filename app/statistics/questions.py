"""What can be asked of the figures: a selection, a period, and what to cut by. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.service_requests.filter import NONE, Filter
from app.statistics.measures import MEASURES

TOTAL = "total"
"""Stands in a row's keys for everything together."""
__all__ = ["NONE", "TOTAL", "Dimension", "FigureRow", "Period", "Question"]


class Dimension(StrEnum):
    """What reports are divided by. The values are codes; `none` has none."""

    GROUP = "group"
    SERVICE = "service"
    DEPARTMENT = "department"
    DISTRICT = "district"
    ROAD = "road"
    CHANNEL = "channel"
    DEVICE = "device"
    JURISDICTION = "jurisdiction"


class Period(StrEnum):
    """What a column covers. ROLLING_12: twelve whole months, named by the last of them."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    ROLLING_12 = "rolling12"


ALL_MEASURES = tuple(measure.code for measure in MEASURES)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked.

    `period` None: all in one. With totals, every combination of `by` is also given without each of its parts.
    With empty, every combination that occurs has a row in every period. With rolling periods `start`, `end`
    and `year` of the filter say in which months a window may end.
    """

    filter: Filter
    period: Period | None = Period.YEAR
    by: tuple[Dimension, ...] = ()
    with_totals: bool = True
    with_empty: bool = True
    measures: tuple[str, ...] = ALL_MEASURES

    @property
    def fixed(self) -> frozenset[str]:
        """What the filter holds to some of its values: dimensions, and conditions that are none."""
        wanted = self.filter
        held = {
            Dimension.GROUP: wanted.groups,
            Dimension.SERVICE: wanted.services,
            Dimension.DEPARTMENT: wanted.department_codes or wanted.departments,
            Dimension.DISTRICT: wanted.districts or wanted.bbox,
            Dimension.ROAD: wanted.road_categories,
            Dimension.CHANNEL: wanted.channels,
            Dimension.DEVICE: wanted.device_classes,
        }
        other = {
            "status": bool(wanted.statuses),
            "improved": wanted.led_to_improvement is not None,
            "answered_in_time": wanted.answered_in_time is not None,
        }
        dimensions = {dimension.value for dimension, values in held.items() if values}
        return frozenset(dimensions | {name for name, is_held in other.items() if is_held})


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One cell of a table, with all its measures.

    `period` is `2026`, `2026-Q3` or `2026-03` (of a rolling period: its last month); None when all is one.
    `keys` has a code for each dimension asked for: `none` for what has none, `total` for all together.
    A value None is missing, or hidden: then its measure is in `hidden`, and `is_hidden` says that all are.
    `made_of` is how many reports each value is made of.
    """

    period: str | None
    keys: Mapping[Dimension, str]
    values: Mapping[str, int | float | None]
    is_hidden: bool = False
    hidden: frozenset[str] = frozenset()
    made_of: Mapping[str, int | None] = field(default_factory=dict)
