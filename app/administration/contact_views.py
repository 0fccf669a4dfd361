"""How people reach the municipality: address, telephone, opening hours, whom to call about danger; and when
those who have heard nothing are written to.
"""

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.contact_schemas import CATEGORIES, MOST, ContactFormSchema, numbers
from app.administration.setup_forms import both
from app.administration.views import account_id, blueprint
from app.database import session, transaction
from app.errors import Invalid
from app.i18n import LANGUAGES, gettext
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to
from app.setup_log.models import Kind
from app.setup_log.operations import note

FIELDS = (
    "contact_email",
    "contact_phone",
    "opening_hours",
    "emergency_numbers",
    "preliminary_days",
)


@blueprint.route("/telefoner", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def contact_lines() -> ResponseReturnValue:
    """The lines as they are, or as they are to be."""
    if request.method == "GET":
        place = _place()
        return _form(_as_form(place), _rows(place), {}, place.contact_version)
    form = request.form.to_dict()
    rows = _sent_rows()
    version = form.get("version", "")
    try:
        values = ContactFormSchema().load(form) | {"emergency_numbers": numbers(rows)}
        late = _save(values, version)
    except ValidationError as fault:
        return _form(form, rows, first_messages(fault), version)
    except Invalid as fault:
        return _form(form, rows, fault.errors, version)
    if late is not None:
        detail = gettext(
            "Somebody else has changed this. Look at both, and save again if yours counts."
        )
        return _form(form, rows, {"version": detail}, _place().contact_version, lines=late)
    flash(gettext("The lines are saved."))
    return redirect(url_for("administration.contact_lines"), 303)


def _save(values: dict[str, Any], version: str) -> list[str] | None:
    """What differs when somebody else was faster; None when it is saved."""
    with transaction():
        place = session().get(Jurisdiction, current_jurisdiction().id, with_for_update=True)
        if place is None:
            abort(404)
        before = {name: getattr(place, name) for name in FIELDS}
        if str(place.contact_version) != version:
            return both(before, values)
        for name in FIELDS:
            setattr(place, name, values[name])
        place.contact_version += 1
        subject = gettext("How people reach us")
        now = datetime.now(UTC)
        note(place.id, account_id(), Kind.MUNICIPALITY, subject, before, values, now=now)
    return None


def _place() -> Jurisdiction:
    return session().get_one(Jurisdiction, current_jurisdiction().id, populate_existing=True)


def _as_form(place: Jurisdiction) -> dict[str, str]:
    hours = {f"opening_hours_{code}": place.opening_hours.get(code, "") for code in LANGUAGES}
    return hours | {
        "contact_email": place.contact_email or "",
        "contact_phone": place.contact_phone or "",
        "preliminary_days": str(place.preliminary_days or ""),
    }


def _rows(place: Jurisdiction) -> list[dict[str, str]]:
    return [
        {"number": one["number"], "roads": " ".join(one.get("road_categories", []))}
        | {code: one["text"].get(code, "") for code in LANGUAGES}
        for one in place.emergency_numbers
    ]


def _sent_rows() -> list[dict[str, str]]:
    names = ("number", *LANGUAGES, "roads")
    columns = [request.form.getlist(f"danger_{name}") for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if any(text.strip() for text in row.values())]


def _form(
    form: dict[str, str],
    rows: list[dict[str, str]],
    errors: dict[str, str],
    version: str | int,
    *,
    lines: list[str] | None = None,
) -> ResponseReturnValue:
    empty = dict.fromkeys(("number", *LANGUAGES, "roads"), "")
    html = render_template(
        "administration/contact_lines.html",
        form=form,
        rows=rows[:MOST] + [empty] * min(2, MOST - len(rows[:MOST])),
        categories=CATEGORIES,
        errors=errors,
        version=version,
        lines=lines,
    )
    return html, 409 if lines is not None else 422 if errors else 200
