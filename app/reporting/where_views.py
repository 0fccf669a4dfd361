"""The first step of reporting: where the fault is. Steps 2 and 3 are in `form`."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.geo.kommuneinfo import municipality_name_at
from app.geo.positions import Position
from app.jurisdictions import queries as jurisdictions
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.reporting.schemas import Form, read_position
from app.routing.operations import outside_sentence
from app.security import ANYONE, visible_to
from app.settings import Settings

blueprint = Blueprint("report", __name__, url_prefix="/meld")


@blueprint.get("")
@visible_to(ANYONE)
def where() -> ResponseReturnValue:
    """Step 1, empty or with what a link brings along."""
    return where_page(Form.read(request.args))


@blueprint.post("/hvor")
@visible_to(ANYONE)
def where_again() -> ResponseReturnValue:
    """Step 1 again, with everything that was answered."""
    return where_page(Form.read(request.form))


def find_place(form: Form) -> Position | ResponseReturnValue:
    """The position, or step 1 with what is wrong."""
    places = {
        str(place.id): place.position for place in jurisdictions.places(current_jurisdiction().id)
    }
    try:
        position = read_position(form, places)
    except ValidationError as fault:
        return where_page(form, errors=first_messages(fault))
    if jurisdictions.covers(current_jurisdiction().id, position):
        return position
    return where_page(form, outside=_outside(position))


def placed(form: Form, position: Position) -> Form:
    """The form with the position spelled out, so that the next steps need no list."""
    values = vars(form) | {
        "latitude": f"{position.latitude:.6f}",
        "longitude": f"{position.longitude:.6f}",
    }
    return Form(**values)


def where_page(
    form: Form, *, errors: dict[str, str] | None = None, outside: str | None = None
) -> ResponseReturnValue:
    """Step 1 with what was answered: 422 when something is wrong or the place is not ours."""
    page = render_template(
        "reporting/where.html",
        form=vars(form) | _unplaced(form),
        errors=errors or {},
        outside=outside,
        places=jurisdictions.places(current_jurisdiction().id),
    )
    return page, 422 if errors or outside else 200


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
