"""What the collections of OGC API Features hold, as SQL: boxes, moments, coordinate systems, keyset pages.

Geometries come as GeoJSON text in the system that is asked for, axes in that system's order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_

from app.database import session
from app.jurisdictions.models import District, Jurisdiction
from app.open_data import works
from app.open_data.ogc_crs import CRS84, Corners, System
from app.open_data.ogc_rough import rough_box
from app.open_data.ogc_time import Span
from app.open_data.reports import DECIMALS, selected
from app.planned_work.models import PlannedWork
from app.routing.models import Area
from app.service_requests.filter import Cursor, Filter
from app.service_requests.models import ServiceRequest

Areas = type[District] | type[PlannedWork] | type[Area]
SHAPES = {District: District.area, PlannedWork: PlannedWork.area, Area: Area.boundary}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a page of a collection is asked for. `span` has no meaning for areas without days."""

    box: Corners | None = None
    span: Span | None = None
    zone_days: tuple[date | None, date | None] = (None, None)
    """`span` as local days, for what is known by day."""
    system: System = CRS84
    limit: int = 100


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of rows as mappings with `geometry` as GeoJSON text, and how many there are in all."""

    rows: Sequence[dict[str, Any]]
    matched: int


def _reports(
    jurisdiction: Jurisdiction, chosen: Filter, system: System
) -> Select[*tuple[Any, ...]]:
    place = func.ST_SnapToGrid(ServiceRequest.public_position, 10**-DECIMALS)
    return selected(jurisdiction, chosen).add_columns(
        ServiceRequest.id.label("key"),
        ServiceRequest.requested_at.label("moment"),
        geojson(place, system).label("geometry"),
    )


def reports(
    jurisdiction: Jurisdiction, chosen: Filter, wanted: Wanted, after: Cursor | None
) -> Found:
    """A page of reports, the newest first. What was rejected is nobody's to see."""
    narrowed = _reports(jurisdiction, chosen, wanted.system).where(
        inside(ServiceRequest.public_position, wanted.box), _received_in(wanted.span)
    )
    matched = session().scalar(
        select(func.count()).select_from(narrowed.with_only_columns(ServiceRequest.id).subquery())
    )
    if after is not None:
        place = tuple_(ServiceRequest.requested_at, ServiceRequest.id)
        narrowed = narrowed.where(place < tuple_(after.requested_at, after.id))
    page = narrowed.order_by(ServiceRequest.requested_at.desc(), ServiceRequest.id.desc())
    return Found(rows=_rows(page.limit(wanted.limit)), matched=matched or 0)


def report(jurisdiction: Jurisdiction, number: str, system: System) -> dict[str, Any] | None:
    """The report with this number, as in the list."""
    query = _reports(jurisdiction, Filter(jurisdiction_id=jurisdiction.id), system)
    found = _rows(query.where(ServiceRequest.number == number))
    return found[0] if found else None


def _areas(
    kind: Areas, jurisdiction_id: int, system: System, groups: Sequence[str] = ()
) -> Select[*tuple[Any, ...]]:
    shape = geojson(func.ST_ForcePolygonCCW(SHAPES[kind]), system).label("geometry")
    query: Select[*tuple[Any, ...]]
    if issubclass(kind, PlannedWork):
        return works.selected(jurisdiction_id, groups).add_columns(shape)
    if issubclass(kind, District):
        query = select(kind.code, kind.name, kind.source, shape)
    else:
        query = select(kind.code, kind.name, shape)
    return query.where(kind.jurisdiction_id == jurisdiction_id)


def areas(
    kind: Areas, jurisdiction_id: int, wanted: Wanted, groups: Sequence[str], after: str | None
) -> Found:
    """A page of areas by their codes. `groups` and the days narrow planned work only."""
    everything = _areas(kind, jurisdiction_id, wanted.system, groups)
    narrowed = everything.where(inside(SHAPES[kind], wanted.box))
    if issubclass(kind, PlannedWork):
        first, last = wanted.zone_days
        narrowed = narrowed.where(
            kind.ends_on >= first if first else true(), kind.starts_on <= last if last else true()
        )
    matched = session().scalar(
        select(func.count()).select_from(narrowed.with_only_columns(kind.id).subquery())
    )
    if after is not None:
        narrowed = narrowed.where(kind.code > after)
    page = narrowed.order_by(kind.code).limit(wanted.limit)
    return Found(rows=_rows(page), matched=matched or 0)


def area(kind: Areas, jurisdiction_id: int, code: str, system: System) -> dict[str, Any] | None:
    """The area with this code, as in the list."""
    found = _rows(_areas(kind, jurisdiction_id, system).where(kind.code == code))
    return found[0] if found else None


def extent(jurisdiction_id: int) -> tuple[float, float, float, float]:
    """West, south, east, north of the municipality; EPSG:4326, degrees."""
    box = func.Box3D(Jurisdiction.boundary)
    query = select(
        func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)
    ).where(Jurisdiction.id == jurisdiction_id)
    west, south, east, north = session().execute(query).one()
    return west, south, east, north


def first_received(jurisdiction_id: int) -> datetime | None:
    """When the first report that is still known came in."""
    wanted = ServiceRequest.jurisdiction_id == jurisdiction_id
    return session().scalar(select(func.min(ServiceRequest.requested_at)).where(wanted))


def days_of_work(jurisdiction_id: int) -> tuple[date | None, date | None]:
    """The first and the last day of all planned work."""
    query = select(func.min(PlannedWork.starts_on), func.max(PlannedWork.ends_on)).where(
        PlannedWork.jurisdiction_id == jurisdiction_id
    )
    first, last = session().execute(query).one()
    return first, last


def geojson(shape: Any, system: System) -> ColumnElement[str]:
    """A geometry of EPSG:4326 as GeoJSON text in another system, axes in that system's order."""
    if system.srid != CRS84.srid:
        shape = func.ST_Transform(shape, system.srid)
    if system.is_flipped:
        shape = func.ST_FlipCoordinates(shape)
    return func.ST_AsGeoJSON(shape, system.decimals, 0)


def inside(shape: Any, box: Corners | None) -> ColumnElement[bool]:
    """Whether a geometry of EPSG:4326 touches a box of any system: exactly, by the index where one can."""
    if box is None:
        return true()
    return or_(*(_touches(shape, part) for part in box.parts()))


def _touches(shape: Any, box: Corners) -> ColumnElement[bool]:
    exact = _envelope(box)
    if box.system.srid == CRS84.srid:
        return func.ST_Intersects(shape, exact)
    touches = func.ST_Intersects(func.ST_Transform(shape, box.system.srid), exact)
    rough = rough_box(box)
    return touches if rough is None else and_(shape.op("&&")(_envelope(rough)), touches)


def _envelope(box: Corners) -> ColumnElement[Any]:
    return func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, box.system.srid)


def _received_in(span: Span | None) -> ColumnElement[bool]:
    moment = ServiceRequest.requested_at
    if span is None:
        return true()
    return and_(
        moment >= span.start if span.start else true(), moment <= span.end if span.end else true()
    )


def _rows(query: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row) for row in session().execute(query).mappings()]
