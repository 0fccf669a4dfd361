"""Which municipality a request is for (by host name), its boundary and its places."""

import json
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import NotFound
from app.i18n import gettext
from app.jurisdictions import queries
from app.jurisdictions.models import Jurisdiction
from app.problems import json_response
from app.security import ANYONE, limiter, visible_to
from app.settings import Settings

blueprint = Blueprint("jurisdictions", __name__)
EVERYWHERE = {"static", "web.healthz"}


def start(app: Flask) -> None:
    """Find the municipality before every request but the static ones."""
    app.before_request(_find)
    app.context_processor(_page_values)
    app.register_blueprint(blueprint)


def _find() -> None:
    if request.endpoint in EVERYWHERE:
        return
    found = queries.for_host(request.host.split(":")[0].lower())
    if found is None:
        raise NotFound(gettext("No municipality has this address."))
    g.jurisdiction, g.jurisdiction_id = found, found.id
    g.languages, g.time_zone = found.languages, found.time_zone


def current_jurisdiction() -> Jurisdiction:
    """The municipality of this request."""
    found: Jurisdiction = g.jurisdiction
    return found


def _page_values() -> dict[str, Any]:
    jurisdiction: Jurisdiction | None = g.get("jurisdiction")
    if jurisdiction is None:
        return {"jurisdiction": None}
    settings: Settings = current_app.config["SETTINGS"]
    return {
        "jurisdiction": jurisdiction,
        "map_settings": {
            "tileUrl": settings.tile_url,
            "tileAttribution": settings.tile_attribution,
            "tileMaxNativeZoom": settings.tile_max_native_zoom,
            "bounds": jurisdiction.map_bounds,
            "centre": jurisdiction.map_centre,
            "zoom": jurisdiction.map_zoom,
            "boundaryUrl": url_for("jurisdictions.boundary"),
            "placesUrl": url_for("jurisdictions.places"),
            "requestsUrl": "/api/v1/service-requests",
        },
    }


@blueprint.get("/kart/grense.geojson")
@limiter.exempt
@visible_to(ANYONE)
def boundary() -> ResponseReturnValue:
    """The boundary as a GeoJSON Feature."""
    jurisdiction = current_jurisdiction()
    properties = {"number": jurisdiction.number, "source": jurisdiction.boundary_source}
    geometry = json.loads(queries.boundary_geojson(jurisdiction.id))
    return _geojson({"type": "Feature", "properties": properties, "geometry": geometry})


@blueprint.get("/kart/steder.geojson")
@limiter.exempt
@visible_to(ANYONE)
def places() -> ResponseReturnValue:
    """The named places as a GeoJSON FeatureCollection of points."""
    features = [
        {
            "type": "Feature",
            "id": place.id,
            "properties": {"name": place.name, "kind": place.kind},
            "geometry": place.position.as_geojson(),
        }
        for place in queries.places(current_jurisdiction().id)
    ]
    return _geojson({"type": "FeatureCollection", "features": features})


def _geojson(content: dict[str, Any]) -> Response:
    response = json_response(content, content_type="application/geo+json")
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    response.add_etag()
    response.make_conditional(request)
    return response
