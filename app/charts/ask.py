"""What is asked of a chart: a municipality, a selection of reports, and the moment it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.statistics.figures import FigureRow, Question, behind


@dataclass(frozen=True, kw_only=True)
class Ask:
    """`query` is the selection as it stood in the address; empty means everything. `now` is aware."""

    jurisdiction: Jurisdiction
    filter: Filter
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def today(self) -> datetime:
        """Now, by the municipality's clock."""
        return self.now.astimezone(ZoneInfo(self.jurisdiction.time_zone))

    @property
    def has_period(self) -> bool:
        """Whether a time was chosen."""
        return bool(self.filter.start or self.filter.end or self.filter.year)

    @cached_property
    def recent(self) -> Filter:
        """The selection, held to the last 12 months where no time was chosen.

        How reports came in, and from what, is told of whole months: then the first of them is whole too.
        """
        if self.has_period:
            return self.filter
        start = a_year_before(self.today)
        if self.filter.channels or self.filter.device_classes:
            start = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return replace(self.filter, start=start)

    def without_period(self) -> Filter:
        """The selection at any time."""
        return replace(self.filter, start=None, end=None, year=None)

    def behind(self, question: Question, row: FigureRow, measure: str) -> dict[str, str] | None:
        """The query of the page that lists the reports behind a figure; None for a hidden figure."""
        if measure in row.hidden:
            return None
        return behind(question, row, measure, self.jurisdiction.time_zone)


def a_year_before(moment: datetime) -> datetime:
    """The same moment a year earlier; 28 February for the 29th."""
    return _in_year(moment, moment.year - 1)


def a_year_after(moment: datetime) -> datetime:
    """The same moment a year later; 1 March for 29 February."""
    if (moment.month, moment.day) == (2, 29):
        return _in_year(moment, moment.year + 1) + timedelta(days=1)
    return _in_year(moment, moment.year + 1)


def _in_year(moment: datetime, year: int) -> datetime:
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=year, day=day)
