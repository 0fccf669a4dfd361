"""Registering while they talk: one page that is ready for the next call when a report is sent."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.catalog.models import Needs
from app.catalog.queries import service_by_code
from app.catalog.question_fields import answers_to, at_fields
from app.counter import answers, letters, operations, queries
from app.counter.models import IncomingLetter, LetterState
from app.counter.operations import Voice
from app.counter.page import Around, Hits, around, asked_by, groups_of, hits_for
from app.counter.schemas import (
    CHANNELS,
    Form,
    IntakeSchema,
    Receipt,
    mark,
    place_of,
    plain,
    read_choice,
)
from app.database import transaction
from app.errors import AppError, Conflict, Invalid, NotFound, OutsideJurisdiction, TooMany
from app.geo.positions import Position
from app.i18n import LANGUAGES, gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.places.api import SEARCHES, source
from app.problems import first_messages
from app.roles import Deed
from app.routing.models import Channel
from app.security import Identity, identity, limiter, visible_to
from app.service_requests import duplicates, talk
from app.service_requests.added import contact_of
from app.service_requests.cards import page_of
from app.service_requests.intake import Submission
from app.service_requests.schemas import Email, MessageText
from app.settings import Settings
from app.statistics.names import channel_word

blueprint = Blueprint("counter", __name__, url_prefix="/registrer")


def me() -> Identity:
    """The one who is signed in."""
    who = identity()
    assert who is not None
    return who


@blueprint.get("")
@visible_to(Deed.REGISTER)
def show() -> ResponseReturnValue:
    """An empty form; after a report, its number above it."""
    given = {"channel": request.args.get("kanal", ""), "language": request.args.get("sprak", "")}
    known = {name: value for name, value in given.items() if value}
    if (row := _letter(request.args.get("brev", ""))) is not None:
        known |= {"brev": str(row.id), "channel": Channel.EMAIL}
        known["description"] = letters.told(row.subject or "", row.words or "")
        known["idempotency_key"] = f"letter-{row.key.hex()[:40]}"
    return _page(Form.read(known))


@blueprint.post("")
@limiter.limit(SEARCHES)
@visible_to(Deed.REGISTER)
def register() -> ResponseReturnValue:
    """Send the report, or look up the place and what is near when that is what was pressed."""
    form = _with_place(Form.read(request.form))
    if request.form.get("do") != "send":
        return _page(form, looks=True)
    wanted, errors = _read(form)
    position = _position(form, errors)
    if errors or position is None:
        return _page(form, errors=errors, looks=bool(form.sok))
    who, jurisdiction = me(), current_jurisdiction()
    submission, now = _submission(form, wanted, position, who), datetime.now(UTC)
    try:
        with transaction():
            row = _letter(form.brev)
            if row is not None:
                row = answers.locked(who, jurisdiction.id, row.id)
            made = operations.register(
                jurisdiction, operations.with_letter(submission, row), who, now=now
            )
            number = made.number
            if row is not None:
                answers.became(row, made, who, now=now)
    except OutsideJurisdiction as fault:
        return _page(form, errors={"sok": fault.detail})
    except Invalid as fault:
        return _page(form, errors=at_fields(form.service, _by_field(fault)))
    return redirect(_next(form, registrert=number), 303)


@blueprint.post("/rundt")
@limiter.limit(SEARCHES)
@visible_to(Deed.REGISTER)
def look_around() -> ResponseReturnValue:
    """The part of the page that a script asks for: who gets it, and what is reported near there already."""
    form = Form.read(request.form)
    return render_template("counter/around.html", around=_around(form))


@blueprint.post("/legg-til")
@limiter.limit(SEARCHES)
@visible_to(Deed.REGISTER)
def add_voice() -> ResponseReturnValue:
    """It is reported already: count the caller, keep what they say, ask whether they want to follow."""
    form = _with_place(Form.read(request.form))
    errors: dict[str, str] = {}
    text = _read_one(MessageText(load_default=None), form.description, "description", errors)
    email = _read_one(Email(load_default=None), form.email, "email", errors)
    if errors:
        return _page(form, errors=errors, looks=True)
    if (row := _letter(form.brev)) is not None:
        return _letter_to(row, request.form.get("number", ""), form)
    voice = Voice(
        number=request.form.get("number", ""),
        key=form.idempotency_key,
        text=text,
        email=email,
        language=form.language or current_jurisdiction().languages[0],
    )
    try:
        with transaction():
            found = operations.add_voice(current_jurisdiction(), voice, me(), now=datetime.now(UTC))
            number = found.number
    except (TooMany, NotFound) as fault:
        return _page(form, errors={"email": fault.detail}, looks=True)
    return redirect(_next(form, lagt_til=number), 303)


def _letter_to(row: IncomingLetter, number: str, form: Form) -> ResponseReturnValue:
    """The letter goes to the report that is there, with its photos, and waits no more."""
    try:
        with transaction():
            locked = answers.locked(me(), current_jurisdiction().id, row.id)
            found = answers.add_to(locked, number, me(), now=datetime.now(UTC)).number
    except Invalid as fault:
        return _page(form, errors=fault.errors, looks=True)
    return redirect(_next(form, lagt_til=found), 303)


@blueprint.get("/<number>/kvittering")
@visible_to(Deed.REGISTER)
def receipt(number: str) -> ResponseReturnValue:
    """The receipt to hand over on paper, with the personal link."""
    found = queries.registered(me(), current_jurisdiction().id, number)
    settings: Settings = current_app.config["SETTINGS"]
    jurisdiction = current_jurisdiction()
    link = f"{jurisdiction.public_url(settings.base_url)}/m/{found.token}"
    page = page_of(found, personal=True, now=datetime.now(UTC))
    return render_template("counter/receipt.html", report=page, link=link)


def _next(form: Form, **done: Any) -> str:
    """The page for the next call, begun as the last one was."""
    return url_for("counter.show", kanal=form.channel, sprak=form.language or None, **done)


def _letter(key: str) -> IncomingLetter | None:
    """The waiting letter with this key, for one who decides about letters. :raises NotFound: there is none."""
    if not key:
        return None
    if not key.isdecimal() or len(key) > 15:
        raise NotFound(gettext("There is no such letter."))
    found = answers.find(me(), current_jurisdiction().id, int(key))
    if found.state != LetterState.WAITING:
        raise Conflict(gettext("Someone has dealt with this letter already."))
    return found


def _with_place(form: Form) -> Form:
    """The form with the hit that was chosen as its place."""
    chosen = read_choice(form.place_choice)
    if chosen is None or plain(form.sok) != plain(form.sok_shown):
        return form
    latitude, longitude = mark(chosen[0]).split(",")
    return replace(
        form,
        latitude=latitude,
        longitude=longitude,
        place_text=chosen[1],
        place_at=mark(chosen[0]),
        sok="",
    )


def _read(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """What was written but for the place, and what is wrong with it."""
    try:
        wanted: dict[str, Any] = IntakeSchema().load(vars(form))
    except ValidationError as fault:
        return {}, first_messages(fault)
    if wanted["channel"] not in CHANNELS:
        return {}, {"channel": gettext("Choose how you were told.")}
    match wanted["receipt"]:
        case Receipt.EMAIL if not wanted["email"]:
            return {}, {"email": gettext("Write the e-mail address for the receipt.")}
        case Receipt.SMS if not wanted["phone"]:
            return {}, {"phone": gettext("Write the telephone number for the receipt.")}
    return wanted, {}


def _read_one(field: Any, value: str, name: str, errors: dict[str, str]) -> str | None:
    try:
        read: str | None = field.deserialize(value)
    except ValidationError as fault:
        errors[name] = str(fault.messages[0])
        return None
    return read


def _position(form: Form, errors: dict[str, str]) -> Position | None:
    """The place; what is wrong with it is added to the errors."""
    try:
        position = place_of(form)
    except ValidationError as fault:
        errors |= first_messages(fault)
        return None
    if plain(form.sok) != "" or position is None:
        told = gettext("Search for the address and choose it, or write coordinates.")
        errors["sok"] = told
        return None
    return position


def _submission(
    form: Form, wanted: dict[str, Any], position: Position, who: Identity
) -> Submission:
    by_sms = wanted["receipt"] == Receipt.SMS
    sends = wanted["receipt"] in {Receipt.EMAIL, Receipt.SMS}
    service = service_by_code(current_jurisdiction().id, wanted["service"])
    is_of_lamps = service is not None and service.needs == Needs.LAMP
    return Submission(
        service_code=wanted["service"],
        position=position,
        description=wanted["description"],
        answers=answers_to(service, form.answers) if service else {},
        lamps=wanted["lamps"] if is_of_lamps else (),
        email=None if by_sms else wanted["email"],
        phone=wanted["phone"],
        name=wanted["name"],
        channel=wanted["channel"],
        language=wanted["language"] or current_jurisdiction().languages[0],
        idempotency_key=wanted["idempotency_key"],
        is_acute=wanted["acute"],
        registered_by=who.account_id,
        wants_receipt=sends,
    )


def _by_field(fault: Invalid) -> dict[str, str]:
    """An operation's field names as this form's."""
    if "Idempotency-Key" in fault.errors:
        return {
            "description": gettext("This page has sent another report already. Open the page anew.")
        }
    names = {"service_code": "service", "contact": "email", "position": "sok"}
    return {names.get(name, name): text for name, text in fault.errors.items()}


def _around(form: Form) -> Around | None:
    """What is around the place of the form, once both place and kind are known."""
    try:
        position = place_of(form)
    except ValidationError:
        return None
    jurisdiction = current_jurisdiction()
    service = service_by_code(jurisdiction.id, form.service) if form.service else None
    if position is None or service is None:
        return None
    now = datetime.now(UTC)
    seen = around(jurisdiction, service, position, acute=bool(form.acute), now=now)
    if seen.found:
        with transaction():
            duplicates.hinted(
                jurisdiction.id, form.idempotency_key, service, len(seen.found), now=now
            )
    return seen


def _page(
    form: Form, *, errors: dict[str, str] | None = None, looks: bool = False
) -> ResponseReturnValue:
    """The page with what was typed: 422 when something is wrong.

    :param looks: look up what was searched for, and what is around.
    """
    settings: Settings = current_app.config["SETTINGS"]
    jurisdiction = current_jurisdiction()
    sees = answers.sees_letters(me(), jurisdiction.id)
    hits = Hits()
    if looks and form.sok:
        with transaction():
            hits = hits_for(jurisdiction, plain(form.sok), source())
    page = render_template(
        "counter/register.html",
        form=form,
        letter=_letter(form.brev),
        sees_letters=sees,
        letters_wait=answers.count_waiting(jurisdiction.id) if sees else 0,
        errors=errors or {},
        hits=hits,
        around=_around(form) if looks or errors else None,
        channels=[(channel.value, channel_word(channel)) for channel in CHANNELS],
        languages_of_receipt=[(code, LANGUAGES[code]) for code in jurisdiction.languages],
        groups=groups_of(jurisdiction.id),
        asked=asked_by(jurisdiction.id, form.answers, errors or {}),
        emergency=[(it["number"], localised(it["text"])) for it in jurisdiction.emergency_numbers],
        has_sms=bool(settings.sms_url or settings.mail_folder),
        done=_done(),
    )
    return page, 422 if errors else 200


def _done() -> dict[str, Any] | None:
    """What was sent last from this page, to tell the caller."""
    jurisdiction = current_jurisdiction()
    added, made = request.args.get("lagt_til", ""), request.args.get("registrert", "")
    try:
        if added:
            return {"number": talk.report_of(jurisdiction.id, added).number, "is_new": False}
        if not made:
            return None
        found = queries.registered(me(), jurisdiction.id, made)
    except AppError:
        return None
    contact = contact_of(found.id)
    return {
        "number": found.number,
        "is_new": True,
        "report": page_of(found, personal=True, now=datetime.now(UTC)),
        "has_email": bool(contact and contact.email),
        "has_phone": bool(contact and contact.phone),
    }
