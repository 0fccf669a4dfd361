"""What reporters thought of how it went: the public page of figures, and their words for staff."""

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import MalformedQuery, NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.scorecard.satisfaction_page import HEIGHT, WIDTH, satisfaction_page
from app.scorecard.satisfaction_words import words_page
from app.security import ANYONE, identity, visible_to
from app.service_requests.filter import Cursor
from app.service_requests.paging import read_cursor

blueprint = Blueprint("satisfaction", __name__)
"""Who reads what reporters write with their marks; case handlers that of their departments."""
DOWNLOADS = ("csv", "json", "jsonstat", "parquet")


@blueprint.get("/statistikk/tilfredshet")
@visible_to(ANYONE)
def show() -> ResponseReturnValue:
    """Marks of a year: how many of each, their mean, and how many of those who were asked answered."""
    written = request.args.get("year", "")
    if written and not (written.isascii() and written.isdecimal() and len(written) == 4):
        raise MalformedQuery("year", gettext("Write the year with four digits."))
    year = int(written) if written else None
    return render_template(
        "scorecard/satisfaction.html",
        page=satisfaction_page(current_jurisdiction(), year),
        width=WIDTH,
        height=HEIGHT,
        downloads=_downloads(),
        reads_words=_reads_words(),
    )


@blueprint.get("/styring/tilfredshet")
@visible_to(Deed.OPINIONS)
def words() -> ResponseReturnValue:
    """What reporters wrote with their marks, the newest first."""
    return render_template(
        "scorecard/satisfaction_words.html",
        page=words_page(current_jurisdiction().id, _departments(), _cursor()),
        is_first_page="cursor" not in request.args,
    )


def _cursor() -> Cursor | None:
    written = request.args.get("cursor")
    if written is None:
        return None
    try:
        found = read_cursor(written)
    except ValueError as fault:
        raise MalformedQuery("cursor", gettext("Follow the link as it is given.")) from fault
    if not isinstance(found, Cursor):
        raise MalformedQuery("cursor", gettext("Follow the link as it is given."))
    return found


def _departments() -> tuple[int, ...] | None:
    """Whose reports this person reads about; None means all."""
    who, jurisdiction_id = identity(), current_jurisdiction().id
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who.reach(jurisdiction_id, Deed.OPINIONS)


def _reads_words() -> bool:
    who = identity()
    return bool(who and who.may(current_jurisdiction().id, Deed.OPINIONS))


def _downloads() -> list[tuple[str, str]]:
    """The dataset's files by format, where this installation offers them."""
    if "datasets.file" not in current_app.view_functions:
        return []
    return [
        (ending.upper(), url_for("datasets.file", code="satisfaction", ending=ending))
        for ending in DOWNLOADS
    ]
