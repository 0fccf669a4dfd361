"""Which reports: one frozen value from query string to SQL, for lists, maps, JSON and whatever comes later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.geo.positions import Box, Position
from app.service_requests.status import CLOSED, OPEN, Status

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100


class Shown(StrEnum):
    """What the map and the list beside it show."""

    OPEN = "open"
    RECENT = "recent"
    """Closed within 90 days."""


EVERYTHING_SHOWN = frozenset(Shown)
NONE = "none"
"""Stands for «has none» among codes: a report in no district, on no road."""


class Basis(StrEnum):
    """Which reports a figure is made of, among those that a filter names."""

    IMPROVED = "improved"
    NOT_IMPROVED = "not_improved"
    """As far as is known."""
    OUTCOME_KNOWN = "outcome_known"
    """We know what became of it, or will: all but what came from elsewhere without a word of that."""
    ANSWER_DUE = "answer_due"
    """The first answer is given, or the day it was promised for has passed."""
    ANSWERED_IN_TIME = "answered_in_time"
    ANSWERED_LATE = "answered_late"
    """The first answer was given after its day, or is not given and the day has passed."""
    ANSWERED = "answered"
    FIXED = "fixed"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where a page of a list ends: lists go from the newest back, ties by key."""

    requested_at: datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class NearCursor:
    """Where a page of a list ends that goes from the nearest outwards, ties by key."""

    metres: float
    id: int


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Conditions that all hold. Empty means all. Times are aware, `start` included, `end` not."""

    jurisdiction_id: int
    bbox: Box | None = None
    services: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    departments: tuple[int, ...] = ()
    year: int | None = None
    """The year in which a report counts: that of its receipt, by the municipality's clock."""
    department_codes: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    """Codes, or `none`."""
    road_categories: tuple[str, ...] = ()
    """Of the road that was found at the place: NVDB's letters, or `none`."""
    channels: tuple[str, ...] = ()
    device_classes: tuple[str, ...] = ()
    led_to_improvement: bool | None = None
    """False: did not, as far as is known."""
    answered_in_time: bool | None = None
    """False: the answer came late, or is late now."""
    basis: Basis | None = None
    moment: datetime | None = None
    """When is now; None is the database's clock."""
    start: datetime | None = None
    end: datetime | None = None
    closed_after: datetime | None = None
    shown: frozenset[Shown] | None = None
    """Only what the map shows: open ones, recently closed ones, or both."""
    search: str | None = None
    """A report's number, or a part of the place it is at."""
    near: Position | None = None
    """The nearest to this place first, instead of the newest."""
    after: Cursor | NearCursor | None = None
    limit: int = DEFAULT_LIMIT
    by_deadline: bool = False
    """The most urgent first instead of the newest; such a list has no cursor."""


def shown_from(written: str) -> frozenset[Shown]:
    """What to show, from a comma list; `none` is nothing. :raises ValueError: an unknown word."""
    if written.strip() == "none":
        return frozenset()
    try:
        return frozenset(Shown(part.strip()) for part in written.split(",") if part.strip())
    except ValueError as fault:
        raise ValueError(f"use one or more of {', '.join(Shown)}, comma between") from fault


def statuses_from(written: str) -> tuple[Status, ...]:
    """Statuses from a comma list of codes, `open` and `closed`. :raises ValueError: an unknown code."""
    known = {"open": OPEN, "closed": CLOSED} | {status.value: (status,) for status in Status}
    found: list[Status] = []
    for part in filter(None, (part.strip() for part in written.split(","))):
        if part not in known:
            raise ValueError(f"use one or more of {', '.join(known)}, comma between")
        found += known[part]
    return tuple(dict.fromkeys(found))
