"""JSON under /api/v1/: reports in and out, and what can be reported."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, request, url_for
from flask_smorest import Blueprint
from marshmallow import RAISE

from app.catalog import queries as catalog
from app.catalog import questions
from app.catalog.models import ServiceQuestion
from app.database import transaction
from app.errors import NotFound
from app.geo.positions import Position
from app.i18n import gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.problems import json_response
from app.routing.models import Channel
from app.security import ANYONE, csrf, limiter, resident, visible_to
from app.service_requests import intake, queries
from app.service_requests.around import around
from app.service_requests.cards import card_of, public_reason, row_of
from app.service_requests.filter import Filter
from app.service_requests.intake import Submission
from app.service_requests.list_schemas import FilterSchema
from app.service_requests.lists import Listed, listed
from app.service_requests.models import ServiceRequest
from app.service_requests.paging import write_cursor
from app.service_requests.public_words import is_public_text
from app.service_requests.queries import Row
from app.service_requests.schemas import (
    FeatureCollectionSchema,
    IdempotencySchema,
    NewServiceRequestSchema,
    ServiceRequestSchema,
    ServiceSchema,
)
from app.service_requests.selection import filter_of
from app.service_requests.status import Status
from app.web import device_class

blueprint = Blueprint(
    "api", __name__, url_prefix="/api/v1", description="Reports and what can be reported"
)
csrf.exempt(blueprint)


def _limit() -> str:
    return str(current_app.config["SUBMIT_LIMIT"])


def _channel() -> Channel:
    """The web for what our own pages send: browsers say so in a header that scripts cannot set."""
    is_own = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return Channel.WEB if is_own else Channel.API


@blueprint.post("/service-requests")
@limiter.limit(_limit)
@visible_to(ANYONE)
@blueprint.arguments(IdempotencySchema, location="headers")
@blueprint.arguments(NewServiceRequestSchema)
@blueprint.response(201, ServiceRequestSchema)
def create(
    headers: dict[str, Any], new: dict[str, Any]
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Report a fault. The same Idempotency-Key again answers with the report that it made."""
    contact = new["contact"] or {}
    who = resident() if _channel() == Channel.WEB else None  # no other site speaks for them
    submission = Submission(
        service_code=new["service_code"],
        position=new["position"],
        description=new["description"],
        email=contact.get("email"),
        phone=contact.get("phone"),
        name=contact.get("name"),
        subject=who.subject if who else None,
        answers=new["answers"],
        photos=tuple(new["photos"]),
        channel=_channel(),
        device_class=device_class(),
        language=language(),
        idempotency_key=headers["idempotency_key"],
        is_acute=new["is_acute"],
        lamps=tuple(new["lamps"]),
    )
    with transaction():
        made = intake.submit(current_jurisdiction(), submission, now=datetime.now(UTC))
        body = _body(made, with_follow_link=True)
    return body, 201, {"Location": body["links"]["self"]}


@blueprint.get("/service-requests/<number>")
@visible_to(ANYONE)
@blueprint.response(200, ServiceRequestSchema)
def show(number: str) -> dict[str, Any]:
    """One report, as anyone may see it."""
    found = queries.by_number(current_jurisdiction().id, number)
    if found is None or found.status == Status.REJECTED:
        raise NotFound(gettext("There is no report with the number %(number)s.", number=number))
    return _body(found, with_follow_link=False)


@blueprint.get("/service-requests")
@visible_to(ANYONE)
@blueprint.arguments(FilterSchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, FeatureCollectionSchema, content_type="application/geo+json")
def index(query: dict[str, Any]) -> Response:
    """Reports as a GeoJSON FeatureCollection, newest first, page by page along the `next` link."""
    wanted = filter_from(query)
    rows = queries.rows(wanted)
    items = listed(rows, now=datetime.now(UTC))
    content: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [_feature(row, item) for row, item in zip(rows, items, strict=True)],
        "numberMatched": queries.count(wanted),
        "numberReturned": len(rows),
        "links": [{"rel": "self", "type": "application/geo+json", "href": request.url}],
    }
    if len(rows) == wanted.limit:
        values = request.args.to_dict() | {"cursor": write_cursor(queries.cursor_of(rows[-1]))}
        href = f"{url_for('api.index', _external=True)}?{urlencode(values)}"
        content["links"].append({"rel": "next", "type": "application/geo+json", "href": href})
    return json_response(content, content_type="application/geo+json")


