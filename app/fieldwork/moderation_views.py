"""What residents have added that someone should look at: comments, photos, and the municipality's answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.database import transaction
from app.errors import Invalid, NotFound
from app.fieldwork.views import blueprint
from app.i18n import gettext, lazy_gettext
from app.jurisdictions.models import Openness
from app.jurisdictions.views import current_jurisdiction
from app.privacy import find_words
from app.problems import first_messages
from app.roles import Deed
from app.security import Identity, identity, visible_to
from app.service_requests import added, moderation, pictures, talk
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.service_requests.schemas import MessageText


class DecisionSchema(Schema):
    """Show or hide."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    do = fields.String(
        required=True,
        validate=validate.OneOf(["show", "hide"], error=lazy_gettext("Choose «Show» or «Hide».")),
    )


class AnswerSchema(Schema):
    """The municipality's answer for all to read."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    comment = MessageText(load_default=None)


@blueprint.app_context_processor
def _values() -> dict[str, Callable[[], int]]:
    return {"content_waiting": _count}


def _count() -> int:
    """How much waits for the one who asks."""
    who = identity()
    return moderation.count(current_jurisdiction().id, _departments(who)) if who else 0


def _who() -> Identity:
    who = identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who


def _departments(who: Identity) -> tuple[int, ...] | None:
    """Whose reports this person looks after here; None means all."""
    return who.reach(current_jurisdiction().id, Deed.MODERATE)


def _is_mine(report: ServiceRequest | None) -> bool:
    departments = _departments(_who())
    return report is not None and (departments is None or report.department_id in departments)


@blueprint.get("/innhold")
@visible_to(Deed.MODERATE)
def content() -> ResponseReturnValue:
    """What waits, the oldest first."""
    return _page()


def _page(**values: Any) -> str:
    jurisdiction = current_jurisdiction()
    return render_template(
        "fieldwork/content.html",
        personal=find_words.told,
        waiting=moderation.waiting(jurisdiction.id, _departments(_who())),
        has_comments=jurisdiction.comments != Openness.OFF,
        **{"errors": {}, "form": {}} | values,
    )


@blueprint.post("/innhold/kommentar/<int:comment_id>")
@visible_to(Deed.MODERATE)
def decide_comment(comment_id: int) -> ResponseReturnValue:
    """Show a comment or hide it."""
    is_shown, now = _decision(), datetime.now(UTC)
    with transaction():
        found = added.comment(current_jurisdiction().id, comment_id)
        report = moderation.report(found.service_request_id) if found else None
        if found is None or not _is_mine(report):
            raise NotFound(gettext("This comment is no longer here."))
        talk.decide_comment(found, shown=is_shown, account_id=_who().account_id, now=now)
    return _done(is_shown=is_shown)


@blueprint.post("/innhold/bilde/<key>")
@visible_to(Deed.MODERATE)
def decide_photo(key: str) -> ResponseReturnValue:
    """Show a photo to everybody or hide it."""
    is_shown, now = _decision(), datetime.now(UTC)
    state = ModerationState.SHOWN if is_shown else ModerationState.HIDDEN
    with transaction():
        _, link = pictures.link_of(current_jurisdiction().id, key)
        report = moderation.report(link.service_request_id) if link else None
        if report is None or not _is_mine(report):
            raise NotFound(gettext("This photo is no longer here."))
        photo_id = pictures.decide(report, key, state, account_id=_who().account_id, now=now)
        talk.dismiss_complaints(photo_id)
    return _done(is_shown=is_shown)


@blueprint.post("/innhold/<number>/tekst")
@visible_to(Deed.MODERATE)
def decide_text(number: str) -> ResponseReturnValue:
    """Show the words of a report to everybody, or hide them."""
    is_shown, now = _decision(), datetime.now(UTC)
    with transaction():
        report = moderation.report_by_number(current_jurisdiction().id, number)
        if report is None or not _is_mine(report):
            raise NotFound(gettext("There is no such report in your department."))
        moderation.decide_text(report, shown=is_shown, account_id=_who().account_id, now=now)
    return _done(is_shown=is_shown)


@blueprint.post("/innhold/<number>/svar")
@visible_to(Deed.MODERATE)
def answer_comment(number: str) -> ResponseReturnValue:
    """Answer for all to read, as the municipality."""
    jurisdiction, form = current_jurisdiction(), request.form.to_dict()
    found = talk.report_of(jurisdiction.id, number)
    if not _is_mine(found):
        raise NotFound(gettext("There is no such report in your department."))
    account_id, now = _who().account_id, datetime.now(UTC)
    try:
        text = AnswerSchema().load(form)["comment"]
        with transaction():
            talk.comment(
                found, jurisdiction, text, author=talk.MUNICIPALITY, now=now, account_id=account_id
            )
    except ValidationError as fault:
        return _page(errors=first_messages(fault), form=form | {"number": number}), 422
    except Invalid as fault:
        return _page(errors=fault.errors, form=form | {"number": number}), 422
    flash(gettext("The answer is shown on the report's open page."))
    return redirect(url_for("fieldwork.content"), 303)


def _decision() -> bool:
    try:
        return bool(DecisionSchema().load(request.form.to_dict())["do"] == "show")
    except ValidationError as fault:
        raise Invalid(first_messages(fault)) from fault


def _done(*, is_shown: bool) -> ResponseReturnValue:
    flash(gettext("It is shown to everybody.") if is_shown else gettext("It is hidden."))
    return redirect(url_for("fieldwork.content"), 303)
