"""SELECTs over planned work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from app.catalog.models import ServiceGroup
from app.database import session
from app.geo.positions import Position
from app.planned_work.models import PlannedWork


@dataclass(frozen=True, kw_only=True)
class Work:
    """Work that is planned or going on. From and with `starts_on`, to and with `ends_on`, local days."""

    code: str
    title: dict[str, str]
    description: dict[str, str]
    starts_on: date
    ends_on: date
    group_code: str | None


def _works(jurisdiction_id: int, on: date) -> Select[*tuple[object, ...]]:
    """What is not over, the earliest first."""
    return (
        select(
            PlannedWork.code,
            PlannedWork.title,
            PlannedWork.description,
            PlannedWork.starts_on,
            PlannedWork.ends_on,
            ServiceGroup.code.label("group_code"),
        )
        .outerjoin(ServiceGroup, ServiceGroup.id == PlannedWork.service_group_id)
        .where(PlannedWork.jurisdiction_id == jurisdiction_id, PlannedWork.ends_on >= on)
        .order_by(PlannedWork.starts_on, PlannedWork.code)
    )


def coming(jurisdiction_id: int, on: date) -> Sequence[Work]:
    """Everything that goes on that day or is planned after it."""
    rows = session().execute(_works(jurisdiction_id, on)).mappings()
    return [Work(**row) for row in rows]


def at(jurisdiction_id: int, position: Position, on: date) -> Sequence[Work]:
    """What goes on, or is planned, at a position (EPSG:4326) that day or later."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    query = _works(jurisdiction_id, on).where(func.ST_Covers(PlannedWork.area, point))
    return [Work(**row) for row in session().execute(query).mappings()]


def shapes(jurisdiction_id: int, on: date) -> Sequence[tuple[Work, str]]:
    """As `coming`, each with its area as GeoJSON text, EPSG:4326, 6 decimals."""
    query = _works(jurisdiction_id, on).add_columns(
        func.ST_AsGeoJSON(PlannedWork.area, 6).label("area")
    )
    found = []
    for row in session().execute(query).mappings():
        values = dict(row)
        area = values.pop("area")
        found.append((Work(**values), area))
    return found
