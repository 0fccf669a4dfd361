"""What anyone may do on the page of a report: «me too», comments, complaints."""

import secrets
from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerDay
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.wrappers import Response

from app.cookies import DEVICE
from app.database import transaction
from app.errors import Invalid
from app.i18n import gettext, lazy_gettext
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.reporting.follow_views import public_page, report_with
from app.reporting.reporter_views import comment_done
from app.reporting.views import blueprint
from app.security import ANYONE, asking_network, is_trapped, limiter, visible_to
from app.service_requests import talk
from app.service_requests.around import around
from app.service_requests.models import ServiceRequest
from app.service_requests.schemas import MessageText

YEAR_SECONDS = 365 * 24 * 3600
MAX_COMMENT = 1000
ONE_A_DAY = RateLimitItemPerDay(1)
WHICH = lazy_gettext("Choose what is out of place.")


class CommentSchema(Schema):
    """A comment."""

    class Meta:
        """The form may carry more."""

        unknown = EXCLUDE

    comment = MessageText(load_default=None)


class ComplaintSchema(Schema):
    """What is out of place: `c12` is comment 12, `p…` the photo with this key."""

    class Meta:
        """The form may carry more."""

        unknown = EXCLUDE

    about = fields.String(
        required=True,
        validate=validate.Regexp(r"^(c\d{1,18}|p[\w-]{1,200})$", error=WHICH),
        error_messages={"required": WHICH},
    )


def _limit() -> str:
    return str(current_app.config["SUBMIT_LIMIT"])


@blueprint.post("/meldinger/<number>/jeg-ogsa")
@limiter.limit(_limit)
@visible_to(ANYONE)
def support(number: str) -> ResponseReturnValue:
    """Say «me too», or take it back (`on=no`). The cookie that knows it again is set here and nowhere else."""
    found, device = report_with(number), _device()
    if request.form.get("on") == "no":
        with transaction():
            was_said = talk.take_back_support(found, device)
        if was_said:
            limiter.limiter.clear(ONE_A_DAY, *_voice("support", found))
    elif not talk.is_supported_by(found, device):
        with transaction():
            talk.support(found, device, now=datetime.now(UTC))
            is_first = limiter.limiter.hit(ONE_A_DAY, *_voice("support", found))
            if not is_first:
                talk.take_back_support(found, device)
        if not is_first:
            flash(gettext("Someone on your network has said «Me too» today. We count one a day."))
            return _back(found, "jeg-ogsa")
    return _remembering(_back(found, "jeg-ogsa"), device)


@blueprint.post("/meldinger/<number>/kommentar")
@limiter.limit(_limit)
@visible_to(ANYONE)
def comment(number: str) -> ResponseReturnValue:
    """Say something for all to read."""
    found, jurisdiction = report_with(number), current_jurisdiction()
    form = request.form.to_dict()
    if is_trapped():
        return public_page(
            found,
            errors={"comment": gettext("Press the button once more to send this.")},
            form=form,
        ), 422
    try:
        text = CommentSchema().load(form)["comment"]
        with transaction():
            talk.comment(found, jurisdiction, text, author="resident", now=datetime.now(UTC))
    except ValidationError as fault:
        return public_page(found, errors=first_messages(fault), form=form), 422
    except Invalid as fault:
        return public_page(found, errors=fault.errors, form=form), 422
    flash(comment_done(jurisdiction.comments))
    return _back(found, "kommentarer")


@blueprint.get("/meldinger/<number>/meld-fra")
@visible_to(ANYONE)
def complaint(number: str) -> ResponseReturnValue:
    """The comments and photos of a report, to say which one is out of place."""
    return _complaint_page(report_with(number), request.args.get("om", ""), {})


@blueprint.post("/meldinger/<number>/meld-fra")
@limiter.limit(_limit)
@visible_to(ANYONE)
def complain(number: str) -> ResponseReturnValue:
    """Say that something is out of place."""
    found, device = report_with(number), _device()
    try:
        about = ComplaintSchema().load(request.form.to_dict())["about"]
    except ValidationError as fault:
        return _complaint_page(found, "", first_messages(fault)), 422
    kind, key, now = about[0], about[1:], datetime.now(UTC)
    if limiter.limiter.hit(ONE_A_DAY, *_voice(about, found)):
        with transaction():
            if kind == "c":
                talk.complain_about_comment(found, int(key), device, now=now)
            else:
                talk.complain_about_photo(found, key, device, now=now)
    flash(gettext("Thank you. Someone here looks at it."))
    return _remembering(_back(found, "bilder" if kind == "p" else "kommentarer"), device)


def _complaint_page(found: ServiceRequest, chosen: str, errors: dict[str, str]) -> str:
    return render_template(
        "reporting/complaint.html",
        number=found.number,
        around=around(found, personal=False),
        chosen=chosen,
        errors=errors,
    )


def _voice(about: str, found: ServiceRequest) -> tuple[str, str, str]:
    """Who speaks about what: a network, as the rate limits keep it for a day, whatever cookies it sends."""
    return about, str(found.id), asking_network()


def _device() -> str:
    """The random value by which this browser is known again, new if there is none."""
    known = request.cookies.get(DEVICE, "")
    return known if len(known) == 32 else secrets.token_urlsafe(24)


def _back(found: ServiceRequest, anchor: str) -> Response:
    return redirect(url_for("reporting.show", number=found.number, _anchor=anchor), 303)


def _remembering(response: Response, device: str) -> Response:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        DEVICE, device, max_age=YEAR_SECONDS, samesite="Lax", secure=secure, httponly=True
    )
    return response
