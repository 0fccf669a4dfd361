"""Who answers for what, as administrators set it up."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.catalog.models import Service
from app.catalog.queries import services
from app.database import session, transaction
from app.departments.models import Department
from app.duties import operations, queries
from app.duties.days import today_in
from app.duties.models import Duty
from app.duties.schemas import DutySchema, PlaceSchema
from app.errors import Invalid, NotFound, OutdatedVersion
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import Identity, identity, visible_to
from app.service_requests.assignees import colleagues

blueprint = Blueprint("duties", __name__)
Form = dict[str, str]


def signed_in() -> Identity:
    """Who asks. :raises NotFound: nobody, which the view's audience rules out."""
    who = identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who


@blueprint.get("/styring/ansvar")
@visible_to(Deed.SET_UP)
def index() -> ResponseReturnValue:
    """Every department with its people, and who is away today."""
    jurisdiction = current_jurisdiction()
    lines = queries.all_duties(jurisdiction.id)
    today = today_in(jurisdiction.time_zone, datetime.now(UTC))
    return render_template(
        "duties/index.html",
        departments=[
            (found, [line for line in lines if line.department_id == found.id])
            for found in queries.answering(jurisdiction.id)
        ],
        away=queries.away_on(jurisdiction, today),
    )


@blueprint.get("/styring/ansvar/<code>")
@visible_to(Deed.SET_UP)
def edit(code: str) -> ResponseReturnValue:
    """Who answers for one service of a department (`tjeneste`) or for all of it; a new line without."""
    department = _department(code)
    wanted = request.args.get("tjeneste")
    if wanted is None:
        return _page(department, {}, {}, 0)
    service = _service(department, {"service": wanted})
    row = _stored(department, {"service": wanted})
    if row is None or (service and not service.is_active):
        raise NotFound(gettext("Nobody in particular answers for this."))
    form = {
        "service": wanted,
        "account": str(row.account_id),
        "deputy": str(row.deputy_id or ""),
    }
    return _page(department, form, {}, row.version)


@blueprint.post("/styring/ansvar/<code>")
@visible_to(Deed.SET_UP)
def save(code: str) -> ResponseReturnValue:
    """Save it: back to the list, or the form with what is wrong (422) or with both (409)."""
    department, form = _department(code), request.form.to_dict()
    sent = _version(form)
    try:
        values = DutySchema().load(form)
        with transaction():
            operations.save(
                department, values, account_id=signed_in().account_id, now=datetime.now(UTC)
            )
    except ValidationError as fault:
        return _page(department, form, first_messages(fault), sent)
    except Invalid as fault:
        return _page(department, form, fault.errors, sent)
    except OutdatedVersion as fault:
        return _late(department, form, fault)
    flash(gettext("It is saved."))
    return redirect(url_for("duties.index", _anchor=department.code), 303)


@blueprint.post("/styring/ansvar/<code>/fjern")
@visible_to(Deed.SET_UP)
def remove(code: str) -> ResponseReturnValue:
    """Nobody in particular answers for it: back to the list, or the form with how it is now (409)."""
    department, form = _department(code), request.form.to_dict()
    try:
        values = PlaceSchema().load(form)
        with transaction():
            operations.remove(
                department,
                values["service_code"],
                version=values["version"],
                account_id=signed_in().account_id,
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return _page(department, form, first_messages(fault), _version(form))
    except OutdatedVersion as fault:
        return _late(department, form, fault)
    flash(gettext("It is removed."))
    return redirect(url_for("duties.index", _anchor=department.code), 303)


def _department(code: str) -> Department:
    found = [one for one in queries.answering(current_jurisdiction().id) if one.code == code]
    if not found:
        raise NotFound(gettext("There is no such department."))
    return found[0]


def _service(department: Department, form: Form) -> Service | None:
    """The service that a form is about; None: all of them, or there is no such service."""
    return queries.service(department.jurisdiction_id, _service_code(form))


def _service_code(form: Form) -> str:
    return form.get("service", "").replace("\0", "").strip()


def _stored(department: Department, form: Form) -> Duty | None:
    service = _service(department, form)
    if service is None and _service_code(form):
        return None
    service_id = service.id if service else None
    return queries.duty(department.jurisdiction_id, department.id, service_id)


def _version(form: Form) -> int:
    """The version that was sent, for the form to be shown again; 0 for what cannot be read."""
    try:
        found: dict[str, Any] = PlaceSchema(only=("version",)).load(form)
    except ValidationError:
        return 0
    return int(found["version"])


def _late(department: Department, form: Form, fault: OutdatedVersion) -> ResponseReturnValue:
    """Somebody was there first: how it is now, and what was sent, to be saved all the same."""
    session().expire_all()
    row = _stored(department, form)
    now = {"account": str(row.account_id), "deputy": str(row.deputy_id or "")} if row else {}
    return _page(department, now | form, {"version": fault.detail}, fault.actual, now=now)


def _page(
    department: Department, form: Form, errors: Form, version: int, *, now: Form | None = None
) -> ResponseReturnValue:
    people = colleagues(department.jurisdiction_id, [department.id], Deed.DESK)
    names = {str(one.account_id): one.label for one in people}
    service = _service(department, form)
    html = render_template(
        "duties/edit.html",
        department=department,
        service_name=localised(service.name) if service else None,
        form=form,
        errors=errors,
        version=version,
        names=names,
        services=[
            (one.code, localised(one.group.name), localised(one.name))
            for one in services(department.jurisdiction_id)
        ],
        now_lines=None if now is None else _told(now, form, names),
    )
    return html, 409 if now is not None else 422 if errors else 200


def _told(now: Form, sent: Form, names: Form) -> list[str]:
    """How it is now → what was sent, for each that differs."""
    words = {"account": gettext("Answers"), "deputy": gettext("Stands in")}
    return [
        f"{word}: {_name(now, name, names)} → {_name(sent, name, names)}"
        for name, word in words.items()
        if name in sent and now.get(name, "") != sent[name]
    ]


def _name(values: Form, name: str, names: Form) -> str:
    key = values.get(name, "")
    if key and key not in names:
        return gettext("somebody who may no longer work at the desk here")
    return names.get(key) or gettext("Nobody")
