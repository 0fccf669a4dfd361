"""Blacking out parts of a photo, before or after anybody sees it."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app import security
from app.database import transaction
from app.errors import Invalid, NotFound
from app.fieldwork.blackout_schemas import BoxSchema
from app.fieldwork.views import blueprint
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.photos.images import Box
from app.photos.views import current_store
from app.roles import Deed
from app.security import Identity, asking_person, limiter, visible_to
from app.service_requests import blackout, pictures
from app.service_requests.blackout import Found

SIDES = ("left", "top", "width", "height")
LIMIT = "120 per hour"


@blueprint.get("/innhold/<number>/bilde/<key>")
@visible_to(Deed.MODERATE)
def black_out_page(number: str, key: str) -> ResponseReturnValue:
    """The photo, large, and where boxes are drawn on it."""
    return _page(_found(number, key), [], {})


@blueprint.post("/innhold/<number>/bilde/<key>")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.MODERATE)
def black_out(number: str, key: str) -> ResponseReturnValue:
    """Put the blackened photo in the old one's place."""
    found = _found(number, key)
    rows = list(zip(*(request.form.getlist(side) for side in SIDES), strict=False))
    written = [dict(zip(SIDES, row, strict=True)) for row in rows if any(map(str.strip, row))]
    try:
        boxes = _boxes(written)
    except Invalid as fault:
        return _page(found, written, fault.errors)
    with transaction():
        again = _found(number, key)
        blackout.black_out(
            again, boxes, current_store(), account_id=_who().account_id, now=datetime.now(UTC)
        )
    flash(gettext("The photo is blacked out, and the old one is gone."))
    return redirect(url_for("fieldwork.content"), 303)


def _boxes(written: list[dict[str, str]]) -> list[Box]:
    """:raises Invalid: none, too many, or one that is not within the photo; the field is `left`."""
    if not written:
        raise Invalid({"left": gettext("Draw or write at least one box.")})
    if len(written) > blackout.MOST:
        message = gettext("At most %(count)s boxes at a time.", count=blackout.MOST)
        raise Invalid({"left": message})
    boxes: list[Box] = []
    for row in written:
        try:
            box = BoxSchema().load(row)
        except ValidationError as fault:
            message = gettext("Write each box in per cent of the photo, from 0 to 100, within it.")
            raise Invalid({"left": message}) from fault
        boxes.append(tuple(box[side] / 100 for side in SIDES))
    return boxes


def _found(number: str, key: str) -> Found:
    reach = _who().reach(current_jurisdiction().id, Deed.MODERATE)
    return blackout.find(current_jurisdiction().id, number, key, reach)


def _who() -> Identity:
    who = security.identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who


def _page(
    found: Found, written: list[dict[str, str]], errors: dict[str, str]
) -> ResponseReturnValue:
    shown = next(one for one in pictures.for_staff(found.report) if one.key == found.photo.key)
    empty = dict.fromkeys(SIDES, "")
    page = render_template(
        "fieldwork/black_out.html",
        report=found.report,
        photo=shown,
        rows=written[: blackout.MOST] + [empty] * (blackout.MOST - len(written)),
        errors=errors,
    )
    return page, 422 if errors else 200
