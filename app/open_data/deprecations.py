"""Addresses of the interface that will go: since when it is known, when they end, and what comes instead. Pure.

`docs/api.md` is the promise to callers; the headers are those of RFC 9745 and RFC 8594.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

POLICY = "/apne-data#changes"
NOTICE = timedelta(days=365)
"""The least time between the announcement and the end."""


@dataclass(frozen=True, kw_only=True)
class Deprecation:
    """An endpoint that ends. From `since` callers are told; from `sunset` on it may answer 410."""

    since: date
    sunset: date
    successor: str
    """The address that does the same, from the root of the service."""

    def __post_init__(self) -> None:
        if self.sunset - self.since < NOTICE:
            raise ValueError("an address ends a year after it was announced, or later")

    def headers(self) -> list[tuple[str, str]]:
        """What every answer says until the end."""
        return [
            ("Deprecation", f"@{int(_midnight(self.since).timestamp())}"),
            ("Sunset", format_datetime(_midnight(self.sunset), usegmt=True)),
            ("Link", f'<{POLICY}>; rel="deprecation"; type="text/html"'),
            ("Link", f'<{self.successor}>; rel="successor-version"'),
        ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


DEPRECATED: Mapping[str, Deprecation] = {}
"""By Flask's name of the endpoint. Empty: all of version 1 is here to stay for now."""
