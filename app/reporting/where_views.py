"""The first step of reporting: where the fault is. Steps 2 and 3 are in `form`."""

from dataclasses import replace

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import transaction
from app.geo.kommuneinfo import municipality_name_at
from app.geo.positions import Position
from app.jurisdictions import queries as jurisdictions
from app.jurisdictions.queries import NamedPlace
from app.jurisdictions.views import current_jurisdiction
from app.places.api import SEARCHES, source
from app.problems import first_messages
from app.reporting.form_views import read_form
from app.reporting.places import Search, mark, plain, read_choice, search
from app.reporting.schemas import Form, read_position
from app.routing.operations import outside_sentence
from app.security import ANYONE, limiter, visible_to
from app.settings import Settings

blueprint = Blueprint("report", __name__, url_prefix="/meld")


@blueprint.get("")
@visible_to(ANYONE)
def where() -> ResponseReturnValue:
    """Step 1, empty or with what a link brings along."""
    return where_page(replace(Form.read(request.args), place_text=""))


@blueprint.post("/hvor")
@limiter.limit(SEARCHES)
@visible_to(ANYONE)
def where_again() -> ResponseReturnValue:
    """Step 1 again, with everything that was answered, and with hits when something was searched for."""
    form, errors = read_form()
    return where_page(form, errors=errors, typed=_typed())


def find_place(form: Form) -> Position | ResponseReturnValue:
    """The position, or step 1 with what is wrong or with the hits of a search."""
    chosen = read_choice(request.form.get("place_choice", ""))
    if chosen is None and _typed() and _typed() != plain(request.form.get("sok_shown", "")):
        return where_page(form, typed=_typed())
    try:
        position = chosen.position if chosen else read_position(form, _by_key())
    except ValidationError as fault:
        return where_page(form, errors=first_messages(fault), typed=_typed())
    if jurisdictions.covers(current_jurisdiction().id, position):
        return position
    return where_page(form, outside=_outside(position))


def placed(form: Form, position: Position) -> Form:
    """The form with the position spelled out, so that the next steps need no list, and with its words."""
    latitude, longitude = mark(position).split(",")
    chosen = read_choice(request.form.get("place_choice", ""))
    return replace(
        form,
        latitude=latitude,
        longitude=longitude,
        place="" if chosen else form.place,
        place_text=chosen.label if chosen else _words(form, position),
    )


def _words(form: Form, position: Position) -> str:
    """What the form calls the place: what step 1 said of this very position, not of one before it."""
    picked = next((it for it in _own() if str(it.id) == form.place), None)
    if picked and picked.position == position:
        return picked.name
    about = request.form.get("place_at")
    return plain(form.place_text) if about is None or about == mark(position) else ""


def where_page(
    form: Form,
    *,
    errors: dict[str, str] | None = None,
    outside: str | None = None,
    typed: str = "",
) -> ResponseReturnValue:
    """Step 1 with what was answered: 422 when something is wrong or the place is not ours."""
    hits = Search(typed="")
    if typed:
        with transaction():
            hits = search(current_jurisdiction(), typed, source())
    page = render_template(
        "reporting/where.html",
        form=vars(form) | _unplaced(form),
        place_at=_about(form),
        errors=errors or {},
        outside=outside,
        search=hits,
        places=_own(),
    )
    return page, 422 if errors or outside else 200


def _typed() -> str:
    """What was written in the search field. Scripts take its name away, since they ask by themselves."""
    return plain(request.form.get("sok", ""))


def _about(form: Form) -> str:
    """The position that the form's words are about, for the page to carry."""
    if not form.place_text:
        return ""
    try:
        return mark(read_position(form, _by_key()))
    except ValidationError:
        return ""


def _own() -> list[NamedPlace]:
    return jurisdictions.places(current_jurisdiction().id)


def _by_key() -> dict[str, Position]:
    return {str(place.id): place.position for place in _own()}


def _unplaced(form: Form) -> dict[str, str]:
    """Empty coordinates for a place from the list: choosing another one must count."""
    return {"latitude": "", "longitude": ""} if form.place else {}


def _outside(position: Position) -> str:
    """Which municipality the place is in: one of ours, or what Kartverket's register says."""
    settings: Settings = current_app.config["SETTINGS"]
    name = jurisdictions.other_name_at(current_jurisdiction().id, position) or municipality_name_at(
        settings.kommuneinfo_url, position
    )
    return outside_sentence(name)
