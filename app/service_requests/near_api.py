"""JSON under /api/v1/: is it reported already?"""

from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import RAISE

from app.geo.positions import Position
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, limiter, visible_to
from app.service_requests import duplicates
from app.service_requests.duplicates import Near
from app.service_requests.intake import find_service
from app.service_requests.schemas import NearQuerySchema, ReportNearSchema

LOOKS = "120 per minute"

blueprint = Blueprint(
    "near_api", __name__, url_prefix="/api/v1", description="Reports that may be of the same fault"
)


@blueprint.get("/service-requests/near")
@limiter.limit(LOOKS)
@visible_to(ANYONE)
@blueprint.arguments(NearQuerySchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, ReportNearSchema(many=True))
def near(query: dict[str, Any]) -> list[dict[str, Any]]:
    """Open and recently closed reports so near that they may be of the same fault, the nearest first."""
    jurisdiction = current_jurisdiction()
    service = find_service(jurisdiction, query["service"])
    position = Position(longitude=query["longitude"], latitude=query["latitude"])
    found = duplicates.near(jurisdiction.id, service, position, datetime.now(UTC))
    return [_told(item) for item in found]


def _told(item: Near) -> dict[str, Any]:
    card = item.card
    return {
        "number": card.number,
        "service_code": item.service_code,
        "service_name": card.service_name,
        "status": card.status,
        "status_word": card.status_word,
        "phase": card.phase,
        "requested_at": card.requested_at,
        "place_text": card.place_text,
        "metres": item.metres,
        "distance": item.distance,
        "photo": item.picture.url_medium if item.picture else None,
        "url": url_for("reporting.show", number=card.number, _external=True),
    }
