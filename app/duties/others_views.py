"""Who is away, for administrators: also somebody who fell ill and cannot write it down."""

from datetime import UTC, date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import session, transaction
from app.duties import operations, queries
from app.duties.absence_views import KEY
from app.duties.days import today_in
from app.duties.schemas import OthersAbsenceSchema, WhoseSchema
from app.duties.views import blueprint
from app.errors import Invalid, NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to
from app.service_requests.assignees import colleagues


@blueprint.get("/styring/fravaer")
@visible_to(Deed.SET_UP)
def absences() -> ResponseReturnValue:
    """Everybody's days away from today on."""
    return _page({}, {})


@blueprint.post("/styring/fravaer")
@visible_to(Deed.SET_UP)
def send_away() -> ResponseReturnValue:
    """Write down days away for somebody: back to the list, or the form with what is wrong (422)."""
    form, here = request.form.to_dict(), current_jurisdiction().id
    try:
        values = OthersAbsenceSchema(_today()).load(form)
        if values["account_id"] not in _names(here):
            raise Invalid({"account": gettext("Choose somebody who works here.")})
        with transaction():
            operations.go_away(here, **values)
    except ValidationError as fault:
        return _page(form, first_messages(fault))
    except Invalid as fault:
        session().expire_all()
        return _page(form, fault.errors)
    flash(gettext("The days are written down."))
    return redirect(url_for("duties.absences"), 303)


@blueprint.post(f"/styring/fravaer/{KEY}/fjern")
@visible_to(Deed.SET_UP)
def bring_back(key: int) -> ResponseReturnValue:
    """Take somebody's days away back."""
    message = gettext("These days are not written down any more.")
    try:
        account_id = WhoseSchema().load(request.form.to_dict())["account_id"]
    except ValidationError as fault:
        raise NotFound(message) from fault
    with transaction():
        is_done = operations.stay(current_jurisdiction().id, account_id, key)
    if not is_done:
        raise NotFound(message)
    flash(gettext("The days are removed."))
    return redirect(url_for("duties.absences"), 303)


def _today() -> date:
    return today_in(current_jurisdiction().time_zone, datetime.now(UTC))


def _names(jurisdiction_id: int) -> dict[int, str]:
    return {
        one.account_id: one.label for one in colleagues(jurisdiction_id, None, Deed.OWN_ACCOUNT)
    }


def _page(form: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    here, today = current_jurisdiction().id, _today()
    html = render_template(
        "duties/away.html",
        absences=queries.all_absences(here, today),
        names=_names(here),
        form=form,
        errors=errors,
        today=today,
    )
    return html, 422 if errors else 200
