"""Which municipality a request is for (by host name), the page to choose one, its boundary and its places."""

import json
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.errors import NotFound
from app.geo.positions import Position
from app.i18n import gettext
from app.jurisdictions import queries
from app.jurisdictions.models import Jurisdiction
from app.problems import json_response, problem, wants_json
from app.security import ANYONE, limiter, visible_to
from app.settings import Settings

blueprint = Blueprint("jurisdictions", __name__)
EVERYWHERE = {"static", "web.healthz", "web.set_language"}
"""Addresses that belong to no municipality."""
CHOOSING = {"jurisdictions.choose", "jurisdictions.choose_by_place"}


def start(app: Flask) -> None:
    """Find the municipality before every request but the static ones."""
    app.before_request(_find)
    app.context_processor(_page_values)
    app.register_blueprint(blueprint)


def _find() -> Response | None:
    """Note the municipality; at an address that is none's, let people choose instead."""
    if request.endpoint in EVERYWHERE:
        return None
    found = queries.for_host(_host())
    if found is not None:
        g.jurisdiction, g.jurisdiction_id = found, found.id
        g.languages, g.time_zone = found.languages, found.time_zone
        return None
    if request.endpoint in CHOOSING:
        return None
    if not queries.all_jurisdictions():
        raise NotFound(gettext("No municipality has been set up here yet."))
    if wants_json():
        return _list_for_machines()
    return _choice(status=200 if request.endpoint == "reporting.start" else 404)


def _host() -> str:
    return request.host.rsplit(":", 1)[0].lower()


def _base_url() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url


def _list_for_machines() -> Response:
    listed = [
        {"number": one.number, "name": one.name, "url": queries.address_of(one, _base_url())}
        for one in queries.all_jurisdictions()
    ]
    detail = gettext("No municipality has this address. Use one of those that are listed.")
    return problem(404, detail, more={"municipalities": listed})


def _choice(*, status: int = 200, **values: Any) -> Response:
    """The page to choose a municipality, by name or by place."""
    found = [(one, queries.address_of(one, _base_url())) for one in queries.all_jurisdictions()]
    shown = {"status": status, "errors": {}, "typed": {}, "place": None} | values
    page = render_template("jurisdictions/choose.html", municipalities=found, **shown)
    return Response(page, status=status)


@blueprint.get("/velg-kommune")
@visible_to(ANYONE)
def choose() -> ResponseReturnValue:
    """The page to choose a municipality; at a municipality's own address, its front page."""
    if "jurisdiction" in g:
        return redirect(url_for("reporting.start"), 303)
    return _choice()


@blueprint.post("/velg-kommune")
@visible_to(ANYONE)
def choose_by_place() -> ResponseReturnValue:
    """Say which municipality covers the place."""
    if "jurisdiction" in g:
        return redirect(url_for("reporting.start"), 303)
    typed = {name: request.form.get(name, "").strip() for name in ("latitude", "longitude")}
    position, errors = _position(typed)
    if position is None:
        return _choice(status=422, errors=errors, typed=typed)
    found = queries.covering(position)
    place = {
        "municipality": found,
        "url": queries.address_of(found, _base_url()) if found else None,
        "other": None if found else queries.known_name_at(position),
    }
    return _choice(typed=typed, place=place)


def _position(typed: dict[str, str]) -> tuple[Position | None, dict[str, str]]:
    """What was typed as a position, with decimal point or comma; else a sentence for each field."""
    degrees: dict[str, float] = {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            value = float(typed[name].replace(",", "."))
        except ValueError:
            continue
        if abs(value) <= most:  # never holds for what is not a number
            degrees[name] = value
    errors = {
        "latitude": gettext("Write the latitude in degrees, such as 63.1104."),
        "longitude": gettext("Write the longitude in degrees, such as 7.7279."),
    }
    if len(degrees) < len(errors):
        return None, {name: said for name, said in errors.items() if name not in degrees}
    return Position(**degrees), {}


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
