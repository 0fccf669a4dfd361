"""Which measure a map or a comparison shows, and rates per 1000 inhabitants where these are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.charts.ask import Ask
from app.statistics.figures import FigureRow
from app.statistics.population import population

RATE = "received_per_1000"


@dataclass(frozen=True, kw_only=True)
class People:
    """Inhabitants by code in one year; `year` None: not known for all."""

    year: int | None
    count: Mapping[str, Decimal]

    def rate(self, row: FigureRow | None, code: str) -> float | None:
        """Reports per 1000 inhabitants; no row is no report; None where either number is not there."""
        received = row.values["received"] if row else 0
        if received is None or code not in self.count:
            return None
        return float(received) / float(self.count[code]) * 1000


NOBODY = People(year=None, count={})


def people_of_districts(ask: Ask, codes: list[str]) -> People:
    """The newest year, not later than what is asked for, in which every district has a number."""
    known = population(ask.jurisdiction.id)
    for year in sorted({year for year, code in known if code}, reverse=True):
        count = {code: known[year, code] for code in codes if (year, code) in known}
        if year <= _last_year(ask) and len(count) == len(codes) > 0:
            return People(year=year, count=count)
    return NOBODY


def people_of(ask: Ask, jurisdiction_id: int) -> tuple[int, Decimal] | None:
    """The inhabitants of a whole municipality in the newest such year."""
    known = population(jurisdiction_id)
    years = [year for year, code in known if code is None and year <= _last_year(ask)]
    return (max(years), known[max(years), None]) if years else None


def _last_year(ask: Ask) -> int:
    """The year of the last moment asked for, in the municipality's zone; the end is not included."""
    wanted = ask.filter
    if wanted.year:
        return wanted.year
    if wanted.end is None:
        return ask.today.year
    last = min(wanted.end - timedelta(microseconds=1), ask.now)
    return last.astimezone(ZoneInfo(ask.jurisdiction.time_zone)).year
