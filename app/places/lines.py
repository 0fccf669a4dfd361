"""A place as sentences: how near the address is, whose the road is."""

from dataclasses import dataclass

from app.geo.positions import Position
from app.i18n import NBSP, gettext, localised, number
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import covers, other_name_at
from app.places.found import TEXT_METRES, Found, Kind, Place
from app.routing.models import RoadCategory
from app.routing.operations import outside_sentence, road_at
from app.routing.reasons import Road, road_name, road_owner

ON_ROAD_METRES = 30
"""Farther from a road than this, the road says nothing about the place."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A fact and, smaller below it, where it is from."""

    title: str
    detail: str


def written_metres(metres: float) -> str:
    """«12 m», from a kilometre on «1,2 km»; never broken across lines."""
    if metres < 995:
        return f"{number(round(metres))}{NBSP}m"
    return f"{number(metres / 1000, decimals=1)}{NBSP}km"


def nearest_line(found: Found) -> Line | None:
    """«Vågeveien 4, Kirkelandet»: the nearest address, else the nearest street or place."""
    for kind in Kind:
        nearest = next((place for place in found.places if place.kind == kind), None)
        if nearest:
            return Line(title=nearest.title, detail=_how_near(nearest))
    return None


def _how_near(place: Place) -> str:
    metres = written_metres(place.metres)
    if place.metres < 1:
        return gettext("The pin is here")
    match place.kind:
        case Kind.ADDRESS:
            return gettext("Nearest address, %(metres)s from the pin", metres=metres)
        case Kind.STREET:
            return gettext("Nearest street, %(metres)s from the pin", metres=metres)
        case Kind.PLACE:
            return gettext("Nearest place we know, %(metres)s from the pin", metres=metres)


def near_text(found: Found) -> str | None:
    """What the form says of the place: the address, street or place that is near enough to speak of."""
    for kind in Kind:
        for place in found.places:
            if place.kind == kind and place.metres <= TEXT_METRES:
                return place.label
    return None


def told(place: Place) -> str:
    """«Vågeveien 4, 12 m nordøst»."""
    if place.metres < 1:
        return place.label
    return gettext(
        "%(place)s, %(metres)s %(direction)s",
        place=place.label,
        metres=written_metres(place.metres),
        direction=place.direction,
    )


def road_line(jurisdiction: Jurisdiction, position: Position) -> Line | None:
    """«Denne veien eies av Kristiansund kommune.»: the road that a fault here is taken to be on."""
    road = road_at(jurisdiction.id, position)
    if road is None or road.metres > ON_ROAD_METRES:
        return None
    owner = _owner(jurisdiction, road)
    return Line(
        title=gettext("This road is owned by %(owner)s.", owner=owner),
        detail=gettext(
            "%(road)s, %(metres)s from the pin",
            road=road_name(road),
            metres=written_metres(road.metres),
        ),
    )


def _owner(jurisdiction: Jurisdiction, road: Road) -> str:
    if road.manager is None and road.category == RoadCategory.MUNICIPAL:
        return localised(jurisdiction.name)
    return road_owner(road)


def outside_line(jurisdiction: Jurisdiction, position: Position) -> str | None:
    """What to say when the place is not ours, as far as our own maps tell."""
    if covers(jurisdiction.id, position):
        return None
    return outside_sentence(other_name_at(jurisdiction.id, position))