@blueprint.get("/services")
@visible_to(ANYONE)
@blueprint.response(200, ServiceSchema(many=True))
def services() -> list[dict[str, Any]]:
    """What can be reported, in the language asked for."""
    return [
        {
            "service_code": service.code,
            "service_name": localised(service.name),
            "description": localised(service.description),
            "group": service.group.code,
            "group_name": localised(service.group.name),
            "keywords": service.keywords.get(language(), []),
            "first_response_days": service.first_response_days,
            "fix_days": service.fix_days,
            "counts_calendar_days": service.counts_calendar_days,
            "needs": service.needs,
            "contact_need": service.contact_need,
            "questions": [_question(question) for question in questions.asked(service)],
        }
        for service in catalog.services(current_jurisdiction().id)
    ]


def _question(question: ServiceQuestion) -> dict[str, Any]:
    return {
        "code": question.code,
        "kind": question.kind,
        "label": localised(question.label),
        "hint": localised(question.hint),
        "required": question.is_required,
        "choices": [
            {"code": choice["code"], "name": localised(choice["name"])}
            for choice in question.choices
        ],
    }


def filter_from(query: dict[str, Any]) -> Filter:
    """The one value that lists take, from a checked query string."""
    return replace(
        filter_of(current_jurisdiction(), query),
        closed_after=query["closed_after"],
        shown=query["show"],
        search=query["q"],
        near=_near(query),
        after=query["cursor"],
        limit=query["limit"],
    )


def _near(query: dict[str, Any]) -> Position | None:
    if query["latitude"] is None:
        return None
    return Position(longitude=query["longitude"], latitude=query["latitude"])


def _feature(row: Row, item: Listed) -> dict[str, Any]:
    card = item.card
    return {
        "type": "Feature",
        "id": row.number,
        "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        "properties": {
            "number": row.number,
            "status": row.status,
            "status_word": card.status_word,
            "phase": card.phase,
            "service_code": row.service_code,
            "service_name": card.service_name,
            "group": row.group_code,
            "requested_at": row.requested_at.isoformat(),
            "updated_at": row.updated_at.isoformat(),
            "due_at": row.due_at.isoformat() if row.due_at else None,
            "closed_at": row.closed_at.isoformat() if row.closed_at else None,
            "department": card.department_name,
            "led_to_improvement": row.led_to_improvement if row.closed_at else None,
            "is_demo": row.is_demo,
            "url": card.url,
            "sentence": card.sentence,
            "meta": card.meta,
            "place_text": card.place_text,
            "metres": None if item.metres is None else round(item.metres),
            "supporters": item.supporters,
            "thumbnail": {"url": item.thumbnail.url_small} if item.thumbnail else None,
        },
    }


def _body(found: ServiceRequest, *, with_follow_link: bool) -> dict[str, Any]:
    row = row_of(found, exact=with_follow_link)  # only who just reported gets that link
    card = card_of(row, now=datetime.now(UTC))
    links = {
        "self": url_for("api.show", number=found.number, _external=True),
        "html": url_for("reporting.show", number=found.number, _external=True),
    }
    if with_follow_link:
        links["follow"] = url_for("reporting.follow", token=found.token, _external=True)
    return {
        "number": found.number,
        "status": found.status,
        "status_word": card.status_word,
        "phase": card.phase,
        "service_code": row.service_code,
        "service_name": card.service_name,
        "group": row.group_code,
        "department": card.department_name,
        "routing_reason": localised(found.routing_reason)
        if with_follow_link
        else public_reason(found),
        "is_acute": found.is_acute,
        "lamps": []
        if row.is_street_only and not with_follow_link
        else [asset.number for asset in found.assets],
        "answers": questions.public(found.service, found.answers),
        "position": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        "description": (found.description or None) if is_public_text(found) else None,
        "requested_at": found.requested_at,
        "updated_at": found.updated_at,
        "due_at": found.due_at,
        "first_response_due_at": found.first_response_due_at,
        "closed_at": found.closed_at,
        "led_to_improvement": found.led_to_improvement if found.closed_at else None,
        "is_demo": found.is_demo,
        "links": links,
        **_around(found),
    }


def _around(found: ServiceRequest) -> dict[str, Any]:
    """What others have added, as anyone may see it; photos' addresses are complete."""
    seen, root = around(found, personal=False), request.url_root.rstrip("/")
    photos = [
        {
            "shows": photo.shows,
            "added_at": photo.added_at,
            "width": photo.width,
            "height": photo.height,
            "small": root + photo.url_small,
            "medium": root + photo.url_medium,
            "large": root + photo.url_large,
            "alt": photo.alt,
        }
        for photo in (*seen.faults, *seen.fixes)
    ]
    comments = [
        {"author": said.author, "created_at": said.at, "text": said.text} for said in seen.comments
    ]
    return {
        "supporters": seen.supports,
        "repetitions": seen.repetitions,
        "photos": photos,
        "comments": comments,
    }
