"""JSON under /api/v1/: the lamps, and other numbered things, that a report can be about."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from app.errors import MalformedQuery
from app.field_words import in_words
from app.geo.positions import Box
from app.jurisdictions.views import current_jurisdiction
from app.problems import json_response
from app.routing import queries
from app.routing.models import LAMP
from app.security import ANYONE, visible_to

MAX_ASSETS = 500

blueprint = Blueprint(
    "assets", __name__, url_prefix="/api/v1", description="Lamps and other numbered things"
)


class AssetQuerySchema(Schema):
    """Which assets."""

    bbox = fields.String(
        required=True, metadata={"description": "west,south,east,north; EPSG:4326"}
    )
    kind = fields.String(load_default=LAMP, validate=validate.Length(1, 60))
    limit = fields.Integer(load_default=MAX_ASSETS, validate=validate.Range(1, MAX_ASSETS))


class AssetCollectionSchema(Schema):
    """RFC 7946; each feature has its kind and the number that stands on it."""

    type = fields.String()
    features = fields.List(fields.Dict())
    numberMatched = fields.Integer()  # noqa: N815
    numberReturned = fields.Integer()  # noqa: N815


@blueprint.get("/assets")
@visible_to(ANYONE)
@blueprint.arguments(AssetQuerySchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, AssetCollectionSchema, content_type="application/geo+json")
def index(query: dict[str, Any]) -> Any:
    """The assets of a kind within a box, as a GeoJSON FeatureCollection, by number.

    `numberMatched` is higher than `numberReturned` when there are more than the limit.
    """
    try:
        box = Box.parse(query["bbox"])
    except ValueError as fault:
        raise MalformedQuery("bbox", in_words(str(fault))) from fault
    found, matched = queries.assets_in(
        current_jurisdiction().id, box, kind=query["kind"], limit=query["limit"]
    )
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [asset.longitude, asset.latitude]},
            "properties": {"kind": query["kind"], "number": asset.number},
        }
        for asset in found
    ]
    content = {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": matched,
        "numberReturned": len(features),
    }
    return json_response(content, content_type="application/geo+json")
