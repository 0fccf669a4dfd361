"""Answering by JSON: the same link, for machines."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from flask_limiter.util import get_remote_address
from flask_smorest import Blueprint

from app.database import transaction
from app.errors import AppError
from app.forwarding import answers
from app.forwarding.answers import Busy, Given
from app.forwarding.models import Verb
from app.forwarding.schemas import AnsweredSchema, AnswerSchema
from app.forwarding.views import opened
from app.jurisdictions.views import current_jurisdiction
from app.problems import answer_app_error
from app.security import ANYONE, csrf, limiter, visible_to
from app.service_requests import queries

blueprint = Blueprint(
    "answers_api",
    __name__,
    url_prefix="/api/v1/answers",
    description="Answers of outside bodies to the reports passed to them",
)
csrf.exempt(blueprint)
LIMIT = "30 per minute"


def who() -> str:
    """Whose limit it is: the link's, since one machine answers many; the address's if the link is no good."""
    try:
        return f"answer {opened((request.view_args or {})['token'])}"
    except AppError:
        return get_remote_address()


@blueprint.post("/<token>")
@limiter.limit(LIMIT, key_func=who)
@visible_to(ANYONE)
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, AnsweredSchema)
def give(values: dict[str, Any], token: str) -> dict[str, Any] | Response:
    """Answer a report that was passed to you. The same answer again changes nothing."""
    key = opened(token)
    given = Given(
        verb=Verb(values["answer"]),
        message=values["message"],
        led_to_improvement=values["led_to_improvement"],
    )
    try:
        with transaction():
            row = answers.answer(key, current_jurisdiction().id, given, now=datetime.now(UTC))
            found = queries.by_id(row.service_request_id)
            return {
                "number": found.number if found else None,
                "state": row.state,
                "answered_at": row.answered_at,
            }
    except Busy as fault:
        response = answer_app_error(fault)
        response.headers["Retry-After"] = str(fault.retry_seconds)
        return response
