"""The map's tiles under /api/v1/tiles/."""

import hashlib
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import RAISE

from app.errors import MalformedQuery
from app.field_words import in_words
from app.i18n import force_locale, language
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, limiter, visible_to
from app.service_requests import tiles
from app.service_requests.cards import card_of
from app.service_requests.filter import EVERYTHING_SHOWN, Shown
from app.service_requests.grid import Tile, column_of, row_of
from app.service_requests.list_schemas import MapTileSchema, TileSchema
from app.service_requests.queries import Row
from app.service_requests.tile_cache import ShortMemory

blueprint = Blueprint("tiles", __name__, url_prefix="/api/v1/tiles", description="The map's tiles")
KEPT = "public, max-age=10, stale-while-revalidate=60"
"""For ten seconds a tile is fresh; for a minute more it may be shown while a new one is fetched."""
memory: ShortMemory[tuple[bytes, str]] = ShortMemory(seconds=5, most=2000)


@blueprint.get("/<int:z>/<int:x>/<int:y>.json")
@limiter.exempt
@visible_to(ANYONE)
@blueprint.arguments(TileSchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, MapTileSchema)
def show(query: dict[str, Any], z: int, x: int, y: int) -> Response:
    """How many reports there are in a tile, cell by cell and by phase, and the ones that stand alone.

    Numbered as map tiles of 512 pixels are: zoom 13 lies beside the background's zoom 14.
    `Cache-Control: no-cache` gets this very moment.
    """
    try:
        tile = Tile(z=z, x=x, y=y)
    except ValueError as fault:
        raise MalformedQuery("tile", in_words(str(fault))) from fault
    shown = EVERYTHING_SHOWN if query["show"] is None else query["show"]
    groups = tuple(sorted(set(query["group"] or ())))
    with force_locale(query["lang"] or language()):
        found = _content(tile, shown, groups)
    if query["lang"]:
        memory.put(_key(), found, monotonic())
    return _answer(*found, varies=query["lang"] is None)


def start(app: Flask) -> None:
    """Answer from memory before anything else is asked: a tile with its language is the same for everyone.

    To be called before whatever else looks at requests.
    """
    app.before_request(_from_memory)


def _from_memory() -> Response | None:
    wants = request.cache_control
    if request.endpoint != "tiles.show" or wants.no_cache or wants.max_age == 0:
        return None
    found = memory.get(_key(), monotonic())
    return _answer(*found, varies=False) if found else None


def _key() -> tuple[str, str]:
    """The municipality, by its host, and the question."""
    return request.host, request.full_path


def _content(tile: Tile, shown: frozenset[Shown], groups: tuple[str, ...]) -> tuple[bytes, str]:
    jurisdiction_id = current_jurisdiction().id
    wanted = tiles.Wanted(
        jurisdiction_id=jurisdiction_id,
        shown=shown,
        services=tiles.service_ids(jurisdiction_id, groups),
    )
    found, now = tiles.content(tile, wanted), datetime.now(UTC)
    content = {
        "cells": [{"x": cell.px, "y": cell.py, "counts": cell.counts} for cell in found.cells],
        "reports": [_report(row, now) for row in found.reports],
    }
    body = current_app.json.dumps(content, separators=(",", ":")).encode()
    return body, hashlib.sha256(body).hexdigest()[:20]


def _report(row: Row, now: datetime) -> dict[str, Any]:
    card = card_of(row, now=now)
    return {
        "x": column_of(row.longitude),
        "y": row_of(row.latitude),
        "number": row.number,
        "phase": card.phase,
        "group": row.group_code,
        "sentence": card.sentence,
    }


def _answer(body: bytes, tag: str, *, varies: bool) -> Response:
    is_known = request.if_none_match.contains(tag)
    response = Response(b"" if is_known else body, 304 if is_known else 200)
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = KEPT
    response.headers["ETag"] = f'"{tag}"'
    if varies:
        response.vary.update(("Accept-Language", "Cookie"))
    return response
