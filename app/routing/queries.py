"""The one statement that decides."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, text

from app.database import session
from app.geo.positions import Position


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What rules may ask about."""

    jurisdiction_id: int
    service_id: int
    service_group_id: int
    position: Position
    channel: str


_DECIDE = text("""
WITH place AS MATERIALIZED (SELECT ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326) AS position)
SELECT ST_Covers(jurisdiction.boundary, place.position) AS is_covered,
       (SELECT other.name FROM jurisdiction AS other
         WHERE other.id <> jurisdiction.id AND ST_Covers(other.boundary, place.position) LIMIT 1) AS other_name,
       rule.id AS rule_id, rule.rank AS rule_rank,
       rule.service_id IS NOT NULL AS by_service, rule.service_group_id IS NOT NULL AS by_group,
       rule.area_name, department.id AS department_id, department.name AS department_name
  FROM place
  JOIN jurisdiction ON jurisdiction.id = :jurisdiction_id
  LEFT JOIN LATERAL (
       SELECT routing_rule.*, area.name AS area_name
         FROM routing_rule
         LEFT JOIN area ON area.id = routing_rule.area_id
        WHERE routing_rule.jurisdiction_id = jurisdiction.id
          AND routing_rule.is_active
          AND (routing_rule.service_id IS NULL OR routing_rule.service_id = :service_id)
          AND (routing_rule.service_group_id IS NULL OR routing_rule.service_group_id = :service_group_id)
          AND (routing_rule.channel IS NULL OR routing_rule.channel = :channel)
          AND (routing_rule.area_id IS NULL OR ST_Covers(area.boundary, place.position))
        ORDER BY routing_rule.rank, routing_rule.id
        LIMIT 1) AS rule ON true
  JOIN department ON department.jurisdiction_id = jurisdiction.id
   AND CASE WHEN rule.id IS NULL THEN department.is_first_line ELSE department.id = rule.department_id END
""")


def decide(facts: Facts) -> RowMapping:
    """Whether the municipality covers the position, and the first rule that fits or the first-line desk."""
    values: dict[str, Any] = {
        "longitude": facts.position.longitude,
        "latitude": facts.position.latitude,
        "jurisdiction_id": facts.jurisdiction_id,
        "service_id": facts.service_id,
        "service_group_id": facts.service_group_id,
        "channel": facts.channel,
    }
    return session().execute(_DECIDE, values).mappings().one()
