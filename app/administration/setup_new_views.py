"""A new service, and the words of the categories, in the browser."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.setup_forms import as_form, both, sent_version
from app.administration.setup_schemas import GroupFormSchema, NewServiceSchema, ServiceFormSchema
from app.administration.views import account_id, blueprint
from app.catalog import adding
from app.catalog.models import ServiceGroup
from app.database import transaction
from app.errors import Invalid, OutdatedVersion
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to


@blueprint.route("/tjenester/ny", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def new_service() -> ResponseReturnValue:
    """Add something that can be reported."""
    if request.method == "GET":
        given = {"position_precision": "exact", "needs": "nothing", "is_active": "true"}
        return _new_form(given | {"group": request.args.get("gruppe", "")}, {})
    form = request.form.to_dict()
    try:
        values, once = _both_parts(form)
        with transaction():
            made = adding.add_service(
                current_jurisdiction().id,
                once["group"],
                once["code"],
                values | {"needs": once["needs"]},
                account_id=account_id(),
                now=datetime.now(UTC),
            )
            code = made.code
    except ValidationError as fault:
        return _new_form(form, first_messages(fault))
    except Invalid as fault:
        return _new_form(form, fault.errors)
    flash(
        gettext(
            "The service is there. Make a rule for it, so that its reports find the right department."
        )
    )
    return redirect(url_for("administration.edit_service", code=code), 303)


@blueprint.route("/kategorier/<code>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit_group(code: str) -> ResponseReturnValue:
    """Change the words of a category."""
    here = current_jurisdiction().id
    found = adding.group(here, code)
    if request.method == "GET":
        return _group_form(found, as_form(_words(found)), {}, found.version)
    form = request.form.to_dict()
    version = sent_version(form)
    try:
        values = GroupFormSchema().load(form)
        with transaction():
            adding.edit_group(
                here,
                code,
                values,
                version=version,
                account_id=account_id(),
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return _group_form(found, form, first_messages(fault), version)
    except OutdatedVersion as fault:
        lines = both(_words(found), values)
        return _group_form(found, form, {"version": fault.detail}, fault.actual, lines=lines)
    flash(gettext("The words of the category are saved."))
    return redirect(url_for("administration.services"), 303)


def _both_parts(form: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What can be changed later, and what is chosen once. :raises ValidationError: the faults of both."""
    faults: dict[str, Any] = {}
    loaded: list[dict[str, Any]] = []
    for schema in (ServiceFormSchema(), NewServiceSchema()):
        try:
            loaded.append(schema.load(form))
        except ValidationError as fault:
            faults |= fault.messages_dict
    if faults:
        raise ValidationError(faults)
    return loaded[0], loaded[1]


def _words(found: ServiceGroup) -> dict[str, Any]:
    return {"name": found.name, "description": found.description}


def _new_form(form: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    groups = [(one.code, localised(one.name)) for one in adding.groups(current_jurisdiction().id)]
    html = render_template(
        "administration/new_service.html", form=form, groups=groups, errors=errors
    )
    return html, 422 if errors else 200


def _group_form(
    found: ServiceGroup,
    form: dict[str, str],
    errors: dict[str, str],
    version: int,
    *,
    lines: list[str] | None = None,
) -> ResponseReturnValue:
    html = render_template(
        "administration/group.html",
        code=found.code,
        title=localised(found.name),
        form=form,
        errors=errors,
        version=version,
        lines=lines,
    )
    return html, 409 if lines is not None else 422 if errors else 200
