"""Answering by JSON: the same link, for machines."""

from datetime import UTC, datetime
from typing import Any

from flask_smorest import Blueprint

from app.database import transaction
from app.forwarding import answers
from app.forwarding.answers import Given
from app.forwarding.models import Verb
from app.forwarding.schemas import AnsweredSchema, AnswerSchema
from app.forwarding.views import limit, opened
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, csrf, limiter, visible_to
from app.service_requests import queries

blueprint = Blueprint(
    "answers_api",
    __name__,
    url_prefix="/api/v1/answers",
    description="Answers of outside bodies to the reports passed to them",
)
csrf.exempt(blueprint)


@blueprint.post("/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, AnsweredSchema)
def give(values: dict[str, Any], token: str) -> dict[str, Any]:
    """Answer a report that was passed to you. The same answer again changes nothing."""
    key = opened(token)
    given = Given(
        verb=Verb(values["answer"]),
        message=values["message"],
        led_to_improvement=values["led_to_improvement"],
    )
    with transaction():
        row = answers.answer(key, current_jurisdiction().id, given, now=datetime.now(UTC))
        request = queries.by_id(row.service_request_id)
        return {
            "number": request.number if request else None,
            "state": row.state,
            "answered_at": row.answered_at,
        }
