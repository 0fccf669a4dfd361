"""The third step of reporting: look over and send. Step 1 is in `where_views`, step 2 in `what_views`.

Real pages that carry their answers in hidden fields.
"""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from app.catalog import questions
from app.catalog.models import ContactNeed, Needs, Service
from app.catalog.question_fields import answers_to
from app.catalog.working_days import deadline
from app.database import transaction
from app.errors import Invalid, OutsideJurisdiction, TooMany
from app.geo.positions import Position
from app.i18n import language, lazy_gettext, local, localised
from app.jurisdictions.views import current_jurisdiction
from app.problems import explanation
from app.reporting import proof
from app.reporting.code_views import ask_for_code, is_confirmed
from app.reporting.form_views import (
    emergency,
    photo_keys,
    pin,
    proven,
    read_form,
    road_call,
    secret,
)
from app.reporting.pictures import allow_photos
from app.reporting.schemas import Form, what_errors
from app.reporting.what_views import (
    HINTS,
    already_page,
    hint_of,
    hints,
    questions_unseen,
    what_page,
)
from app.reporting.where_views import blueprint, find_place, placed, where_page
from app.security import ANYONE, is_trapped, limiter, resident, visible_to
from app.service_requests import duplicates, intake
from app.service_requests.cards import coordinates_text
from app.service_requests.intake import Submission, find_service
from app.settings import Settings
from app.web import device_class

__all__ = ["blueprint"]

