"""What is stored with reports about their place, looked up anew when roads or lamps have come in later."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from app.database import session
from app.routing.matching import NEAREST_LAMP, NEAREST_ROAD
from app.service_requests.models import ServiceRequest

BATCH = 1000

_REFRESH = text(f"""
WITH batch AS MATERIALIZED (
     SELECT request.id, request.jurisdiction_id, request.position::geography AS place,
            service.needs = 'lamp' AS needs_lamp,
            ARRAY(SELECT about.asset_id FROM service_request_asset AS about
                   WHERE about.service_request_id = request.id) AS asset_ids
       FROM service_request AS request
       JOIN service ON service.id = request.service_id
      WHERE request.jurisdiction_id = :jurisdiction_id AND request.requested_at >= :since
        AND request.id > :after
      ORDER BY request.id
      LIMIT :batch
        FOR NO KEY UPDATE OF request),
found AS MATERIALIZED (
     SELECT fact.id, road.category, road.manager, lamp.owner
       FROM batch AS fact
       LEFT JOIN LATERAL ({NEAREST_ROAD}) AS road ON true
       LEFT JOIN LATERAL ({NEAREST_LAMP}) AS lamp ON true),
changed AS (
     UPDATE service_request AS request
        SET road_category = found.category, road_manager = found.manager, asset_owner = found.owner
       FROM found
      WHERE request.id = found.id
        AND (request.road_category, request.road_manager, request.asset_owner)
            IS DISTINCT FROM (found.category, found.manager, found.owner)
  RETURNING request.id)
SELECT (SELECT count(*) FROM found) AS looked_at, (SELECT count(*) FROM changed) AS changed,
       (SELECT max(id) FROM found) AS last_id
""")  # noqa: S608


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """One batch: how many reports, how many got other facts, and the last key, to go on after."""

    looked_at: int
    changed: int
    last_id: int


def refresh(
    jurisdiction_id: int, *, since: datetime, after: int = 0, batch: int = BATCH
) -> Refreshed | None:
    """Look the next reports' road and lamp up in the ground as it is now; None when there are no more.

    The version and the time of the last change stay: nobody did anything to the report. One transaction
    for each batch, so that nobody waits for long; call again with `after` the last key.
    """
    values = {"jurisdiction_id": jurisdiction_id, "since": since, "after": after, "batch": batch}
    row = session().execute(_REFRESH, values).one()
    if not row.looked_at:
        return None
    session().expire_all()
    return Refreshed(looked_at=row.looked_at, changed=row.changed, last_id=row.last_id)


def count(jurisdiction_id: int, *, since: datetime) -> int:
    """How many reports there are to look up."""
    query = select(func.count(ServiceRequest.id)).where(
        ServiceRequest.jurisdiction_id == jurisdiction_id, ServiceRequest.requested_at >= since
    )
    return session().scalar(query) or 0
