"""The parameter `datetime` of OGC API Features: an instant, a day, or an interval that may be open. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
OPEN = {"", ".."}
HELP = (
    "write a moment such as 2026-03-01T12:00:00Z, a day such as 2026-03-01, or an interval such as "
    "2026-01-01/2026-03-31, 2026-01-01/.. or ../2026-03-31"
)
TICK = timedelta(microseconds=1)
"""The smallest step of the database's moments."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """From and with `start`, to and with `end`, aware. None is open."""

    start: datetime | None
    end: datetime | None


def read_span(written: str, zone: ZoneInfo) -> Span:
    """What a `datetime` asks for. Days are whole days by the municipality's clock.

    :raises ValueError: it is neither a moment, nor a day, nor an interval.
    """
    parts = written.strip().split("/")
    if len(parts) == 1:
        return Span(start=_ends(parts[0], zone)[0], end=_ends(parts[0], zone)[1])
    if len(parts) != 2 or all(part in OPEN for part in parts):
        raise ValueError(HELP)
    first, last = parts
    start = None if first in OPEN else _ends(first, zone)[0]
    end = None if last in OPEN else _ends(last, zone)[1]
    if start is not None and end is not None and start > end:
        raise ValueError("the interval ends before it begins")
    return Span(start=start, end=end)


def _ends(written: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last moment of a day; twice the same for a moment."""
    try:
        if DAY.fullmatch(written):
            start = datetime.fromisoformat(written).replace(tzinfo=zone)
            return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC) - TICK
        if MOMENT.fullmatch(written):
            moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
            return moment, moment
    except (ValueError, OverflowError) as fault:
        raise ValueError(HELP) from fault
    raise ValueError(HELP)
