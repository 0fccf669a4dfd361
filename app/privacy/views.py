"""What administrators see of privacy: who has looked at residents' contact data."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.privacy import lookups
from app.privacy.models import Look
from app.roles import Deed
from app.security import visible_to

blueprint = Blueprint("privacy", __name__, url_prefix="/styring")
MOST_DIGITS = 18


def look_word(what: Look) -> str:
    """What was looked at, in words."""
    match what:
        case Look.CONTACT:
            return gettext("a report's contact data")
        case Look.SEARCH:
            return gettext("the reports of an e-mail address")
        case Look.EXPORT:
            return gettext("all that is kept of a person, to hand it out")
        case Look.ERASURE:
            return gettext("all that is kept of a person, to erase it")


@blueprint.get("/oppslag")
@visible_to(Deed.PRIVACY)
def looks() -> ResponseReturnValue:
    """The looks, newest first; `for` goes on from an older one."""
    written = request.args.get("for", "")
    is_key = written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS
    found = lookups.looks(current_jurisdiction().id, int(written) if is_key else None)
    return render_template(
        "privacy/looks.html",
        looks=found,
        look_word=look_word,
        older=found[-1].id if len(found) == lookups.PAGE else None,
    )
