"""The start page of the set-up, and the log of what was changed in the browser."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.queries import emails_of
from app.administration.schemas import SetupLogSchema
from app.administration.setup_words import kinds, told
from app.administration.start_page import links
from app.administration.views import LOG_PAGE, blueprint
from app.cells import harmless
from app.errors import MalformedQuery
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed, may
from app.security import identity, visible_to
from app.setup_log import queries
from app.setup_log.models import SetupChange

CSV_ROWS = 100_000


@blueprint.get("/")
@visible_to(Deed.SET_UP, Deed.PRIVACY)
def start() -> ResponseReturnValue:
    """Every page of the set-up that the reader may open."""
    who = identity()
    roles = who.roles_in(g.jurisdiction_id) if who else set()
    sections = [
        (
            heading,
            [
                link
                for link in found
                if link.endpoint in current_app.view_functions and may(roles, link.deed)
            ],
        )
        for heading, found in links()
    ]
    return render_template("administration/start.html", sections=[s for s in sections if s[1]])


@blueprint.get("/historikk")
@visible_to(Deed.SET_UP)
def setup_history() -> ResponseReturnValue:
    """The log, newest first, of everything or of one kind of thing."""
    asked = _asked()
    found = queries.newest(
        current_jurisdiction().id, kind=asked["hva"], before=asked["eldre_enn"], limit=LOG_PAGE + 1
    )
    shown = found[:LOG_PAGE]
    return render_template(
        "administration/setup_history.html",
        rows=_rows(shown),
        kinds=kinds(),
        kind=asked["hva"],
        is_first=asked["eldre_enn"] is None,
        more=shown[-1].id if len(found) > LOG_PAGE else None,
    )


@blueprint.get("/historikk.csv")
@visible_to(Deed.SET_UP)
def setup_history_csv() -> Response:
    """The log as CSV in UTF-8, times in UTC."""
    found = queries.newest(current_jurisdiction().id, kind=_asked()["hva"], limit=CSV_ROWS)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["time", "who", "kind", "subject", "change"])
    for row in _rows(found):
        cells = [row["who"], row["kind"], row["subject"], "\n".join(row["lines"])]
        writer.writerow([row["at"].isoformat(), *(harmless(cell) for cell in cells)])
    answer = make_response("\ufeff" + text.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="historikk.csv"'
    return answer


def _asked() -> dict[str, Any]:
    try:
        asked: dict[str, Any] = SetupLogSchema().load(request.args)
    except ValidationError as fault:
        raise MalformedQuery(
            next(iter(fault.messages_dict)), gettext("The address of the page is not right.")
        ) from fault
    return asked


def _rows(found: Sequence[SetupChange]) -> list[dict[str, Any]]:
    emails = emails_of({change.account_id for change in found if change.account_id})
    return [
        {
            "at": change.occurred_at,
            "who": emails.get(change.account_id or 0) or gettext("an account that is gone"),
            "kind": kinds().get(change.kind, change.kind),
            "subject": change.subject,
            "lines": told(change.before, change.after),
        }
        for change in found
    ]
