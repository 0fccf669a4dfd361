"""What the one who reported does by the personal link: plain forms, one address for each verb."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.database import session, transaction
from app.errors import Conflict, Invalid, NotFound
from app.i18n import gettext, lazy_gettext
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.reporting.follow_views import personal_page, report_behind
from app.reporting.pictures import SomeRefused, allow_photos, taken
from app.reporting.views import blueprint
from app.security import ANYONE, limiter, visible_to
from app.service_requests import by_reporter, talk
from app.service_requests.acting import Work
from app.service_requests.cards import page_of
from app.service_requests.models import ServiceRequest
from app.service_requests.schemas import MessageText

allow_photos(blueprint, "reporting.act")
SCORE = lazy_gettext("Choose a number from 1 to 6.")


class Verb(StrEnum):
    """The verbs, as they stand in addresses."""

    ADD = "legg-til"
    NUDGE = "purr"
    NOT_FIXED = "ikke-rettet"
    WITHDRAW = "trekk"
    RATE = "gi-karakter"
    MESSAGES = "varsler"
    COMMENT = "kommentar"


class VerbSchema(Schema):
    """The fields of every verb. `version` is that of the page the verb was chosen on."""

    class Meta:
        """The form also carries the CSRF token and photos."""

        unknown = EXCLUDE

    version = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))
    message = MessageText(load_default=None)
    score = fields.Integer(load_default=None, error_messages={"invalid": SCORE})
    words = MessageText(load_default=None)
    wanted = fields.Boolean(load_default=False, truthy={"yes"}, falsy={"no"})


def _limit() -> str:
    return str(current_app.config["SUBMIT_LIMIT"])


@blueprint.post("/m/<token>/<verb>")
@limiter.limit(_limit)
@visible_to(ANYONE)
def act(token: str, verb: str) -> ResponseReturnValue:
    """Carry out a verb: back to the page, or the page with what is missing (422) or why not (409)."""
    if verb not in set(Verb):
        raise NotFound(gettext("There is no such action."))
    found, form = report_behind(token), request.form.to_dict() | {"verb": verb}
    try:
        values = VerbSchema().load(form)
        files, removed = request.files.getlist("photo"), request.form.getlist("remove_photo")
        photos = taken(form.get("photos", ""), files, removed)
        form["photos"] = ",".join(photos)
        with transaction():
            _do(Verb(verb), found, values, photos)
    except ValidationError as fault:
        return personal_page(found, errors=first_messages(fault), form=form), 422
    except Invalid as fault:
        if isinstance(fault, SomeRefused):
            form["photos"] = ",".join(fault.keys)
        return personal_page(found, errors=fault.errors, form=form), 422
    except Conflict as fault:
        session().expire_all()
        return personal_page(found, form=form, refusal=fault.detail), 409
    flash(_done(Verb(verb), values))
    return redirect(url_for("reporting.follow", token=token), 303)


def _do(verb: Verb, found: ServiceRequest, values: dict[str, Any], photos: Sequence[str]) -> None:
    now, text = datetime.now(UTC), values["message"]
    match verb:
        case Verb.ADD:
            by_reporter.add(found.id, text, photos, now=now)
        case Verb.NUDGE:
            by_reporter.nudge(found.id, now=now)
        case Verb.NOT_FIXED:
            work = Work(version=values["version"], message=text)
            by_reporter.say_not_fixed(found.id, work, photos, now=now)
        case Verb.WITHDRAW:
            by_reporter.withdraw(found.id, values["version"], now=now)
        case Verb.RATE:
            by_reporter.rate(found.id, values["score"], values["words"], now=now)
        case Verb.MESSAGES:
            by_reporter.choose_messages(found.id, wanted=values["wanted"], now=now)
        case Verb.COMMENT:
            talk.comment(found, current_jurisdiction(), text, author=by_reporter.BY, now=now)


def _done(verb: Verb, values: dict[str, Any]) -> str:
    match verb:
        case Verb.ADD:
            return gettext("Sent. Those who work with the report see it.")
        case Verb.NUDGE:
            return gettext("We have got your reminder. Those who have the report see it.")
        case Verb.NOT_FIXED:
            return gettext("The report is open again. We look at it anew.")
        case Verb.WITHDRAW:
            return gettext("The report is withdrawn.")
        case Verb.RATE:
            return gettext("Thank you. You can change your answer for 30 days.")
        case Verb.MESSAGES if values["wanted"]:
            return gettext("Messages about this report are on.")
        case Verb.MESSAGES:
            return gettext("Messages about this report are off.")
        case Verb.COMMENT:
            return comment_done(current_jurisdiction().comments)


def comment_done(comments: str) -> str:
    """What happens with a comment that was sent."""
    if comments == "on":
        return gettext("Your comment is shown.")
    return gettext("Your comment is shown when someone here has read it.")


@blueprint.get("/m/<token>/slett")
@visible_to(ANYONE)
def confirm_erasure(token: str) -> ResponseReturnValue:
    """What is erased, what stays, and the button."""
    found = report_behind(token)
    page = page_of(found, personal=True, now=datetime.now(UTC))
    return render_template("reporting/erase.html", report=page, token=token)


@blueprint.post("/m/<token>/slett")
@limiter.limit(_limit)
@visible_to(ANYONE)
def erase(token: str) -> ResponseReturnValue:
    """Erase at once what the one who reported has left."""
    found = report_behind(token)
    with transaction():
        by_reporter.erase(found.id, now=datetime.now(UTC))
    flash(gettext("What you had left is erased."))
    return redirect(url_for("reporting.follow", token=token), 303)
