"""JSON under /api/v1/assistant/: what can be reported, which service fits, what is missing, send, how is it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import current_app, make_response
from flask_smorest import Blueprint

from app.assistant import dialogue
from app.assistant.dialogue import Ask
from app.assistant.schemas import PartialReportSchema, SpokenSchema, TextSchema, faults_of
from app.catalog import queries as catalog
from app.catalog.search import services_for
from app.i18n import day, gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, csrf, limiter, visible_to
from app.service_requests import queries
from app.service_requests.cards import card_of, row_of
from app.service_requests.next_step import next_text

blueprint = Blueprint(
    "assistant",
    __name__,
    url_prefix="/api/v1/assistant",
    description="For a chatbot: each answer has a sentence to say, data, and the next question",
)
csrf.exempt(blueprint)
QUESTIONS_LIMIT = "120 per minute"
LIKELY = 2.0
"""So many times better than the next one: said alone."""


@blueprint.get("/services")
@visible_to(ANYONE)
@blueprint.response(200, SpokenSchema)
def services() -> dict[str, Any]:
    """What can be reported, group by group."""
    jurisdiction = current_jurisdiction()
    offered = catalog.services(jurisdiction.id)
    groups = [
        {
            "group": group.code,
            "name": localised(group.name),
            "services": dialogue.service_choices(
                [service for service in offered if service.group_id == group.id]
            ),
        }
        for group in catalog.groups(jurisdiction.id)
    ]
    names = [str(group["name"]).lower() for group in groups]
    say = gettext("You can report faults about %(groups)s. What is wrong?", groups=", ".join(names))
    ask = Ask(field="text", question=gettext("What is wrong, in your own words?"))
    return _answer(say, {"groups": groups}, ask)


@blueprint.post("/suggest")
@limiter.limit(QUESTIONS_LIMIT)
@visible_to(ANYONE)
@blueprint.arguments(TextSchema)
@blueprint.response(200, SpokenSchema)
def suggest(given: dict[str, Any]) -> dict[str, Any]:
    """Which services fit what somebody said, best first."""
    jurisdiction = current_jurisdiction()
    matches = services_for(jurisdiction.id, given["text"], language(), limit=given["limit"])
    choices = [
        {"code": match.code, "name": match.name, "description": match.description}
        for match in matches
    ]
    data = {
        "matches": [
            choice | {"group": match.group_code, "score": round(match.score, 3)}
            for choice, match in zip(choices, matches, strict=True)
        ]
    }
    if not matches:
        say = gettext("I do not know what that is about. Choose from the list.")
        everything = dialogue.service_choices(catalog.services(jurisdiction.id))
        question = gettext("What is the report about?")
        return _answer(say, data, Ask(field="service_code", question=question, choices=everything))
    if len(matches) == 1 or matches[0].score > LIKELY * matches[1].score:
        say = gettext("Is it about «%(service)s»?", service=matches[0].name)
    else:
        names = ", ".join(f"«{match.name}»" for match in matches)
        say = gettext("Which of these is it about: %(services)s?", services=names)
    return _answer(say, data, Ask(field="service_code", question=say, choices=choices))


@blueprint.post("/check")
@limiter.limit(QUESTIONS_LIMIT)
@visible_to(ANYONE)
@blueprint.arguments(PartialReportSchema)
@blueprint.response(200, SpokenSchema)
def check(given: dict[str, Any]) -> dict[str, Any]:
    """What is wrong or missing of a report, and the next question. Stores nothing."""
    known, faults = faults_of(given["report"])
    errors = {name: _first(said) for name, said in faults.items()}
    verdict = dialogue.look_over(current_jurisdiction(), known, errors, now=datetime.now(UTC))
    data = {
        "is_complete": verdict.is_complete,
        "errors": dict(verdict.errors),
        "department": verdict.department,
        "routing_reason": verdict.reason,
    }
    return _answer(verdict.say, data, verdict.next)


@blueprint.post("/reports")
@visible_to(ANYONE)
@blueprint.doc(
    requestBody={
        "description": "As POST /api/v1/service-requests, and the same Idempotency-Key",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
)
@blueprint.response(201, SpokenSchema)
def create() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Send the report: the very same as POST /api/v1/service-requests, with a sentence around it."""
    view = current_app.view_functions["api.create"]
    made = make_response(current_app.ensure_sync(view)())
    body: dict[str, Any] = made.get_json()
    say = gettext(
        "We have received your report. The number is %(number)s. %(department)s has it now.",
        number=body["number"],
        department=body["department"],
    )
    return _answer(say, body, None), 201, {"Location": made.headers["Location"]}


@blueprint.get("/reports/<number>")
@visible_to(ANYONE)
@blueprint.response(200, SpokenSchema)
def show(number: str) -> dict[str, Any]:
    """How it goes with a report, in a sentence."""
    view = current_app.view_functions["api.show"]
    body: dict[str, Any] = make_response(current_app.ensure_sync(view)(number=number)).get_json()
    return _answer(_told(body["number"]), body, None)


def _told(number: str) -> str:
    """«KSU-2026-000123, Hull i veien: Under arbeid. …»"""
    found = queries.by_number(current_jurisdiction().id, number)
    if found is None:
        return number
    card = card_of(row_of(found), now=datetime.now(UTC))
    parts = [f"{card.number}, {card.service_name}: {card.status_word}."]
    parts.append(next_text(found, card.department_name, personal=False))
    if card.due_at and not card.closed_at:
        parts.append(gettext("Expected to be fixed by %(day)s", day=day(card.due_at)) + ".")
    return " ".join(part for part in parts if part)


def _answer(say: str, data: Mapping[str, Any], ask: Ask | None) -> dict[str, Any]:
    return {"say": say, "data": dict(data), "next": vars(ask) if ask else None}


def _first(said: Any) -> str:
    """The first sentence of marshmallow's messages, however deep."""
    while isinstance(said, dict | list):
        said = next(iter(said.values() if isinstance(said, dict) else said), "")
    return str(said)
