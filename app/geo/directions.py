"""How far and which way from one position to another, in metres on the globe and in words."""

from pyproj import Geod

from app.geo.positions import Position
from app.i18n import gettext

_GLOBE = Geod(ellps="WGS84")


def metres_between(start: Position, end: Position) -> float:
    """The distance on the ground."""
    return float(_way(start, end)[1])


def direction(start: Position, end: Position) -> str:
    """«nordøst»: the way from one position to another, to an eighth of the compass."""
    words = (
        gettext("north"),
        gettext("north-east"),
        gettext("east"),
        gettext("south-east"),
        gettext("south"),
        gettext("south-west"),
        gettext("west"),
        gettext("north-west"),
    )
    return words[round(_way(start, end)[0] / 45) % 8]


def _way(start: Position, end: Position) -> tuple[float, float]:
    """Azimuth in degrees from north, and metres."""
    azimuth, _, metres = _GLOBE.inv(start.longitude, start.latitude, end.longitude, end.latitude)
    return azimuth, metres
