"""Planned work as areas on the map."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.jurisdictions.views import current_jurisdiction
from app.planned_work import queries
from app.planned_work.cards import ToldWork, told
from app.problems import json_response
from app.security import ANYONE, limiter, visible_to

blueprint = Blueprint("planned_work", __name__)


def today() -> date:
    """The day it is by the municipality's clock."""
    return datetime.now(UTC).astimezone(ZoneInfo(current_jurisdiction().time_zone)).date()


def coming() -> list[ToldWork]:
    """What goes on or is planned in this request's municipality, in words."""
    on = today()
    return [told(work, on=on) for work in queries.coming(current_jurisdiction().id, on)]


@blueprint.get("/kart/planlagt.geojson")
@limiter.exempt
@visible_to(ANYONE)
def areas() -> ResponseReturnValue:
    """What goes on or is planned, as a GeoJSON FeatureCollection of areas, in the language asked for."""
    on = today()
    features = []
    for work, area in queries.shapes(current_jurisdiction().id, on):
        words = told(work, on=on)
        properties = {
            "code": words.code,
            "title": words.title,
            "description": words.description,
            "period": words.period,
            "from": work.starts_on.isoformat(),
            "to": work.ends_on.isoformat(),
            "group": work.group_code,
        }
        features.append(
            {
                "type": "Feature",
                "id": words.code,
                "properties": properties,
                "geometry": json.loads(area),
            }
        )
    response = json_response(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
