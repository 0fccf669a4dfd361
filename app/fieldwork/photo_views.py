"""Photos on a job's page: the buttons that show one to everybody or hide it."""

from datetime import UTC, datetime

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.database import transaction
from app.errors import NotFound
from app.fieldwork import operations
from app.fieldwork.views import blueprint, signed_in
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import visible_to
from app.service_requests import pictures, talk
from app.service_requests.kinds import ModerationState

DECISIONS = {"vis": ModerationState.SHOWN, "skjul": ModerationState.HIDDEN}


@blueprint.post("/<number>/bilder/<key>/<decision>")
@visible_to(Deed.FIELD_WORK)
def show_or_hide_photo(number: str, key: str, decision: str) -> ResponseReturnValue:
    """Show a photo of a job to everybody or hide it; then the job again."""
    if decision not in DECISIONS:
        raise NotFound(gettext("There is no such action."))
    who = signed_in()
    found = operations.find(who, current_jurisdiction().id, number)
    state, now = DECISIONS[decision], datetime.now(UTC)
    with transaction():
        photo_id = pictures.decide(found, key, state, account_id=who.account_id, now=now)
        talk.dismiss_complaints(photo_id)
    if state == ModerationState.SHOWN:
        flash(gettext("The photo is shown to everybody."))
    else:
        flash(gettext("The photo is hidden. Only staff see it."))
    return redirect(url_for("fieldwork.show", number=number, _anchor="bilder"), 303)
