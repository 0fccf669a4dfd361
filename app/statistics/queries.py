"""SELECTs over counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from app.database import session
from app.statistics.models import HistoricCount


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a year's reports in one group add up to."""

    year: int
    group_code: str
    received: int
    led_to_improvement: int
    outcome_unknown: int = 0


_COUNTED = text("""
SELECT year, service_group.code AS group_code,
       sum(received)::bigint AS received, sum(counts.led_to_improvement)::bigint AS led_to_improvement,
       sum(counts.outcome_unknown)::bigint AS outcome_unknown
  FROM (SELECT service_id, year, received, led_to_improvement, outcome_unknown
          FROM yearly_count WHERE jurisdiction_id = :jurisdiction_id
        UNION ALL
        SELECT service_id, year, received, led_to_improvement, outcome_unknown
          FROM count_ledger WHERE jurisdiction_id = :jurisdiction_id) AS counts
  JOIN service ON service.id = counts.service_id
  JOIN service_group ON service_group.id = service.group_id
 GROUP BY year, service_group.code
HAVING sum(received) <> 0
 ORDER BY year, service_group.code
""")


def counted(jurisdiction_id: int) -> list[Counted]:
    """The counts of every year with reports: folded counts and the ledger's tail, in one snapshot."""
    rows = session().execute(_COUNTED, {"jurisdiction_id": jurisdiction_id}).mappings()
    return [Counted(**row) for row in rows]


_PLAIN = text("""
SELECT extract(year FROM requested_at AT TIME ZONE jurisdiction.time_zone)::int AS year,
       service_group.code AS group_code, count(*) AS received,
       count(*) FILTER (WHERE service_request.led_to_improvement) AS led_to_improvement,
       count(*) FILTER (WHERE status = 'unknown') AS outcome_unknown
  FROM service_request
  JOIN jurisdiction ON jurisdiction.id = service_request.jurisdiction_id
  JOIN service ON service.id = service_request.service_id
  JOIN service_group ON service_group.id = service.group_id
 WHERE service_request.jurisdiction_id = :jurisdiction_id AND status <> 'rejected'
 GROUP BY 1, 2
 ORDER BY 1, 2
""")


def plain_count(jurisdiction_id: int) -> list[Counted]:
    """The same by a plain count over the reports: what `counted` must always equal."""
    rows = session().execute(_PLAIN, {"jurisdiction_id": jurisdiction_id}).mappings()
    return [Counted(**row) for row in rows]


def historic(jurisdiction_id: int) -> Sequence[HistoricCount]:
    """The imported figures, by year."""
    query = (
        select(HistoricCount)
        .where(HistoricCount.jurisdiction_id == jurisdiction_id)
        .order_by(HistoricCount.year, HistoricCount.id)
    )
    return session().scalars(query).all()


def fold() -> int:
    """Fold the ledger into the yearly counts; how many ledger rows were taken."""
    return session().scalar(select(func.fold_count_ledger())) or 0
