"""How long personal data is kept: the municipality's choice, what is due, and what the nights removed."""

import csv
from datetime import UTC, datetime
from io import StringIO

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app import security
from app.database import session, transaction
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.privacy import retention
from app.privacy.retention import What
from app.privacy.schemas import KeepSchema
from app.privacy.views import blueprint
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to
from app.setup_log.models import Kind
from app.setup_log.operations import note


@blueprint.get("/oppbevaring")
@visible_to(Deed.PRIVACY)
def keeping() -> ResponseReturnValue:
    """The days, what the next night removes, and what the last ones removed."""
    return _page(_form(_place()), {})


@blueprint.post("/oppbevaring")
@visible_to(Deed.PRIVACY)
def keep() -> ResponseReturnValue:
    """Save the days. Nothing is removed before the night."""
    sent = request.form.to_dict()
    try:
        values = KeepSchema().load(sent)
    except ValidationError as fault:
        return _page(sent, first_messages(fault))
    who, now = security.identity(), datetime.now(UTC)
    with transaction():
        place = session().get(Jurisdiction, _place().id, with_for_update=True)
        if place is None:
            abort(404)
        before = {what.value: days for what, days in retention.days(place).items()}
        is_late = values["seen"] != _seen(place)
        if not is_late:
            place.keep_contact_days = values["contact"]
            place.keep_photo_days = values["photo"]
            place.keep_text_days = values["text"]
            after = {what.value: values[what.value] for what in What}
            account_id = who.account_id if who else None
            subject = gettext("How long personal data is kept")
            note(place.id, account_id, Kind.PRIVACY, subject, before, after, now=now)
    if is_late:
        text = gettext("Somebody else has changed this. Look at it, and try again.")
        page, _ = _page(_form(_place()), {"contact": text})
        return page, 409
    flash(gettext("The times are saved. They count from the next night on."))
    return redirect(url_for("privacy.keeping"), 303)


@blueprint.get("/oppbevaring.csv")
@visible_to(Deed.PRIVACY)
def due_reports() -> ResponseReturnValue:
    """What the next night removes, report by report, for the archivist."""
    told = StringIO()
    lines = csv.writer(told)
    lines.writerow(["number", "what", "closed_at"])
    for one in retention.due_reports(_place(), now=datetime.now(UTC)):
        lines.writerow([one.number, one.what.value, one.closed_at.isoformat()])
    disposition = 'attachment; filename="due.csv"'
    headers = {"Content-Disposition": disposition}
    return Response("\ufeff" + told.getvalue(), mimetype="text/csv", headers=headers)


def _place() -> Jurisdiction:
    return session().get_one(Jurisdiction, current_jurisdiction().id)


def _form(place: Jurisdiction) -> dict[str, str]:
    return {
        what.value: "" if days is None else str(days)
        for what, days in retention.days(place).items()
    }


def _seen(place: Jurisdiction) -> str:
    return "-".join(_form(place).values())


def _page(form: dict[str, str], errors: dict[str, str]) -> tuple[str, int]:
    place = _place()
    page = render_template(
        "privacy/keeping.html",
        form=form,
        seen=_seen(place),
        errors=errors,
        due=retention.due(place, now=datetime.now(UTC)),
        runs=retention.runs(place.id),
    )
    return page, 422 if errors else 200
