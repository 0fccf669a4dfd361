"""The map and the lists."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from app.catalog import queries as catalog
from app.errors import MalformedQuery
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, visible_to
from app.service_requests import queries
from app.service_requests.api import filter_from
from app.service_requests.cards import Card, card_of
from app.service_requests.filter import Filter
from app.service_requests.paging import write_cursor
from app.service_requests.list_schemas import FilterSchema
from app.service_requests.status import Phase, Status
from app.service_requests.words import phase_word, status_word

blueprint = Blueprint("reporting", __name__)
ON_START = 30
ON_PAGE = 50
RECENTLY = timedelta(days=90)
SHOWN = [status for status in Status if status != Status.REJECTED]


@blueprint.get("/")
@visible_to(ANYONE)
def start() -> ResponseReturnValue:
    """The map with open and recently closed reports, and the newest of them as a list."""
    recently = (datetime.now(UTC) - RECENTLY).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = Filter(
        jurisdiction_id=current_jurisdiction().id, closed_after=recently, limit=ON_START
    )
    total = queries.count(wanted)
    return render_template(
        "reporting/start.html",
        cards=_cards(wanted),
        total=total,
        closed_after=recently.isoformat(),
        groups=_groups(),
        phases=[(phase, phase_word(phase)) for phase in Phase],
        next_url=url_for("reporting.index") if total > ON_START else None,
    )


@blueprint.get("/meldinger")
@visible_to(ANYONE)
def index() -> ResponseReturnValue:
    """All reports as a list with filters, newest first."""
    wanted = _filter()
    cards_wanted = replace(wanted, limit=ON_PAGE)
    rows = queries.rows(cards_wanted)
    now = datetime.now(UTC)
    next_url = None
    if len(rows) == ON_PAGE:
        values = request.args.to_dict() | {"cursor": write_cursor(queries.cursor_of(rows[-1]))}
        next_url = f"{url_for('reporting.index')}?{urlencode(values)}"
    return render_template(
        "reporting/index.html",
        cards=[card_of(row, now=now) for row in rows],
        total=queries.count(replace(wanted, after=None)),
        next_url=next_url,
        is_first_page=wanted.after is None,
        filters={name: request.args.get(name, "") for name in ("group", "status")},
        groups=_groups(),
        statuses=[(status, status_word(status)) for status in SHOWN],
    )


def _cards(wanted: Filter) -> list[Card]:
    now = datetime.now(UTC)
    return [card_of(row, now=now) for row in queries.rows(wanted)]


def _groups() -> list[tuple[str, str]]:
    return [
        (group.code, localised(group.name)) for group in catalog.groups(current_jurisdiction().id)
    ]


def _filter() -> Filter:
    try:
        query: dict[str, Any] = FilterSchema(unknown=EXCLUDE).load(request.args.to_dict())
    except ValidationError as fault:
        name, texts = next(iter(fault.messages_dict.items()))
        message = gettext("The address has a filter that cannot be read: %(name)s.", name=name)
        raise MalformedQuery(name, f"{message} {texts[0]}") from fault
    return filter_from(query)
