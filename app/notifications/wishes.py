"""From a form to what is followed: streets and areas become shapes, EPSG:4326."""

from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geography, Geometry, WKBElement
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPoint, MultiPolygon, Point, box
from sqlalchemy import cast, func, select

from app.catalog.queries import groups
from app.database import session
from app.errors import Invalid
from app.geo.kartverket import HitKind, KartverketAway, Question, tidy
from app.geo.positions import WGS84, Box, Position
from app.geo.shapes import as_column
from app.i18n import gettext, number
from app.jurisdictions.models import Jurisdiction
from app.notifications.models import SubscriptionKind
from app.notifications.schemas import read_area
from app.notifications.subscriptions import Wish
from app.places import operations as places
from app.places.operations import Source
from app.routing.models import RoadSegment
from app.service_requests.cards import coordinates_text

ROAD_METRES = 30
"""On each side of a road's middle."""
DOOR_METRES = 50
"""Around each address of a street whose road is not known."""
NAMED_WITHIN_METRES = 1500


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A street or an area, and what it is called."""

    area: WKBElement
    label: str


def wish_of(
    jurisdiction: Jurisdiction, form: dict[str, Any], language: str, source: Source
) -> Wish:
    """What someone wants to follow. Call it within `transaction()`: Kartverket's answers are kept.

    :param form: as FollowSchema gives it. :raises Invalid: there is no such street, area or category.
    """
    kind: SubscriptionKind = form["kind"]
    common = {
        "kind": kind,
        "email": form["email"],
        "frequency": form["frequency"],
        "language": language,
    }
    match kind:
        case SubscriptionKind.STREET:
            shape = _street(jurisdiction, form["street"], source)
            return Wish(area=shape.area, label=shape.label, **common)
        case SubscriptionKind.AREA:
            shape = _area(jurisdiction, form)
            return Wish(area=shape.area, label=shape.label, **common)
        case SubscriptionKind.SERVICE:
            for group in groups(jurisdiction.id):
                if group.code == form["group"]:
                    return Wish(service_group_id=group.id, **common)
            raise Invalid({"group": gettext("Choose a category.")})
        case _:
            return Wish(**common)


def _street(jurisdiction: Jurisdiction, name: str, source: Source) -> Shape:
    """Along the street's roads, else around its addresses."""
    if not name:
        raise Invalid({"street": gettext("Write the name of the street.")})
    found = _along_roads(jurisdiction.id, name)
    if found is not None:
        return found
    try:
        return _around_doors(jurisdiction, name, source)
    except KartverketAway as fault:
        message = gettext(
            "We cannot look the street up just now. Try again later, or follow an area instead."
        )
        raise Invalid({"street": message}) from fault


def _along_roads(jurisdiction_id: int, name: str) -> Shape | None:
    outline = cast(func.ST_Buffer(RoadSegment.line, ROAD_METRES), Geometry(srid=WGS84))
    query = select(func.min(RoadSegment.street_name), _one_shape(outline)).where(
        RoadSegment.jurisdiction_id == jurisdiction_id,
        func.lower(RoadSegment.street_name) == name.lower(),
    )
    street, area = session().execute(query).one()
    return Shape(area=area, label=street) if street else None


def _around_doors(jurisdiction: Jurisdiction, name: str, source: Source) -> Shape:
    question = Question(
        path="/adresser/v1/sok",
        query=(
            ("adressenavn", tidy(name)),
            ("kommunenummer", jurisdiction.number),
            ("utkoordsys", "4258"),
            ("treffPerSide", "500"),
        ),
        municipality=jurisdiction.number,
    )
    doors = [
        hit
        for hit in places.answer(jurisdiction, question, source)
        if hit.kind == HitKind.ADDRESS and (hit.street or "").casefold() == name.casefold()
    ]
    if not doors:
        message = gettext(
            "We know no street with this name here. Write it as it stands on the street sign."
        )
        raise Invalid({"street": message})
    points = MultiPoint([(hit.longitude, hit.latitude) for hit in doors])
    return Shape(area=_around(points, DOOR_METRES), label=doors[0].street or name)


def _area(jurisdiction: Jurisdiction, form: dict[str, Any]) -> Shape:
    try:
        found = read_area(form["place"], form["bbox"])
    except ValueError as fault:
        raise Invalid({"place": gettext("Choose a place from the list.")}) from fault
    if found is None:
        raise Invalid({"place": gettext("Choose a place from the list.")})
    if isinstance(found, Box):
        shape = box(found.west, found.south, found.east, found.north)
        middle = Position(
            longitude=(found.west + found.east) / 2, latitude=(found.south + found.north) / 2
        )
        area = as_column(MultiPolygon([shape]))
        label = gettext("on the map around %(place)s", place=_named(jurisdiction, middle))
    else:
        area = _around(Point(found.longitude, found.latitude), form["radius"])
        label = gettext(
            "%(metres)s m around %(place)s",
            metres=number(form["radius"]),
            place=_named(jurisdiction, found),
        )
    if not _touches(jurisdiction.id, area):
        message = gettext("This area lies outside of the municipality. Choose another one.")
        raise Invalid({"place": message})
    return Shape(area=area, label=label)


def _named(jurisdiction: Jurisdiction, position: Position) -> str:
    name = places.known_text(jurisdiction, position, metres=NAMED_WITHIN_METRES)
    return name or coordinates_text(position)


def _around(shape: Point | MultiPoint, metres: int) -> WKBElement:
    """So many metres around, measured on the globe."""
    on_globe = cast(from_shape(shape, srid=WGS84), Geography(srid=WGS84))
    outline = cast(func.ST_Buffer(on_globe, metres), Geometry(srid=WGS84))
    made: WKBElement = session().execute(select(func.ST_Multi(outline))).scalar_one()
    return made


def _one_shape(outline: Any) -> Any:
    """The outlines of all rows in one."""
    return func.ST_Multi(func.ST_Union(outline))


def _touches(jurisdiction_id: int, area: WKBElement) -> bool:
    query = select(func.ST_Intersects(Jurisdiction.boundary, area)).where(
        Jurisdiction.id == jurisdiction_id
    )
    return bool(session().scalar(query))
