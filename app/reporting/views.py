"""The map and the lists."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from app.catalog import queries as catalog
from app.database import transaction
from app.errors import MalformedQuery
from app.geo.positions import Position
from app.i18n import gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.places.api import SEARCHES, source
from app.places.lines import written_metres
from app.planned_work.views import coming
from app.problems import first_messages
from app.reporting.places import MOST_LETTERS, resolve
from app.security import ANYONE, limiter, visible_to
from app.service_requests import queries
from app.service_requests.api import filter_from
from app.service_requests.conditions import NUMBER
from app.service_requests.filter import EVERYTHING_SHOWN, Cursor, Filter, Shown
from app.service_requests.list_schemas import FilterSchema
from app.service_requests.lists import listed
from app.service_requests.paging import write_cursor
from app.service_requests.status import Phase, Status
from app.service_requests.words import phase_word, status_word

blueprint = Blueprint("reporting", __name__)
ON_START = 30
ON_PAGE = 50
SHOWN = [status for status in Status if status != Status.REJECTED]
FIRST_GROUPS = ("street_light", "road")
"""What most reports are about; the other groups stand under «More filters»."""


@blueprint.get("/")
@visible_to(ANYONE)
def start() -> ResponseReturnValue:
    """The map with open and recently closed reports, and the newest of them as a list."""
    asked = filter_from(_read(request.args.to_dict()))
    shown = EVERYTHING_SHOWN if asked.shown is None else asked.shown
    wanted = Filter(
        jurisdiction_id=asked.jurisdiction_id, shown=shown, groups=asked.groups, limit=ON_START
    )
    groups = _groups()
    return render_template(
        "reporting/start.html",
        items=listed(queries.rows(wanted), now=datetime.now(UTC)),
        total=queries.count(wanted),
        shown=shown,
        pressed=set(asked.groups),
        groups=sorted(groups, key=lambda group: _turn(group[0])),
        first_groups=FIRST_GROUPS,
        phases=[(phase, phase_word(phase)) for phase in Phase],
        works=coming(),
        written_metres=_about,
        addresses={
            "tiles": "/api/v1/tiles/{z}/{x}/{y}.json",
            "reports": url_for("api.index"),
            "list": url_for("reporting.index"),
            "planned": url_for("planned_work.areas"),
            "language": language(),
        },
    )


@blueprint.get("/meldinger")
@limiter.limit(SEARCHES, exempt_when=lambda: not request.args.get("sok"))
@visible_to(ANYONE)
def index() -> ResponseReturnValue:
    """Reports as a list with filters: the newest first, or the nearest to a place."""
    values = request.args.to_dict()
    status, typed = values.get("status", ""), values.get("sok", "").strip()[:MOST_LETTERS]
    if status == Shown.RECENT:
        values |= {"status": "", "show": status}
    wanted, place = _placed(
        filter_from(_read(values)), typed, values.get("sted", "")[:MOST_LETTERS]
    )
    if wanted.near and not wanted.statuses and wanted.shown is None:
        wanted = replace(wanted, shown=EVERYTHING_SHOWN)
    rows = queries.rows(replace(wanted, limit=ON_PAGE))
    total = queries.count(wanted)
    next_url = None
    if len(rows) == ON_PAGE:
        cursor = write_cursor(queries.cursor_of(rows[-1]))
        next_url = _address(**_start_of(wanted, place), cursor=cursor)
    return render_template(
        "reporting/index.html",
        items=listed(rows, now=datetime.now(UTC)),
        total=total,
        next_url=next_url,
        first_url=_address(cursor=None),
        is_first_page=wanted.after is None,
        wanted=wanted,
        place=place,
        typed=typed,
        carried={name: request.args[name] for name in CARRIED if request.args.get(name)},
        filters={"group": values.get("group", ""), "status": status},
        groups=_groups(),
        statuses=[(status, status_word(status)) for status in SHOWN],
        works=coming(),
        written_metres=_about,
        is_narrowed=any(request.args.get(name) for name in request.args if name != "cursor"),
    )


CARRIED = ("bbox", "latitude", "longitude", "sted")
"""What the filters' form takes along: where, when it was chosen on the map or by «near me»."""


@dataclass(frozen=True, kw_only=True)
class NearPlace:
    """Where a list starts from. `choices` are the other places that the text may mean, with their addresses."""

    label: str | None
    choices: tuple[tuple[str, str], ...] = ()
    is_away: bool = False


def _placed(wanted: Filter, typed: str, label: str) -> tuple[Filter, NearPlace | None]:
    """The filter with what was typed: a report's number, or a place to start from, or words of one."""
    if wanted.near:
        return wanted, NearPlace(label=label or None)
    if not typed:
        return wanted, None
    if NUMBER.match(typed.upper()):
        return replace(wanted, search=typed), None
    with transaction():
        found = resolve(current_jurisdiction(), typed, source())
    if not found.places:
        return replace(wanted, search=typed), NearPlace(label=None, is_away=found.is_away)
    if isinstance(wanted.after, Cursor):
        message = gettext("The address has a filter that cannot be read: %(name)s.", name="cursor")
        raise MalformedQuery("cursor", message)
    best, *others = found.places
    start = Position(
        longitude=round(best.position.longitude, 5), latitude=round(best.position.latitude, 5)
    )
    choices = tuple(
        (place.title, _address(**_query(place.position), sted=place.title, sok=None, cursor=None))
        for place in others
    )
    place = NearPlace(label=best.title, choices=choices, is_away=found.is_away)
    return replace(wanted, near=start), place


def _start_of(wanted: Filter, place: NearPlace | None) -> dict[str, str | None]:
    """For the address of another page: the place that was found, so that it need not be searched for again."""
    if wanted.near is None or request.args.get("latitude"):
        return {}
    return {**_query(wanted.near), "sted": place.label if place else None, "sok": None}


def _query(position: Position) -> dict[str, str]:
    return {"latitude": f"{position.latitude:.5f}", "longitude": f"{position.longitude:.5f}"}


def _address(**changes: str | None) -> str:
    """The address of this page with some parameters changed, or left out for None."""
    values = {**request.args.to_dict(), **changes}
    return f"{url_for('reporting.index')}?{urlencode({k: v for k, v in values.items() if v})}"


def _turn(code: str) -> int:
    """Where a group's chip stands: the first ones, then the rest as they were."""
    return FIRST_GROUPS.index(code) if code in FIRST_GROUPS else len(FIRST_GROUPS)


def _about(metres: float) -> str:
    """«180 m»: tens of metres are near enough."""
    return written_metres(round(metres, -1) if metres < 995 else metres)


def _groups() -> list[tuple[str, str]]:
    return [
        (group.code, localised(group.name)) for group in catalog.groups(current_jurisdiction().id)
    ]


def _read(values: dict[str, str]) -> dict[str, Any]:
    try:
        query: dict[str, Any] = FilterSchema(unknown=EXCLUDE).load(values)
    except ValidationError as fault:
        name, said = next(iter(first_messages(fault).items()))
        message = gettext("The address has a filter that cannot be read: %(name)s.", name=name)
        raise MalformedQuery(name, f"{message} {said}") from fault
    return query
