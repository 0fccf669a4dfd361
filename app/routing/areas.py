"""Areas that administrators draw. One that a rule asks for is never changed: draw another and use that."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from app.database import session
from app.errors import Conflict, Invalid, NotFound
from app.geo.shapes import BrokenShape, Flaw, as_column, multipolygon
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.routing import changes
from app.routing.models import Area, RoutingDraft, RoutingRule
from app.routing.queries import areas
from app.routing.rules import Kind

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "é": "e"})
MAX_CODE = 40


@dataclass(frozen=True, kw_only=True)
class KnownArea:
    """An area and the names of the rules, in force or in the draft, that ask for it."""

    id: int
    code: str
    name: Mapping[str, str]
    square_metres: float
    used_by: Sequence[str]


def known_areas(jurisdiction_id: int) -> list[KnownArea]:
    """All areas, by code, with their size on the globe and who uses them."""
    size = select(Area.id, func.ST_Area(func.geography(Area.boundary))).where(
        Area.jurisdiction_id == jurisdiction_id
    )
    sizes: dict[int, float] = dict(session().execute(size).all())
    used = _used(jurisdiction_id)
    return [
        KnownArea(
            id=area.id,
            code=area.code,
            name=area.name,
            square_metres=sizes[area.id],
            used_by=used.get(area.id, []),
        )
        for area in areas(jurisdiction_id)
    ]


def shapes(jurisdiction_id: int) -> list[tuple[str, Mapping[str, str], dict[str, Any]]]:
    """Code, name and GeoJSON geometry (EPSG:4326, 6 decimals) of each area."""
    query = (
        select(Area.code, Area.name, func.ST_AsGeoJSON(Area.boundary, 6))
        .where(Area.jurisdiction_id == jurisdiction_id)
        .order_by(Area.code)
    )
    return [(code, name, json.loads(shape)) for code, name, shape in session().execute(query)]


def add_area(jurisdiction_id: int, name: dict[str, str], geojson: str, *, account_id: int) -> Area:
    """A new area with a code made from its name.

    :raises Invalid: not GeoJSON of an area, or one that shares no place with the municipality.
    """
    now = changes.one_at_a_time(jurisdiction_id)
    known = areas(jurisdiction_id)
    names = {text.casefold() for area in known for text in area.name.values()}
    if any(text.casefold() in names for text in name.values()):
        raise Invalid({"name_nb": gettext("Another area has this name.")})
    area = Area(
        jurisdiction_id=jurisdiction_id,
        code=_code(name["nb"], {area.code for area in known}),
        name=name,
        boundary=outline(jurisdiction_id, geojson),
    )
    session().add(area)
    session().flush()
    changes.record_area(area, Kind.AREA_ADDED, account_id=account_id, now=now)
    return area


def remove_area(jurisdiction_id: int, code: str, *, account_id: int) -> Area:
    """Delete an area that no rule asks for.

    :raises NotFound: there is none. :raises Conflict: a rule, in force or in the draft, asks for it.
    """
    now = changes.one_at_a_time(jurisdiction_id)
    query = select(Area).where(Area.jurisdiction_id == jurisdiction_id, Area.code == code)
    area = session().scalars(query).one_or_none()
    if area is None:
        raise NotFound(gettext("There is no such area. It may have been removed."))
    used = _used(jurisdiction_id).get(area.id)
    if used:
        raise Conflict(gettext("A rule asks for this area: %(names)s.", names=", ".join(used)))
    changes.record_area(area, Kind.AREA_REMOVED, account_id=account_id, now=now)
    of_removed = update(RoutingRule).where(RoutingRule.area_id == area.id, RoutingRule.is_removed)
    session().execute(of_removed.values(area_id=None))
    session().delete(area)
    session().flush()
    return area


def _used(jurisdiction_id: int) -> dict[int, list[str]]:
    mine = RoutingRule.jurisdiction_id == jurisdiction_id
    query = (
        select(RoutingRule.area_id, RoutingRule.name)
        .where(mine, RoutingRule.area_id.is_not(None), ~RoutingRule.is_removed)
        .order_by(RoutingRule.rank)
    )
    pairs = [(key, name) for key, name in session().execute(query)]
    draft = session().get(RoutingDraft, jurisdiction_id, populate_existing=True)
    pairs += [(rule["area_id"], rule["name"]) for rule in (draft.rules if draft else [])]
    used: dict[int, list[str]] = {}
    for key, name in pairs:
        if key is not None and name not in used.setdefault(key, []):
            used[key].append(name)
    return used


def outline(jurisdiction_id: int, geojson: str) -> Any:
    """An area from GeoJSON text (EPSG:4326, longitude first), as a column.

    :raises Invalid: not GeoJSON of an area, or one that shares no place with the municipality; the field is
        `boundary`.
    """
    try:
        content = json.loads(geojson)
    except (ValueError, RecursionError) as fault:
        raise Invalid({"boundary": gettext("This is not GeoJSON.")}) from fault
    try:
        column = as_column(multipolygon(content, repair=False))
    except BrokenShape as fault:
        raise Invalid({"boundary": _why(fault.flaw)}) from fault
    meets = select(func.ST_Intersects(Jurisdiction.boundary, column)).where(
        Jurisdiction.id == jurisdiction_id
    )
    if not session().scalar(meets):
        raise Invalid({"boundary": gettext("The area lies outside the municipality.")})
    return column


def _why(flaw: Flaw) -> str:
    match flaw:
        case Flaw.NO_POLYGON:
            return gettext("One GeoJSON Polygon or MultiPolygon is needed.")
        case Flaw.NO_AREA:
            return gettext("The polygon covers no area.")
        case Flaw.CROSSES_ITSELF:
            return gettext("The outline crosses itself. Draw it again without crossing lines.")
        case Flaw.NOT_IN_DEGREES:
            return gettext("Coordinates must be longitude and latitude in degrees (EPSG:4326).")


def _code(name: str, taken: set[str]) -> str:
    """«Indre havn» becomes `indre-havn`, and `indre-havn-2` when that is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower().translate(LETTERS)).strip("-")[:MAX_CODE]
    stem = plain if plain[:1].isalpha() else f"area-{plain}".rstrip("-")
    code, count = stem, 1
    while code in taken:
        count += 1
        code = f"{stem}-{count}"
    return code
