"""SELECTs over sealed years and what was corrected after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.statistics.models import HistoricCount, Indicator, IndicatorSeries, SealedYear


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the reports of a year and a service add up to."""

    received: int = 0
    led_to_improvement: int = 0
    outcome_unknown: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            received=self.received + other.received,
            led_to_improvement=self.led_to_improvement + other.led_to_improvement,
            outcome_unknown=self.outcome_unknown + other.outcome_unknown,
        )

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(
            received=self.received - other.received,
            led_to_improvement=self.led_to_improvement - other.led_to_improvement,
            outcome_unknown=self.outcome_unknown - other.outcome_unknown,
        )

    def __bool__(self) -> bool:
        return bool(self.received or self.led_to_improvement or self.outcome_unknown)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What one change did to a sealed year. `number` None: the report is not public."""

    id: int
    occurred_at: datetime
    service_id: int
    counts: Counts
    reason: str
    number: str | None


_SUMS = "sum(received)::bigint, sum({t}.led_to_improvement)::bigint, sum(outcome_unknown)::bigint"
_KEPT = text(f"""
SELECT service_id, {_SUMS.format(t="counts")}
  FROM (SELECT service_id, received, led_to_improvement, outcome_unknown
          FROM yearly_count WHERE jurisdiction_id = :jurisdiction_id AND year = :year
        UNION ALL
        SELECT service_id, received, led_to_improvement, outcome_unknown
          FROM count_ledger WHERE jurisdiction_id = :jurisdiction_id AND year = :year) AS counts
 GROUP BY service_id
""")  # noqa: S608
_LIVE = text("""
SELECT service_id, count(*), count(*) FILTER (WHERE led_to_improvement),
       count(*) FILTER (WHERE status = 'unknown')
  FROM service_request
 WHERE jurisdiction_id = :jurisdiction_id AND received_year = :year AND status <> 'rejected'
 GROUP BY service_id
""")
_REVISED = text(f"""
SELECT service_id, {_SUMS.format(t="figure_revision")}
  FROM figure_revision WHERE jurisdiction_id = :jurisdiction_id AND year = :year GROUP BY service_id
""")  # noqa: S608


def _by_service(statement: Any, jurisdiction_id: int, year: int) -> dict[int, Counts]:
    rows = session().execute(statement, {"jurisdiction_id": jurisdiction_id, "year": year})
    found = {
        service: Counts(received=received, led_to_improvement=improved, outcome_unknown=unknown)
        for service, received, improved, unknown in rows
    }
    return {service: counts for service, counts in found.items() if counts}


def kept(jurisdiction_id: int, year: int) -> dict[int, Counts]:
    """What the kept counts say of a year now, by the key of the service."""
    return _by_service(_KEPT, jurisdiction_id, year)


def live(jurisdiction_id: int, year: int) -> dict[int, Counts]:
    """The same by a plain count over the reports."""
    return _by_service(_LIVE, jurisdiction_id, year)


def revised(jurisdiction_id: int, year: int) -> dict[int, Counts]:
    """What changed since the year was sealed, by the key of the service."""
    return _by_service(_REVISED, jurisdiction_id, year)


_REVISIONS = text("""
SELECT figure_revision.id, occurred_at, figure_revision.service_id, received,
       figure_revision.led_to_improvement, outcome_unknown, reason,
       CASE WHEN request.status <> 'rejected' THEN request.number END AS number
  FROM figure_revision
  LEFT JOIN service_request AS request
       ON request.jurisdiction_id = figure_revision.jurisdiction_id
      AND request.number = figure_revision.number
 WHERE figure_revision.jurisdiction_id = :jurisdiction_id AND year = :year
   AND figure_revision.id < coalesce(:before, 9223372036854775807)
 ORDER BY figure_revision.id DESC LIMIT :limit
""")


def revisions(
    jurisdiction_id: int, year: int, *, limit: int, before: int | None = None
) -> list[Revision]:
    """What was corrected after a year was sealed, newest first; a page of it, older than key `before`."""
    values = {"jurisdiction_id": jurisdiction_id, "year": year, "limit": limit, "before": before}
    return [
        Revision(
            id=row.id,
            occurred_at=row.occurred_at,
            service_id=row.service_id,
            counts=Counts(
                received=row.received,
                led_to_improvement=row.led_to_improvement,
                outcome_unknown=row.outcome_unknown,
            ),
            reason=row.reason,
            number=row.number,
        )
        for row in session().execute(_REVISIONS, values)
    ]


def sealed(jurisdiction_id: int, year: int) -> SealedYear | None:
    """The sealed year."""
    query = select(SealedYear).where(
        SealedYear.jurisdiction_id == jurisdiction_id, SealedYear.year == year
    )
    return session().scalars(query).one_or_none()


def all_sealed(jurisdiction_id: int) -> Sequence[SealedYear]:
    """All sealed years, newest first."""
    query = (
        select(SealedYear)
        .where(SealedYear.jurisdiction_id == jurisdiction_id)
        .order_by(SealedYear.year.desc())
    )
    return session().scalars(query).all()


_YEARS = text("""
SELECT DISTINCT year FROM (
    SELECT year FROM yearly_count WHERE jurisdiction_id = :jurisdiction_id AND received <> 0
    UNION SELECT year FROM count_ledger WHERE jurisdiction_id = :jurisdiction_id AND received <> 0) AS years
 ORDER BY year
""")


def counted_years(jurisdiction_id: int) -> list[int]:
    """The years in which reports came in."""
    return list(session().scalars(_YEARS, {"jurisdiction_id": jurisdiction_id}))


def is_published(jurisdiction_id: int, year: int) -> bool:
    """Whether the year's figures were imported as an annual report gave them."""
    query = select(HistoricCount.id).where(
        HistoricCount.jurisdiction_id == jurisdiction_id, HistoricCount.year == year
    )
    return session().scalars(query.limit(1)).first() is not None


_DEMO = text("""
SELECT EXISTS (SELECT FROM service_request
                WHERE jurisdiction_id = :jurisdiction_id AND received_year = :year AND is_demo)
""")


def has_demo(jurisdiction_id: int, year: int) -> bool:
    """Whether some of the year's reports were made to try things on."""
    values = {"jurisdiction_id": jurisdiction_id, "year": year}
    return bool(session().scalar(_DEMO, values))


def services(jurisdiction_id: int) -> Mapping[int, Service]:
    """All services, also those out of use, by key, in the table's order."""
    query = (
        select(Service)
        .join(Service.group)
        .where(Service.jurisdiction_id == jurisdiction_id)
        .order_by(ServiceGroup.rank, Service.rank, Service.id)
    )
    return {service.id: service for service in session().scalars(query)}


def indicators(jurisdiction_id: int, year: int) -> list[tuple[IndicatorSeries, Indicator]]:
    """The year's figures from elsewhere, in the order of their series."""
    query = (
        select(IndicatorSeries, Indicator)
        .join(Indicator, Indicator.series_id == IndicatorSeries.id)
        .where(Indicator.jurisdiction_id == jurisdiction_id, Indicator.year == year)
        .order_by(IndicatorSeries.rank, IndicatorSeries.id, Indicator.district_code.nulls_first())
    )
    return [(series, indicator) for series, indicator in session().execute(query)]
