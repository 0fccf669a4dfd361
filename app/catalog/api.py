"""JSON under /api/v1/: which kind of report fits a few words."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from app.catalog.search import services_for
from app.i18n import language
from app.jurisdictions.views import current_jurisdiction
from app.problems import json_response
from app.security import ANYONE, limiter, visible_to

SEARCHES = "300 per minute"
MAX_MATCHES = 10
CACHING = "public, max-age=300"

blueprint = Blueprint(
    "catalog_api", __name__, url_prefix="/api/v1", description="Finding what can be reported"
)


class ServiceSearchSchema(Schema):
    """What to look for."""

    q = fields.String(
        required=True,
        validate=validate.Length(1, 500),
        metadata={"description": "a few words, or a whole description, in any of the languages"},
    )
    limit = fields.Integer(load_default=5, validate=validate.Range(1, MAX_MATCHES))


class ServiceMatchSchema(Schema):
    """A service that fits; a higher score fits better."""

    service_code = fields.String()
    service_name = fields.String()
    description = fields.String()
    group = fields.String()
    group_name = fields.String()
    score = fields.Float()


@blueprint.get("/services/search")
@limiter.limit(SEARCHES)
@visible_to(ANYONE)
@blueprint.arguments(ServiceSearchSchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, ServiceMatchSchema(many=True))
def search(query: dict[str, Any]) -> Response:
    """The services that fit the words best, in the language asked for."""
    found = services_for(current_jurisdiction().id, query["q"], language(), query["limit"])
    response = json_response(
        [
            {
                "service_code": match.code,
                "service_name": match.name,
                "description": match.description,
                "group": match.group_code,
                "group_name": match.group_name,
                "score": round(match.score, 3),
            }
            for match in found
        ]
    )
    response.headers["Cache-Control"] = CACHING
    response.vary.update(("Accept-Language", "Cookie"))
    return response
