"""Demo roads and lamps, so that routing has something to stand on until the real ones are imported."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, text

from app.database import session
from app.geo.files import features, read_json
from app.geo.road_files import read_roads
from app.geo.segments import Segment
from app.jurisdictions.models import Jurisdiction
from app.planned_work.operations import replace_demo
from app.routing.models import LAMP, Asset, GroundImport, GroundKind, Owner, RoadSegment
from app.routing.queries import latest_import
from app.routing.roads import replace_roads

SOURCE = "[Demo]"
"""How the source of demo roads and lamps begins: `demo remove` knows them by it."""
METRES_BETWEEN = 40
LAMPS_ON_A_CIRCUIT = 12
OWNERS = {"E": Owner.STATE, "R": Owner.STATE, "F": Owner.COUNTY, "K": Owner.MUNICIPALITY}

_LAMPS = text("""
WITH road AS (
     SELECT id, category, line, greatest(1, floor(ST_Length(line) / :metres))::integer AS steps
       FROM road_segment
      WHERE jurisdiction_id = :jurisdiction_id AND category = ANY (:categories)),
lamp AS (
     SELECT row_number() OVER (ORDER BY road.id, step) AS place, road.id, road.category, step,
            ST_LineInterpolatePoint(road.line::geometry, step::float / road.steps) AS position
       FROM road CROSS JOIN LATERAL generate_series(0, road.steps) AS step)
INSERT INTO asset (jurisdiction_id, kind, number, owner, circuit, position, is_active)
SELECT :jurisdiction_id, :kind, 'D' || (1000 + place), CAST(:owners AS jsonb) ->> category,
       'D' || id || '-' || (step / :on_a_circuit), position::geography, true
  FROM lamp
""")


def make_ground(jurisdiction: Jurisdiction, folder: Path) -> bool:
    """Demo roads and lamps along them, unless roads or lamps were imported; whether it made any.

    The lines are drawn coarsely by hand; nothing may be decided by them.
    """
    kinds = (GroundKind.ROADS, GroundKind.ASSETS)
    path = folder / "demo" / "roads.geojson"
    if not path.exists() or any(latest_import(jurisdiction.id, kind) for kind in kinds):
        return False
    now = datetime.now(UTC)
    segments: list[Segment] = read_roads(path, epsg=None).segments
    replace_roads(jurisdiction.id, segments, source=f"{SOURCE} {path.name}", now=now)
    values = {
        "jurisdiction_id": jurisdiction.id,
        "metres": METRES_BETWEEN,
        "categories": list(OWNERS),
        "kind": LAMP,
        "owners": json.dumps(OWNERS),
        "on_a_circuit": LAMPS_ON_A_CIRCUIT,
    }
    made = session().execute(_LAMPS, values).rowcount  # type: ignore[attr-defined]
    session().add(
        GroundImport(
            jurisdiction_id=jurisdiction.id,
            kind=GroundKind.ASSETS,
            source=f"{SOURCE} lamps along the demo roads",
            rows=made,
            imported_at=now,
        )
    )
    return True


def make_works(jurisdiction: Jurisdiction, folder: Path) -> None:
    """Demo work around today, so that the map has some to show: an example, nobody's plan."""
    path = folder / "demo" / "planned_work.geojson"
    if not path.exists():
        return
    today = datetime.now(UTC).date()
    found = features(path, read_json(path))
    for _, feature in found:
        days = feature["properties"]
        days["from"] = (today + timedelta(days=days["starts_in_days"])).isoformat()
        days["to"] = (today + timedelta(days=days["ends_in_days"])).isoformat()
    replace_demo(found, jurisdiction.id)


def remove_ground(jurisdiction_id: int) -> None:
    """Take demo roads, lamps and work away, unless real ones have taken their place. After the demo reports."""
    replace_demo([], jurisdiction_id)
    for kind, table in ((GroundKind.ROADS, RoadSegment), (GroundKind.ASSETS, Asset)):
        latest = latest_import(jurisdiction_id, kind)
        if latest is not None and latest.source.startswith(SOURCE):
            session().execute(delete(table).where(table.jurisdiction_id == jurisdiction_id))
            session().delete(latest)
