"""Days on which one is away oneself."""

from datetime import UTC, date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import session, transaction
from app.duties import operations, queries
from app.duties.days import today_in
from app.duties.schemas import BIGGEST, AbsenceSchema
from app.duties.views import blueprint, signed_in
from app.errors import Invalid, NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to

KEY = f"<int(max={BIGGEST}):key>"


@blueprint.get("/konto/fravaer")
@visible_to(Deed.OWN_ACCOUNT)
def own_absences() -> ResponseReturnValue:
    """One's own days away from today on, and who stands in meanwhile."""
    return _page({}, {})


@blueprint.post("/konto/fravaer")
@visible_to(Deed.OWN_ACCOUNT)
def go_away() -> ResponseReturnValue:
    """Write down days away: back to the list, or the form with what is wrong (422)."""
    form, who = request.form.to_dict(), signed_in()
    try:
        values = AbsenceSchema(_today()).load(form)
        with transaction():
            operations.go_away(current_jurisdiction().id, who.account_id, **values)
    except ValidationError as fault:
        return _page(form, first_messages(fault))
    except Invalid as fault:
        session().expire_all()
        return _page(form, fault.errors)
    flash(gettext("The days are written down."))
    return redirect(url_for("duties.own_absences"), 303)


@blueprint.post(f"/konto/fravaer/{KEY}/fjern")
@visible_to(Deed.OWN_ACCOUNT)
def stay(key: int) -> ResponseReturnValue:
    """Take own days away back."""
    with transaction():
        is_done = operations.stay(current_jurisdiction().id, signed_in().account_id, key)
    if not is_done:
        raise NotFound(gettext("These days are not written down any more."))
    flash(gettext("The days are removed."))
    return redirect(url_for("duties.own_absences"), 303)


def _today() -> date:
    return today_in(current_jurisdiction().time_zone, datetime.now(UTC))


def _page(form: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    jurisdiction, who, today = current_jurisdiction(), signed_in(), _today()
    html = render_template(
        "duties/absences.html",
        absences=queries.own_absences(jurisdiction.id, who.account_id, today),
        may_answer=who.may(jurisdiction.id, Deed.DESK),
        form=form,
        errors=errors,
        today=today,
    )
    return html, 422 if errors else 200
