"""The feeds' addresses: everything, a category, an area, one report."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.queries import groups
from app.errors import MalformedQuery, NotFound
from app.field_words import in_words
from app.geo.positions import Box
from app.i18n import gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.notifications import feeds
from app.notifications.feeds import PER_PAGE, Head, Wanted
from app.notifications.views import blueprint
from app.security import ANYONE, visible_to
from app.service_requests import queries
from app.service_requests.filter import Cursor, NearCursor
from app.service_requests.paging import read_cursor, write_cursor
from app.service_requests.status import Status
from app.settings import Settings

MAX_AGE_SECONDS = 60
KIND = "application/atom+xml; charset=utf-8"


@blueprint.get("/feed")
@visible_to(ANYONE)
def feed() -> ResponseReturnValue:
    """What happens to all reports, or to those of a category (`group`, `service`) or an area (`bbox`)."""
    wanted = Wanted(jurisdiction_id=current_jurisdiction().id, **_asked_for())
    names = [
        localised(group.name)
        for group in groups(current_jurisdiction().id)
        if group.code in wanted.groups
    ]
    title = ", ".join(names) or gettext("All reports")
    if wanted.bbox:
        title += " (" + gettext("a part of the map") + ")"
    return _answer(wanted, title, url_for("reporting.index"))


@blueprint.get("/feed/<number>")
@visible_to(ANYONE)
def report_feed(number: str) -> ResponseReturnValue:
    """What happens to one report."""
    found = queries.by_number(current_jurisdiction().id, number)
    if found is None or found.status == Status.REJECTED:
        raise NotFound(gettext("There is no report with this number."))
    after = _asked_for()["after"]
    wanted = Wanted(jurisdiction_id=found.jurisdiction_id, number=found.number, after=after)
    title = f"{localised(found.service.name)}, {found.number}"
    return _answer(wanted, title, url_for("reporting.show", number=found.number))


def _asked_for() -> dict[str, Any]:
    """What the query string says. :raises MalformedQuery: it cannot be read."""
    given = request.args
    try:
        name = "bbox"
        bbox = Box.parse(given["bbox"]) if given.get("bbox") else None
        name = "cursor"
        cursor = read_cursor(given["cursor"]) if given.get("cursor") else None
        if isinstance(cursor, NearCursor):
            raise ValueError("follow the next link as it is given")
    except ValueError as fault:
        raise MalformedQuery(name, f"{name}: {in_words(str(fault))}") from fault
    return {
        "bbox": bbox,
        "after": (cursor.requested_at, cursor.id) if cursor else None,
        "groups": _codes(given.get("group", "")),
        "services": _codes(given.get("service", "")),
    }


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _answer(wanted: Wanted, title: str, html_path: str) -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    base_url = current_jurisdiction().public_url(settings.base_url)
    found = feeds.entries(wanted)
    path, given = request.path, request.args.to_dict()
    given.pop("cursor", None)
    first = f"{base_url}{path}" + (f"?{urlencode(sorted(given.items()))}" if given else "")
    following = None
    if len(found) == PER_PAGE:
        last = Cursor(requested_at=found[-1].occurred_at, id=found[-1].id)
        following = f"{base_url}{path}?{urlencode(given | {'cursor': write_cursor(last)})}"
    asked = request.args.to_dict()
    own = f"{base_url}{path}" + (f"?{urlencode(asked)}" if asked else "")
    service = gettext("Report a fault in my street")
    head = Head(
        id=first,
        title=f"{title} – {service}",
        author=localised(current_jurisdiction().name),
        html_url=f"{base_url}{html_path}",
        self_url=own,
        next_url=following,
        base_url=base_url,
        language=language(),
    )
    response = Response(feeds.written(head, found), content_type=KIND)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.update(["Accept-Language", "Cookie"])
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_SECONDS
    response.last_modified = found[0].occurred_at if found else None
    response.add_etag()
    response.make_conditional(request)
    return response
