"""The areas that rules may ask for: the list, drawing a new one, removing one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration.schemas import AreaFormSchema
from app.administration.views import account_id, blueprint
from app.database import transaction
from app.errors import Conflict, Invalid
from app.i18n import gettext, localised, number
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages, json_response
from app.roles import Deed
from app.routing.areas import add_area, known_areas, remove_area, shapes
from app.security import visible_to

SQUARE_KILOMETRE = 1_000_000
SMALL = 100_000
MAX_OUTLINE_BYTES = 5 * 1024 * 1024
"""A district's boundary as map programs write it."""


# Not `before_request`: the check of the form's token comes before that, and reads the form.
@blueprint.url_value_preprocessor
def _allow_an_outline(endpoint: str | None, _values: object) -> None:
    if endpoint == "administration.new_area":
        request.max_content_length = request.max_form_memory_size = MAX_OUTLINE_BYTES


@blueprint.get("/omrader")
@visible_to(Deed.SET_UP)
def areas() -> ResponseReturnValue:
    """All areas, on a map and as a list."""
    return _list(None)


@blueprint.get("/omrader.geojson")
@visible_to(Deed.SET_UP)
def area_shapes() -> ResponseReturnValue:
    """The areas as a GeoJSON FeatureCollection, for the map."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": localised(name)},
            "geometry": geometry,
        }
        for code, name, geometry in shapes(current_jurisdiction().id)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return json_response(content, content_type="application/geo+json")


@blueprint.route("/omrader/nytt", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def new_area() -> ResponseReturnValue:
    """Draw or paste an area."""
    if request.method == "GET":
        return _form({}, {})
    form = request.form.to_dict()
    try:
        file = request.files.get("file")
        if file and file.filename:
            form["boundary"] = _text(file.read())
        values = AreaFormSchema().load(form)
        with transaction():
            area = add_area(
                current_jurisdiction().id,
                values["name"],
                values["boundary"],
                account_id=account_id(),
            )
            name = localised(area.name)
    except ValidationError as fault:
        return _form(form, first_messages(fault))
    except Invalid as fault:
        return _form(form, fault.errors)
    flash(gettext("The area %(name)s is there. Rules can ask for it now.", name=name))
    return redirect(url_for("administration.areas"), 303)


@blueprint.post("/omrader/<code>/fjern")
@visible_to(Deed.SET_UP)
def drop_area(code: str) -> ResponseReturnValue:
    """Remove an area that no rule asks for."""
    try:
        with transaction():
            area = remove_area(current_jurisdiction().id, code, account_id=account_id())
            name = localised(area.name)
    except Conflict as fault:
        return _list(fault.detail)
    flash(gettext("The area %(name)s is removed.", name=name))
    return redirect(url_for("administration.areas"), 303)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Invalid({"boundary": gettext("This is not GeoJSON.")}) from fault


def _list(refusal: str | None) -> ResponseReturnValue:
    rows = [
        {
            "code": area.code,
            "name": localised(area.name),
            "size": _size(area.square_metres),
            "used_by": area.used_by,
        }
        for area in known_areas(current_jurisdiction().id)
    ]
    html = render_template("administration/areas.html", rows=rows, refusal=refusal)
    return html, 409 if refusal else 200


def _size(square_metres: float) -> str:
    if square_metres < SMALL:
        return f"{number(square_metres)}\u00a0m²"
    return f"{number(square_metres / SQUARE_KILOMETRE, decimals=1)}\u00a0km²"


def _form(form: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    html = render_template("administration/area.html", form=form, errors=errors)
    return html, 422 if errors else 200
