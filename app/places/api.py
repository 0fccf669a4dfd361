"""JSON under /api/v1/places: addresses and place names, by what was typed and by where the pin stands."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app
from flask_smorest import Blueprint
from marshmallow import RAISE

from app.database import transaction
from app.geo.positions import Position
from app.i18n import force_locale
from app.jurisdictions.views import current_jurisdiction
from app.places import operations
from app.places.found import Found, Place
from app.places.lines import near_text, nearest_line, outside_line, road_line, told
from app.places.operations import Source
from app.places.schemas import FoundSchema, NearQuerySchema, NearSchema, SearchQuerySchema
from app.problems import json_response
from app.security import ANYONE, limiter, visible_to
from app.settings import Settings

SEARCHES = "120 per minute"
LOOK_UPS = "240 per minute"
CACHED_SECONDS = 300

blueprint = Blueprint(
    "places", __name__, url_prefix="/api/v1", description="Addresses and place names"
)


def source() -> Source:
    """Kartverket as the settings have it, and now."""
    settings: Settings = current_app.config["SETTINGS"]
    return Source(url=settings.kartverket_url, now=datetime.now(UTC))


@blueprint.get("/places")
@limiter.limit(SEARCHES)
@visible_to(ANYONE)
@blueprint.arguments(SearchQuerySchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, FoundSchema)
def index(query: dict[str, Any]) -> Any:
    """Addresses, then place names, in the municipality; at most 8."""
    with transaction():
        found = operations.search(current_jurisdiction(), query["q"], source())
    content = {"is_away": found.is_away, "places": [_written(place) for place in found.places]}
    return _kept(json_response(content), is_public=not found.is_away)


@blueprint.get("/places/near")
@limiter.limit(LOOK_UPS)
@visible_to(ANYONE)
@blueprint.arguments(NearQuerySchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, NearSchema)
def near(query: dict[str, Any]) -> Any:
    """The addresses and streets around a position, with metres and direction, and the road's owner."""
    position = Position(longitude=query["longitude"], latitude=query["latitude"])
    language = query["language"]
    with force_locale(language) if language else nullcontext():
        content, is_away = _around(position)
    return _kept(json_response(content), is_public=bool(language) and not is_away)


def _around(position: Position) -> tuple[dict[str, Any], bool]:
    jurisdiction = current_jurisdiction()
    outside = outside_line(jurisdiction, position)
    found = Found(places=())
    if outside is None:
        with transaction():
            found = operations.near(jurisdiction, position, source())
    nearest, road = nearest_line(found), road_line(jurisdiction, position) if not outside else None
    content = {
        "is_away": found.is_away,
        "place_text": near_text(found),
        "nearest": vars(nearest) if nearest else None,
        "road": vars(road) if road else None,
        "outside": outside,
        "places": [
            _written(place)
            | {
                "metres": round(place.metres),
                "direction": place.direction,
                "text": told(place),
            }
            for place in found.places
        ],
    }
    return content, found.is_away


def _written(place: Place) -> dict[str, Any]:
    return {
        "kind": place.kind,
        "label": place.label,
        "part": place.part,
        "longitude": round(place.position.longitude, 6),
        "latitude": round(place.position.latitude, 6),
    }


def _kept(response: Response, *, is_public: bool) -> Response:
    """Kept for some minutes by anyone; not at all what holds only while Kartverket is away."""
    if is_public:
        response.cache_control.public = True
        response.cache_control.max_age = CACHED_SECONDS
    else:
        response.cache_control.no_store = True
    return response
