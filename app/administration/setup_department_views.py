"""Departments in the browser."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.queries import rules_that_name
from app.administration.setup_forms import as_form, both, sent_version
from app.administration.setup_schemas import DepartmentFormSchema, NewCodeSchema
from app.administration.views import account_id, blueprint
from app.database import transaction
from app.departments import operations, queries
from app.departments.models import Department
from app.errors import Conflict, Invalid, NotFound, OutdatedVersion
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to

FIELDS = ("name", "kind", "receives", "email", "webhook_url", "is_active")


@blueprint.get("/avdelinger")
@visible_to(Deed.SET_UP)
def departments() -> ResponseReturnValue:
    """Every department, also those out of use."""
    rows = [
        (row.code, localised(row.name), row.kind, row.is_active, row.is_first_line)
        for row in queries.all_of(current_jurisdiction().id)
    ]
    return render_template("administration/departments.html", rows=rows)


@blueprint.route("/avdelinger/ny", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def new_department() -> ResponseReturnValue:
    """Add a department."""
    if request.method == "GET":
        return _form(None, {"is_active": "true", "kind": "internal", "receives": "inbox"}, {}, 0)
    form = request.form.to_dict()
    try:
        values = DepartmentFormSchema().load(form) | NewCodeSchema().load(form)
        with transaction():
            operations.add(
                current_jurisdiction().id, values, account_id=account_id(), now=datetime.now(UTC)
            )
    except ValidationError as fault:
        return _form(None, form, first_messages(fault), 0)
    except Invalid as fault:
        return _form(None, form, fault.errors, 0)
    flash(gettext("The department is saved."))
    return redirect(url_for("administration.departments"), 303)


@blueprint.route("/avdelinger/<code>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit_department(code: str) -> ResponseReturnValue:
    """Change a department, or take it out of use."""
    jurisdiction_id = current_jurisdiction().id
    found = queries.any_by_code(jurisdiction_id, code)
    if found is None:
        raise NotFound(gettext("There is no such department."))
    if request.method == "GET":
        return _form(found, as_form(_values(found)), {}, found.version)
    form = request.form.to_dict()
    version = sent_version(form)
    try:
        values = DepartmentFormSchema().load(form)
        _refuse_while_rules_name(found, values)
        with transaction():
            operations.edit(
                jurisdiction_id,
                code,
                values,
                version=version,
                account_id=account_id(),
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return _form(found, form, first_messages(fault), version)
    except OutdatedVersion as fault:
        lines = both(_values(found), values)
        return _form(found, form, {"version": fault.detail}, fault.actual, lines=lines)
    except Conflict as fault:
        return _form(found, form, {"is_active": fault.detail}, version)
    flash(gettext("The department is saved."))
    return redirect(url_for("administration.departments"), 303)


def _refuse_while_rules_name(found: Department, values: dict[str, Any]) -> None:
    if found.is_active and not values["is_active"]:
        named = rules_that_name(found.jurisdiction_id, found.id)
        if named:
            raise Conflict(
                gettext(
                    "Rules send reports here: %(rules)s. Change them first.", rules=", ".join(named)
                )
            )


def _values(found: Department) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FIELDS}


def _form(
    found: Department | None,
    form: dict[str, str],
    errors: dict[str, str],
    version: int,
    *,
    lines: list[str] | None = None,
) -> ResponseReturnValue:
    html = render_template(
        "administration/department.html",
        code=found.code if found else None,
        form=form,
        errors=errors,
        version=version,
        lines=lines,
    )
    return html, 409 if lines is not None else 422 if errors else 200
