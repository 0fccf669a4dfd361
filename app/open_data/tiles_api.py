"""The reports as vector tiles, and what a map program asks first (TileJSON 3.0)."""

import hashlib
from time import monotonic
from typing import Any

from flask import Response, current_app, request

from app.errors import MalformedQuery
from app.field_words import in_words
from app.i18n import localised
from app.jurisdictions.licence import licence_of
from app.jurisdictions.views import current_jurisdiction
from app.open_data import vector_tiles
from app.open_data.api import blueprint
from app.problems import json_response
from app.security import ANYONE, limiter, visible_to
from app.service_requests.grid import MAX_ZOOM, Tile
from app.service_requests.tile_cache import ShortMemory
from app.settings import Settings

KEPT = "public, max-age=60, stale-while-revalidate=300"
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
memory: ShortMemory[bytes] = ShortMemory(seconds=30, most=1000)


@blueprint.get("/service-requests/<int:z>/<int:x>/<int:y>.mvt")
@limiter.exempt
@visible_to(ANYONE)
def tile(z: int, x: int, y: int) -> Response:
    """A vector tile: `cells` (several reports as a number) and `service-requests` (those that stand alone)."""
    try:
        wanted = Tile(z=z, x=x, y=y)
    except ValueError as fault:
        raise MalformedQuery("tile", in_words(str(fault))) from fault
    key = (current_jurisdiction().id, z, x, y)
    body = memory.get(key, monotonic())
    if body is None:
        body = vector_tiles.content(wanted, current_jurisdiction().id)
        memory.put(key, body, monotonic())
    response = Response(body, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = KEPT
    response.set_etag(hashlib.sha256(body).hexdigest()[:20], weak=True)
    response.make_conditional(request)
    return response


@blueprint.get("/service-requests/tiles.json")
@visible_to(ANYONE)
def tilejson() -> Response:
    """Where the tiles are, and what is in them."""
    jurisdiction = current_jurisdiction()
    settings: Settings = current_app.config["SETTINGS"]
    base = jurisdiction.public_url(settings.base_url)
    longitude, latitude = jurisdiction.map_centre
    counts = dict.fromkeys(("count", "new", "in_progress", "fixed", "closed"), "Number")
    texts = dict.fromkeys(("number", "service", "group", "status", "requested_at"), "String")
    licence = licence_of(jurisdiction)
    said: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": "service-requests",
        "scheme": "xyz",
        "tiles": [f"{base}{blueprint.url_prefix}/service-requests/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "center": [longitude, latitude, jurisdiction.map_zoom],
        "attribution": f'<a href="{licence.page}">{licence.name}</a> {localised(jurisdiction.name)}',
        "vector_layers": [
            {"id": vector_tiles.CELLS, "fields": counts},
            {"id": vector_tiles.REPORTS, "fields": {**texts, "is_demo": "Boolean"}},
        ],
    }
    return json_response(said)
