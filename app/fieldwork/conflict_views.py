"""What was done in the field and does not go together with what others did: decided here when the one who
did it cannot, because a phone is lost or its owner is away.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import transaction
from app.errors import AppError
from app.fieldwork import conflicts, sync
from app.fieldwork.views import blueprint, signed_in
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import identity, visible_to

SIDES = ("mine", "theirs")


@blueprint.app_context_processor
def _values() -> dict[str, Callable[[], int]]:
    return {"conflicts_waiting": _count}


def _count() -> int:
    """How many wait for the one who asks."""
    who = identity()
    return len(conflicts.of_desk(who, current_jurisdiction().id)) if who else 0


@blueprint.get("/konflikter")
@visible_to(Deed.DESK)
def conflicts_index() -> ResponseReturnValue:
    """What waits to be decided about the department's reports."""
    return _page()


@blueprint.post("/konflikter/<uuid:key>")
@visible_to(Deed.DESK)
def decide_conflict(key: UUID) -> ResponseReturnValue:
    """Let one of the two stand: back to the list, or the list with why not."""
    keep = request.form.get("keep", "")
    if keep not in SIDES:
        return _page(gettext("Choose which of the two is to stand."), key), 422
    try:
        with transaction():
            answer = sync.resolve(
                signed_in(), current_jurisdiction(), key, keep, now=datetime.now(UTC)
            )
    except AppError as fault:
        return _page(fault.detail, key), fault.status
    if answer.sentence:
        flash(answer.sentence)
    elif keep == "mine":
        flash(gettext("What was sent from the field stands now. Both are in the history."))
    else:
        flash(gettext("The report stays as it is. What was sent from the field is kept as a note."))
    return redirect(url_for("fieldwork.conflicts_index"), 303)


def _page(fault: str = "", key: UUID | None = None) -> str:
    found = conflicts.waiting(signed_in(), current_jurisdiction().id)
    return render_template("fieldwork/conflicts.html", waiting=found, fault=fault, about=key)
