"""The catalogue in the browser: services and their questions."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.setup_forms import as_form, both, sent_version
from app.administration.setup_schemas import NewCodeSchema, QuestionFormSchema, ServiceFormSchema
from app.administration.views import account_id, blueprint
from app.catalog import editing
from app.catalog.models import Service, ServiceQuestion
from app.database import transaction
from app.errors import Invalid, NotFound, OutdatedVersion
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to

FIELDS = (
    "name",
    "description",
    "first_response_days",
    "fix_days",
    "counts_calendar_days",
    "description_is_public",
    "description_needs_look",
    "position_precision",
    "is_active",
)
QUESTION_FIELDS = ("label", "hint", "kind", "is_required", "is_public", "is_active", "choices")


@blueprint.get("/tjenester")
@visible_to(Deed.SET_UP)
def services() -> ResponseReturnValue:
    """Every service by group, also those out of use."""
    groups: dict[tuple[str, str], list[Service]] = {}
    for row in editing.services(current_jurisdiction().id):
        groups.setdefault((row.group.code, localised(row.group.name)), []).append(row)
    return render_template("administration/services.html", groups=groups, localised=localised)


@blueprint.route("/tjenester/<code>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit_service(code: str) -> ResponseReturnValue:
    """Change a service's words, deadlines and visibility, or take it out of use."""
    jurisdiction_id = current_jurisdiction().id
    found = editing.service(jurisdiction_id, code)
    if request.method == "GET":
        return _form(found, as_form(_values(found)), {}, found.version)
    form = request.form.to_dict()
    version = sent_version(form)
    try:
        values = ServiceFormSchema().load(form)
        with transaction():
            editing.edit(
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
    flash(gettext("The changes are saved. New reports follow them."))
    return redirect(url_for("administration.edit_service", code=code), 303)


@blueprint.route("/tjenester/<code>/sporsmal/ny", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def new_question(code: str) -> ResponseReturnValue:
    """Add a question."""
    return _question(editing.service(current_jurisdiction().id, code), None)


@blueprint.route("/tjenester/<code>/sporsmal/<question>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit_question(code: str, question: str) -> ResponseReturnValue:
    """Change a question, or stop asking it."""
    found = editing.service(current_jurisdiction().id, code)
    asked = next((one for one in found.questions if one.code == question), None)
    if asked is None:
        raise NotFound(gettext("There is no such question."))
    return _question(found, asked)


@blueprint.post("/tjenester/<code>/sporsmal/<question>/<any(opp, ned):way>")
@visible_to(Deed.SET_UP)
def move_question(code: str, question: str, way: str) -> ResponseReturnValue:
    """Move a question one place."""
    with transaction():
        editing.move_question(
            current_jurisdiction().id,
            code,
            question,
            -1 if way == "opp" else 1,
            version=sent_version(request.form),
            account_id=account_id(),
            now=datetime.now(UTC),
        )
    return redirect(url_for("administration.edit_service", code=code), 303)


def _question(found: Service, asked: ServiceQuestion | None) -> ResponseReturnValue:
    stored = {name: getattr(asked, name) for name in QUESTION_FIELDS} if asked else {}
    if request.method == "GET":
        form = as_form(stored) if asked else {"is_active": "true", "kind": "choice"}
        return _question_form(found, asked, form, {}, found.version)
    form = request.form.to_dict()
    version = sent_version(form)
    try:
        values = QuestionFormSchema().load(form)
        if asked is None:
            values |= NewCodeSchema().load(form)
        with transaction():
            editing.save_question(
                found.jurisdiction_id,
                found.code,
                asked.code if asked else None,
                values,
                version=version,
                account_id=account_id(),
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return _question_form(found, asked, form, first_messages(fault), version)
    except OutdatedVersion as fault:
        lines, errors = both(stored, values), {"version": fault.detail}
        return _question_form(found, asked, form, errors, fault.actual, lines=lines)
    except Invalid as fault:
        return _question_form(found, asked, form, fault.errors, version)
    flash(gettext("The question is saved."))
    return redirect(url_for("administration.edit_service", code=found.code), 303)


def _values(found: Service) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FIELDS}


def _form(
    found: Service,
    form: dict[str, str],
    errors: dict[str, str],
    version: int,
    *,
    lines: list[str] | None = None,
) -> ResponseReturnValue:
    html = render_template(
        "administration/service.html",
        service=found,
        title=localised(found.name),
        questions=[(one.code, localised(one.label), one.is_active) for one in found.questions],
        form=form,
        errors=errors,
        version=version,
        lines=lines,
    )
    return html, 409 if lines is not None else 422 if errors else 200


def _question_form(
    found: Service,
    asked: ServiceQuestion | None,
    form: dict[str, str],
    errors: dict[str, str],
    version: int,
    *,
    lines: list[str] | None = None,
) -> ResponseReturnValue:
    html = render_template(
        "administration/question.html",
        service=found,
        service_name=localised(found.name),
        code=asked.code if asked else None,
        form=form,
        errors=errors,
        version=version,
        lines=lines,
    )
    return html, 409 if lines is not None else 422 if errors else 200
