"""Letters that wait for someone to decide what they become."""

from datetime import UTC, datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.counter import answers
from app.counter.models import IncomingLetter, LetterState
from app.counter.views import blueprint, me
from app.counter.words import reason_word
from app.database import transaction
from app.errors import Conflict, Invalid, NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import visible_to
from app.service_requests.schemas import MessageText

KEPT_OUT_SHOWN = timedelta(days=30)


@blueprint.get("/brev")
@visible_to(Deed.REGISTER)
def letters() -> ResponseReturnValue:
    """The letters that wait, the oldest first, and how many were kept out."""
    jurisdiction_id = current_jurisdiction().id
    if not answers.sees_letters(me(), jurisdiction_id):
        raise NotFound(gettext("Letters are dealt with at the first line."))
    since = datetime.now(UTC) - KEPT_OUT_SHOWN
    return render_template(
        "counter/letters.html",
        letters=answers.waiting_letters(jurisdiction_id),
        kept_out=answers.kept_out_since(jurisdiction_id, since),
        reason_word=reason_word,
        done=request.args.get("gjort", ""),
    )


@blueprint.get("/brev/<int:letter_id>")
@visible_to(Deed.REGISTER)
def letter(letter_id: int) -> ResponseReturnValue:
    """One letter with what can be done with it."""
    return _page(answers.find(me(), current_jurisdiction().id, letter_id))


@blueprint.post("/brev/<int:letter_id>/legg-til")
@visible_to(Deed.REGISTER)
def letter_to_report(letter_id: int) -> ResponseReturnValue:
    """Keep it with the report of this number."""
    here = current_jurisdiction().id
    try:
        with transaction():
            row = answers.locked(me(), here, letter_id)
            answers.add_to(row, request.form.get("number", ""), me(), now=datetime.now(UTC))
    except Invalid as fault:
        return _page(answers.find(me(), here, letter_id), fault.errors)
    return _next("added")


@blueprint.post("/brev/<int:letter_id>/svar")
@visible_to(Deed.REGISTER)
def answer_letter(letter_id: int) -> ResponseReturnValue:
    """Answer the one who wrote."""
    try:
        text = MessageText().deserialize(request.form.get("answer", ""))
    except ValidationError as fault:
        row = answers.find(me(), current_jurisdiction().id, letter_id)
        return _page(row, {"answer": str(fault.messages[0])})
    here = current_jurisdiction().id
    try:
        with transaction():
            row = answers.locked(me(), here, letter_id)
            answers.answer(row, text, me(), now=datetime.now(UTC))
    except Invalid as fault:
        return _page(answers.find(me(), here, letter_id), fault.errors)
    return _next("answered")


@blueprint.post("/brev/<int:letter_id>/forkast")
@visible_to(Deed.REGISTER)
def discard_letter(letter_id: int) -> ResponseReturnValue:
    """Nothing is to come of it."""
    with transaction():
        row = answers.locked(me(), current_jurisdiction().id, letter_id)
        answers.discard(row, me(), now=datetime.now(UTC))
    return _next("discarded")


def _next(done: str) -> ResponseReturnValue:
    return redirect(url_for("counter.letters", gjort=done), 303)


def _page(row: IncomingLetter, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    if row.state != LetterState.WAITING:
        raise Conflict(gettext("Someone has dealt with this letter already."))
    page = render_template(
        "counter/letter.html",
        letter=row,
        has_address=row.contact_id is not None,
        about=row.service_request.number if row.service_request else "",
        typed=request.form.get("answer", ""),
        reason_word=reason_word,
        errors=errors or {},
    )
    return page, 422 if errors else 200
