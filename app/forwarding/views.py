"""The page that an outside body answers on, and the button that sends again."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import transaction
from app.errors import Conflict, Invalid, NotFound
from app.forwarding import answers, operations
from app.forwarding.answers import Busy, Given
from app.forwarding.links import Signature
from app.forwarding.models import Verb
from app.forwarding.schemas import AnswerFormSchema
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.photos.views import SomeRefused, allow_photos, taken
from app.problems import first_messages
from app.roles import Deed
from app.security import ANYONE, identity, limiter, visible_to
from app.service_requests import queries
from app.service_requests.models import ServiceRequest
from app.settings import Settings

blueprint = Blueprint("forwarding", __name__)
allow_photos(blueprint, "forwarding.give")


def limit() -> str:
    """How often one address may answer."""
    return str(current_app.config["SUBMIT_LIMIT"])


def opened(token: str) -> int:
    """The key of the handing over that a link is for. :raises NotFound, LinkExpired: it is no good."""
    settings = _settings()
    signature = Signature(secret=settings.secret_key or "", days=settings.answer_link_days)
    return signature.read(token, now=datetime.now(UTC))


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@blueprint.get("/svar/<token>")
@visible_to(ANYONE)
def show(token: str) -> ResponseReturnValue:
    """The report and the three answers. Changes nothing: mail scanners open links."""
    return _page(token, opened(token))


@blueprint.post("/svar/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
def give(token: str) -> ResponseReturnValue:
    """Answer: back to the page, or the page with what is missing (422) or why not (409, 503)."""
    key = opened(token)
    form = request.form.to_dict()
    try:
        photos = _photos(form) if form.get("answer") == Verb.DONE else ()
        values = AnswerFormSchema().load(form)
        given = Given(**values | {"verb": Verb(values.pop("answer")), "photos": photos})
        with transaction():
            answers.answer(key, current_jurisdiction().id, given, now=datetime.now(UTC))
    except ValidationError as fault:
        errors = first_messages(fault)
        return _page(token, key, errors=errors, form=form), 422
    except Invalid as fault:
        return _page(token, key, errors=fault.errors, form=form), 422
    except Conflict as fault:
        return _page(token, key, too_late=fault.detail), 409
    except Busy as fault:
        again = {"Retry-After": str(fault.retry_seconds)}
        return _page(token, key, form=form, too_late=fault.detail), fault.status, again
    flash(gettext("Your answer is received. The municipality sees it."))
    return redirect(url_for("forwarding.show", token=token), 303)


def _photos(form: dict[str, str]) -> tuple[str, ...]:
    """The photos of the fix; what is kept of them is written into the form, for when it is shown again.

    :raises Invalid: too many, or not a photo.
    """
    files, removed = request.files.getlist("photo"), request.form.getlist("remove_photo")
    try:
        photos = taken(form.get("photos", ""), files, removed)
    except SomeRefused as fault:
        form["photos"] = ",".join(fault.keys)
        raise
    form["photos"] = ",".join(photos)
    return photos


def _page(
    token: str,
    key: int,
    *,
    errors: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    too_late: str | None = None,
) -> str:
    jurisdiction = current_jurisdiction()
    base_url = jurisdiction.public_url(_settings().base_url)
    desk = answers.desk_of(key, jurisdiction.id, base_url, now=datetime.now(UTC))
    return render_template(
        "forwarding/answer.html",
        desk=desk,
        sheet=desk.sheet,
        report=desk.sheet.report,
        token=token,
        errors=errors or {},
        form=form or {},
        too_late=too_late,
    )


@blueprint.post("/oppdrag/<number>/prov-igjen")
@visible_to(Deed.DESK)
def try_again(number: str) -> ResponseReturnValue:
    """Send anew what was given up, and back to the report."""
    found = _mine(number)
    try:
        with transaction():
            operations.try_again(found.id)
    except Conflict as fault:
        flash(fault.detail)
    else:
        flash(gettext("The report is on its way again."))
    return redirect(url_for("fieldwork.show", number=found.number), 303)


def _mine(number: str) -> ServiceRequest:
    """The report, if it is this person's to see. :raises NotFound: it is not."""
    who, jurisdiction_id = identity(), current_jurisdiction().id
    found = queries.by_number(jurisdiction_id, number)
    if who is None or found is None:
        raise NotFound(gettext("There is no such report in your department."))
    if not who.reaches(jurisdiction_id, Deed.DESK, found.department_id):
        raise NotFound(gettext("There is no such report in your department."))
    return found