log = logging.getLogger(__name__)
SENT_BEFORE = lazy_gettext(
    "You have sent another report from this page already. Go on if you want to send this one too."
)
allow_photos(blueprint, "report.review")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A whole form in which nothing is wrong."""

    form: Form
    service: Service
    submission: Submission


def _limit() -> str:
    return str(current_app.config["SUBMIT_LIMIT"])


@blueprint.post("/se-over")
@limiter.limit(HINTS)
@visible_to(ANYONE)
def review() -> ResponseReturnValue:
    """Step 3: all answers, who gets the report, and what happens by when."""
    checked = _checked()
    if not isinstance(checked, Checked):
        return checked
    form, service, submission = checked.form, checked.service, checked.submission
    if form.hint != hint_of(form) and (found := hints(form, service, submission.position)):
        return already_page(form, found)
    try:
        return _review(form, service, submission)
    except Invalid as fault:
        return what_page(form, submission.position, _by_field(fault))


@blueprint.post("/send")
@limiter.limit(_limit)
@visible_to(ANYONE)
def send() -> ResponseReturnValue:
    """Take the report in, once, however often it is sent; then the receipt."""
    checked = _checked()
    if not isinstance(checked, Checked):
        return checked
    form, service, submission = checked.form, checked.service, checked.submission
    if _is_too_quick(form):
        return _review(form, service, submission, press_again=True), 422
    if service.contact_need == ContactNeed.CONFIRMED and not submission.subject:
        confirmed = is_confirmed(form, submission.email)
        if confirmed is not True:
            return ask_for_code(form, submission.email, fault=confirmed)
        submission = replace(submission, is_confirmed=True)
    return _take_in(form, submission)


def _take_in(form: Form, submission: Submission) -> ResponseReturnValue:
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    try:
        with transaction():
            made = intake.submit(jurisdiction, submission, now=now)
            duplicates.decided(jurisdiction.id, form.idempotency_key, "another", now=now)
            token = made.token
    except OutsideJurisdiction as fault:
        return where_page(form, outside=fault.detail)
    except TooMany as fault:
        return _wait_page(form, fault.detail)
    except Invalid as fault:
        if "Idempotency-Key" in fault.errors:
            return what_page(form.anew(), submission.position, {"description": SENT_BEFORE})
        return what_page(form, submission.position, _by_field(fault))
    return redirect(url_for("reporting.receipt", token=token), 303)


@blueprint.get("/hvor")
@blueprint.get("/hva")
@blueprint.get("/se-over")
@blueprint.get("/send")
@blueprint.get("/meldt-for")
@blueprint.get("/folg")
@visible_to(ANYONE)
def begin_again() -> ResponseReturnValue:
    """A step opened by its address alone has no answers: begin at the beginning."""
    return redirect(url_for("report.where"), 303)


@blueprint.errorhandler(429)
def _too_many(error: TooManyRequests) -> ResponseReturnValue:
    """Wait a little: the page keeps all answers."""
    return _wait_page(Form.read(request.form), explanation(429))


def _wait_page(form: Form, why: str) -> ResponseReturnValue:
    page = render_template("reporting/wait.html", form=vars(form), why=why, again=request.path)
    return page, 429, {"Retry-After": "60"}


def _checked() -> Checked | ResponseReturnValue:
    """The whole form as a report, or the page that says what is wrong with it."""
    form, errors = read_form()
    place = find_place(form)
    if not isinstance(place, Position):
        return place
    form = proven(placed(form, place))
    answers, wrong = what_errors(form)
    errors |= wrong
    if errors:
        return what_page(form, place, errors)
    try:
        service = find_service(current_jurisdiction(), answers["service"])
        if request.endpoint == "report.review" and (notice := questions_unseen(form, service)):
            return what_page(form, place, notice=notice)
        submission = _submission(form, service, answers, place)
        _check_content(service, submission)
    except Invalid as fault:
        return what_page(form, place, _by_field(fault))
    return Checked(form=form, service=service, submission=submission)


def _check_content(service: Service, submission: Submission) -> None:
    """All that can be checked before a code has come back. :raises Invalid: what is wrong."""
    will_be_asked = service.contact_need == ContactNeed.CONFIRMED and submission.email
    intake.check_content(service, replace(submission, is_confirmed=bool(will_be_asked)))


def _submission(
    form: Form, service: Service, answers: dict[str, Any], position: Position
) -> Submission:
    who = resident()
    return Submission(
        service_code=service.code,
        position=position,
        description=answers["description"],
        email=answers["email"],
        phone=answers["phone"],
        name=answers["name"],
        subject=who.subject if who else None,
        answers=answers_to(service, form.answers),
        photos=photo_keys(form),
        device_class=device_class(),
        language=language(),
        idempotency_key=answers["idempotency_key"],
        is_acute=answers["acute"],
        lamps=answers["lamps"] if service.needs == Needs.LAMP else (),
    )


def _by_field(fault: Invalid) -> dict[str, str]:
    """An operation's field names as this form's."""
    names = {"service_code": "service", "contact": "email"}
    return {names.get(name, name): text for name, text in fault.errors.items()}


def _is_too_quick(form: Form) -> bool:
    """Faster than a person, or with the field that no person sees. Nothing is lost: they press once more."""
    settings: Settings = current_app.config["SETTINGS"]
    least = settings.form_seconds
    if is_trapped():
        log.info("a report was held back: the trap was filled in")
        return True
    if not least:
        return False
    age = proof.age_seconds(secret(), request.form.get("proof", ""), form.idempotency_key)
    if age is None or age < least:
        log.info("a report was held back: sent %s after the form was shown", age)
        return True
    return False


def _review(
    form: Form, service: Service, submission: Submission, *, press_again: bool = False
) -> str:
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    decision, _ = intake.decide(jurisdiction, submission, now=now)
    country, zone = jurisdiction.country, jurisdiction.time_zone
    fixed_by = (
        deadline(now, service.fix_days, country, zone, is_calendar=service.counts_calendar_days)
        if service.fix_days is not None and not decision.is_external
        else None
    )
    answered_by = deadline(
        now,
        service.first_response_days,
        country,
        zone,
        is_calendar=service.counts_calendar_days,
    )
    return render_template(
        "reporting/review.html",
        form=vars(form),
        press_again=press_again,
        place=pin(submission.position, service.group.code),
        place_text=form.place_text,
        coordinates=coordinates_text(submission.position),
        service_name=localised(service.name),
        group_code=service.group.code,
        group_name=localised(service.group.name),
        answers=questions.told(service, questions.checked(service, submission.answers)),
        photos=submission.photos,
        submission=submission,
        needs_code=service.contact_need == ContactNeed.CONFIRMED and not submission.subject,
        department_name=localised(decision.department_name),
        is_external=decision.is_external,
        road_call=road_call(decision.road),
        emergency=emergency(),
        routing_reason=localised(decision.reason),
        answered_by=local(answered_by),
        is_calendar=service.counts_calendar_days,
        first_response_days=service.first_response_days,
        fixed_by=local(fixed_by) if fixed_by else None,
        fix_days=service.fix_days,
    )
