"""Planned work in the browser: where, when, and what it explains."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.setup_forms import as_form, both, sent_version
from app.administration.setup_schemas import PlannedWorkFormSchema
from app.administration.views import account_id, blueprint
from app.database import transaction
from app.errors import Invalid, OutdatedVersion
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.planned_work import editing
from app.planned_work.models import PlannedWork
from app.planned_work.views import today
from app.problems import first_messages
from app.roles import Deed
from app.routing.areas import outline
from app.security import visible_to

MAX_OUTLINE_BYTES = 5 * 1024 * 1024
ENDPOINTS = {"administration.new_work", "administration.edit_work"}


# Not `before_request`: the check of the form's token comes before that, and reads the form.
@blueprint.url_value_preprocessor
def _allow_an_outline(endpoint: str | None, _values: object) -> None:
    if endpoint in ENDPOINTS:
        request.max_content_length = request.max_form_memory_size = MAX_OUTLINE_BYTES


@blueprint.get("/arbeid")
@visible_to(Deed.SET_UP)
def works() -> ResponseReturnValue:
    """What is coming, what goes on, and what is over."""
    on = today()
    rows = [
        (work.code, localised(work.title), work.starts_on, work.ends_on)
        for work in editing.all_of(current_jurisdiction().id)
    ]
    parts = [
        (gettext("Going on"), [row for row in rows if row[2] <= on <= row[3]]),
        (gettext("Coming"), [row for row in rows if row[2] > on]),
        (gettext("Over"), [row for row in rows if row[3] < on]),
    ]
    return render_template("administration/works.html", parts=parts)


@blueprint.route("/arbeid/nytt", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def new_work() -> ResponseReturnValue:
    """Add planned work."""
    if request.method == "GET":
        return _form(None, {"starts_on": today().isoformat()}, {}, 0)
    form = request.form.to_dict()
    here = current_jurisdiction().id
    try:
        values = _values(form)
        if not form.get("boundary", "").strip():
            raise Invalid({"boundary": gettext("Draw the area on the map, or paste GeoJSON.")})
        with transaction():
            area = outline(here, form["boundary"])
            editing.add(here, values, area, account_id=account_id(), now=datetime.now(UTC))
    except ValidationError as fault:
        return _form(None, form, first_messages(fault), 0)
    except Invalid as fault:
        return _form(None, form, fault.errors, 0)
    flash(gettext("The planned work is saved."))
    return redirect(url_for("administration.works"), 303)


@blueprint.route("/arbeid/<code>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit_work(code: str) -> ResponseReturnValue:
    """Change planned work, or let it end earlier."""
    here = current_jurisdiction().id
    found = editing.by_code(here, code)
    if request.method == "GET":
        return _form(found, as_form(editing.told(found)), {}, found.version)
    form = request.form.to_dict()
    version = sent_version(form)
    values: dict[str, Any] = {}
    try:
        values = _values(form)
        with transaction():
            drawn = form.get("boundary", "").strip()
            editing.edit(
                here,
                code,
                values,
                outline(here, drawn) if drawn else None,
                version=version,
                account_id=account_id(),
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return _form(found, form, first_messages(fault), version)
    except OutdatedVersion as fault:
        sent = {
            name: getattr(value, "isoformat", lambda v=value: v)() for name, value in values.items()
        }
        lines = both(editing.told(editing.by_code(here, code)), sent)
        return _form(found, form, {"version": fault.detail}, fault.actual, lines=lines)
    except Invalid as fault:
        return _form(found, form, fault.errors, version)
    flash(gettext("The planned work is saved."))
    return redirect(url_for("administration.works"), 303)


def _values(form: dict[str, str]) -> dict[str, Any]:
    """:raises ValidationError, Invalid: by field."""
    values: dict[str, Any] = PlannedWorkFormSchema().load(form)
    known = {key for key, _ in editing.groups(current_jurisdiction().id)}
    if values["service_group_id"] is not None and values["service_group_id"] not in known:
        raise Invalid({"service_group_id": gettext("Choose one of the categories.")})
    return values


def _form(
    found: PlannedWork | None,
    form: dict[str, str],
    errors: dict[str, str],
    version: int,
    *,
    lines: list[str] | None = None,
) -> ResponseReturnValue:
    html = render_template(
        "administration/work.html",
        code=found.code if found else None,
        form=form,
        area=editing.area_text(found) if found else "",
        groups=editing.groups(current_jurisdiction().id),
        errors=errors,
        version=version,
        lines=lines,
    )
    return html, 409 if lines is not None else 422 if errors else 200
