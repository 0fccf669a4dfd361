"""Answers: what is offered for a report with its preview, and their administration."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.catalog.queries import services
from app.database import session, transaction
from app.errors import AppError, Conflict, Invalid, NotFound
from app.i18n import LANGUAGES, gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.notifications.tasks import the_post
from app.problems import first_messages, json_response
from app.replies import operations, preview, queries
from app.replies.hints import hints
from app.replies.models import ReplyTemplate
from app.replies.schemas import CODE, from_form
from app.replies.words import PLACEHOLDERS
from app.roles import Deed
from app.security import Identity, identity, visible_to
from app.service_requests import desk_verbs
from app.service_requests.acting import Work
from app.service_requests.desk_verbs import CaseVerb
from app.service_requests.schemas import MessageText
from app.service_requests.status import Status
from app.service_requests.words import status_word

blueprint = Blueprint("replies", __name__)
MOST_VERSION_DIGITS = 9


def _who() -> Identity:
    who = identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who


@blueprint.get("/innboks/<number>/svarmaler")
@visible_to(Deed.DESK)
def offered(number: str) -> ResponseReturnValue:
    """The answers that fit the report, filled in for it in its reporter's language: JSON."""
    found = desk_verbs.find(_who(), current_jurisdiction().id, number.replace("\0", ""))
    base_url = current_app.config["SETTINGS"].base_url
    made = preview.filled(found, current_jurisdiction(), base_url)
    return json_response(
        {"language": preview.language_of(found), "answers": [vars(answer) for answer in made]}
    )


@blueprint.post("/innboks/<number>/forhandsvis")
@visible_to(Deed.DESK)
def show_preview(number: str) -> ResponseReturnValue:
    """The very letter or SMS that the reporter would get, and hints for plain language. Nothing is kept."""
    found = desk_verbs.find(_who(), current_jurisdiction().id, number.replace("\0", ""))
    text = request.form.get("message", "").replace("\0", "").strip()
    verb = request.form.get("verb", CaseVerb.REPLY.value)
    language = preview.language_of(found)
    problem, sent = None, None
    try:
        if verb not in set(CaseVerb):
            raise Invalid({"verb": gettext("There is no such action.")})
        work = Work(
            version=found.version,
            message=MessageText().deserialize(text),
            led_to_improvement=request.form.get("led_to_improvement") == "true",
            original_number=request.form.get("original_number", "").replace("\0", "") or None,
        )
        base_url = current_app.config["SETTINGS"].base_url
        work = preview.finished(found, CaseVerb(verb), work, current_jurisdiction(), base_url)
        now = datetime.now(UTC)
        sent = preview.sent_as(_who(), found, CaseVerb(verb), the_post(), work, now=now)
    except ValidationError as fault:
        problem = fault.messages[0]
    except AppError as fault:
        problem = fault.detail
    page = render_template(
        "replies/preview.html",
        sent=sent,
        problem=problem,
        language=language,
        language_name=LANGUAGES.get(language, language),
        hints=hints(text, language),
        number=number,
    )
    return page, 422 if problem else 200


@blueprint.get("/styring/svar")
@visible_to(Deed.SET_UP)
def index() -> ResponseReturnValue:
    """All answers, those out of use last; `sok` finds words in them."""
    jurisdiction = current_jurisdiction()
    wanted = request.args.get("sok", "").strip().casefold()
    rows = [
        row
        for row in queries.templates(jurisdiction.id, also_retired=True)
        if wanted in " ".join([row.code, *row.name.values(), *row.text.values()]).casefold()
    ]
    names = {service.id: localised(service.name) for service in services(jurisdiction.id)}
    return render_template(
        "replies/index.html",
        rows=sorted(rows, key=lambda row: not row.is_active),
        names=names,
        status_words=status_word,
        wanted=request.args.get("sok", ""),
    )


@blueprint.route("/styring/svar/<code>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit(code: str) -> ResponseReturnValue:
    """One answer; `ny` is a new one. 409 with both texts when somebody else was there first."""
    jurisdiction = current_jurisdiction()
    is_new = code == "ny"
    row = None if is_new else queries.template(jurisdiction.id, code.replace("\0", ""))
    if row is None and not is_new:
        raise NotFound(gettext("There is no such answer."))
    if request.method == "GET":
        return _form(row, {}, {}, 200)
    form = request.form.to_dict()
    wanted = form.get("code", "").strip() if row is None else row.code
    try:
        if not CODE.match(wanted):
            message = gettext("Use 2 to 40 small letters a–z, digits and underscores.")
            raise Invalid({"code": message})
        with transaction():
            saved = operations.save(
                jurisdiction.id,
                from_form(form, wanted),
                version=_version(),
                account_id=_who().account_id,
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return _form(row, form, first_messages(fault), 422)
    except Invalid as fault:
        return _form(row, form, fault.errors, 422)
    except Conflict as fault:
        session().expire_all()
        return _form(row, form, {"version": fault.detail}, 409)
    flash(gettext("The answer «%(name)s» is saved.", name=localised(saved.name)))
    return redirect(url_for("replies.index"), 303)


@blueprint.post("/styring/svar/<code>/<any(av, pa):verb>")
@visible_to(Deed.SET_UP)
def retire(code: str, verb: str) -> ResponseReturnValue:
    """Take an answer out of use, or into use again."""
    with transaction():
        row = operations.retire(
            current_jurisdiction().id,
            code.replace("\0", ""),
            is_active=verb == "pa",
            version=_version(),
            account_id=_who().account_id,
            now=datetime.now(UTC),
        )
    if row is None:
        raise NotFound(gettext("There is no such answer."))
    flash(gettext("It is in use again.") if verb == "pa" else gettext("It is out of use."))
    return redirect(url_for("replies.index"), 303)


def _version() -> int:
    written = request.form.get("version", "0")
    is_number = written.isascii() and written.isdigit() and len(written) <= MOST_VERSION_DIGITS
    return int(written) if is_number else -1


def _form(
    row: ReplyTemplate | None, form: dict[str, str], errors: dict[str, str], status: int
) -> ResponseReturnValue:
    jurisdiction = current_jurisdiction()
    values: dict[str, Any] = {"code": row.code if row else "", "status": "", "service": ""}
    if row:
        values |= {f"name-{tongue}": text for tongue, text in row.name.items()}
        values |= {f"text-{tongue}": text for tongue, text in row.text.items()}
        values |= {
            "status": row.status or "",
            "service": queries.service_code(row.service_id) or "",
        }
    page = render_template(
        "replies/edit.html",
        row=row,
        stored=values,
        values=values | form,
        version=row.version if row else 0,
        errors=errors,
        all_tongues=list(LANGUAGES.items()),
        placeholders=PLACEHOLDERS,
        services=[(one.code, localised(one.name)) for one in services(jurisdiction.id)],
        statuses=[(one.value, status_word(one)) for one in Status],
    )
    return page, status
