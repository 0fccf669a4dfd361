"""Roads: from NVDB's segments into the database."""

from collections.abc import Sequence
from datetime import datetime

import shapely
from sqlalchemy import delete, text

from app.database import driver_connection, session
from app.geo.segments import Segment
from app.jobs import defer
from app.jurisdictions.operations import one_import_at_a_time
from app.routing.models import GroundImport, GroundKind, RoadSegment

_COPY = """
COPY road_segment (jurisdiction_id, category, number, road_type, manager, street_name, reference, line)
FROM STDIN
"""


def replace_roads(
    jurisdiction_id: int, segments: Sequence[Segment], *, source: str, now: datetime
) -> int:
    """Put these segments in the place of all that the municipality has; how many it had.

    Orders the job that finds the streets of private addresses anew.
    """
    one_import_at_a_time(jurisdiction_id)
    mine = RoadSegment.jurisdiction_id == jurisdiction_id
    before = session().execute(delete(RoadSegment).where(mine)).rowcount  # type: ignore[attr-defined]
    lines = shapely.to_wkb([segment.line for segment in segments], hex=True)
    with driver_connection().cursor() as cursor, cursor.copy(_COPY) as rows:
        for segment, line in zip(segments, lines, strict=True):
            rows.write_row(
                (
                    jurisdiction_id,
                    segment.category,
                    segment.number,
                    segment.road_type,
                    segment.manager,
                    segment.street_name,
                    segment.reference,
                    line,
                )
            )
    # The plan of the one statement that decides depends on how many rows there are.
    session().execute(text("ANALYZE road_segment"))
    session().add(
        GroundImport(
            jurisdiction_id=jurisdiction_id,
            kind=GroundKind.ROADS,
            source=source,
            rows=len(segments),
            imported_at=now,
        )
    )
    defer("service_requests.renew_public_places", jurisdiction_id=jurisdiction_id)
    session().flush()
    return int(before)
