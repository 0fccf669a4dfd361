"""What is read: answers that are kept, streets, and our own places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, select, text

from app.database import session
from app.geo.kartverket import Hit
from app.geo.positions import Position
from app.places.models import PlaceAnswer


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """An answer and when it was given."""

    hits: list[Hit]
    asked_at: datetime


def kept_answer(jurisdiction_id: int, question: bytes) -> KeptAnswer | None:
    """What was answered to this question last."""
    query = select(PlaceAnswer.hits, PlaceAnswer.asked_at).where(
        PlaceAnswer.jurisdiction_id == jurisdiction_id, PlaceAnswer.question == question
    )
    row = session().execute(query).first()
    return KeptAnswer(hits=[Hit(**hit) for hit in row.hits], asked_at=row.asked_at) if row else None


@dataclass(frozen=True, kw_only=True)
class Street:
    """A street that we know by the road network. EPSG:4326; metres from the place asked about."""

    name: str
    position: Position
    metres: float


_LIKE = text("""
SELECT name, ST_X(middle) AS longitude, ST_Y(middle) AS latitude, 0.0 AS metres
  FROM (SELECT DISTINCT ON (street_name) street_name AS name,
               ST_LineInterpolatePoint(line::geometry, 0.5) AS middle
          FROM road_segment
         WHERE jurisdiction_id = :jurisdiction_id AND street_name IS NOT NULL
           AND lower(street_name) LIKE ALL (CAST(:patterns AS text[]))
         ORDER BY street_name, ST_Length(line) DESC, id) AS street
 ORDER BY name
 LIMIT :limit
""")
_NEAR = text("""
WITH here AS (SELECT ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326) AS point)
SELECT name, ST_X(nearest) AS longitude, ST_Y(nearest) AS latitude, metres
  FROM (SELECT DISTINCT ON (street_name) street_name AS name,
               ST_ClosestPoint(line::geometry, point) AS nearest,
               ST_Distance(line, point::geography) AS metres
          FROM here, road_segment
         WHERE jurisdiction_id = :jurisdiction_id AND street_name IS NOT NULL
           AND ST_DWithin(line, point::geography, :metres)
         ORDER BY street_name, metres, id) AS street
 ORDER BY metres, name
 LIMIT :limit
""")


def streets_like(jurisdiction_id: int, words: Sequence[str], *, limit: int) -> list[Street]:
    """Streets whose names hold all the words, by name; their position is the middle of the longest piece."""
    escaped = [word.lower().replace("\\", "\\\\").replace("%", "\\%") for word in words]
    patterns = [f"%{word.replace('_', chr(92) + '_')}%" for word in escaped]
    values = {"jurisdiction_id": jurisdiction_id, "patterns": patterns, "limit": limit}
    return _streets(_LIKE, values)


def streets_near(
    jurisdiction_id: int, position: Position, *, metres: float, limit: int
) -> list[Street]:
    """The nearest streets that have a name, nearest first; their position is where they are nearest."""
    values = {
        "jurisdiction_id": jurisdiction_id,
        "longitude": position.longitude,
        "latitude": position.latitude,
        "metres": metres,
        "limit": limit,
    }
    return _streets(_NEAR, values)


def _streets(query: TextClause, values: Mapping[str, object]) -> list[Street]:
    return [
        Street(
            name=row["name"],
            position=Position(longitude=row["longitude"], latitude=row["latitude"]),
            metres=row["metres"],
        )
        for row in session().execute(query, values).mappings()
    ]
