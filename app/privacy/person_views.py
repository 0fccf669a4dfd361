"""A person's rights: everything under an address or a number, handed out or erased. It is always posted."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app import security
from app.database import transaction
from app.errors import NotFound
from app.i18n import gettext, ngettext
from app.jurisdictions.views import current_jurisdiction
from app.photos.operations import file_name
from app.photos.views import current_store
from app.privacy import lookups, person
from app.privacy.models import Look
from app.privacy.schemas import PersonSchema
from app.privacy.views import blueprint
from app.problems import first_messages
from app.roles import Deed
from app.security import Identity, asking_person, limiter, visible_to

SEARCHES = "60 per hour"


@blueprint.get("/person")
@visible_to(Deed.PRIVACY)
def rights() -> ResponseReturnValue:
    """Where an address or a number is written."""
    return render_template("privacy/person.html", form={"who": ""}, errors={}, found=None)


@blueprint.post("/person")
@limiter.limit(SEARCHES, key_func=asking_person)
@visible_to(Deed.PRIVACY)
def find_person() -> ResponseReturnValue:
    """How much is kept under it; the look is written down."""
    form = request.form.to_dict()
    try:
        written: str = PersonSchema().load(form)["who"]
    except ValidationError as fault:
        page = render_template(
            "privacy/person.html", form=form, errors=first_messages(fault), found=None
        )
        return page, 422
    with transaction():
        lookups.note(_who(), current_jurisdiction().id, Look.SEARCH, now=datetime.now(UTC))
        found = person.contacts(current_jurisdiction().id, written)
        numbers = person.report_numbers(found)
    shown = {"contacts": len(found), "numbers": numbers}
    return render_template("privacy/person.html", form={"who": written}, errors={}, found=shown)


@blueprint.post("/person/last-ned")
@limiter.limit(SEARCHES, key_func=asking_person)
@visible_to(Deed.PRIVACY)
def hand_out() -> ResponseReturnValue:
    """All that is kept of the person, as a ZIP: one JSON file, and the person's photos."""
    written = _written()
    store = current_store()
    with transaction():
        lookups.note(_who(), current_jurisdiction().id, Look.EXPORT, now=datetime.now(UTC))
        found = person.contacts(current_jurisdiction().id, written)
        if not found:
            raise NotFound(gettext("Nothing is kept under this address or number."))
        told, photos = person.export(found), person.photo_keys(found)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(told, ensure_ascii=False, indent=2))
        for number, key in photos:
            content = store.read(file_name(key, "1920.webp"))
            if content is not None:
                archive.writestr(f"photos/{number}/{key}.webp", content)
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Response(packed.getvalue(), mimetype="application/zip", headers=headers)


@blueprint.post("/person/slett")
@limiter.limit(SEARCHES, key_func=asking_person)
@visible_to(Deed.PRIVACY)
def erase_person() -> ResponseReturnValue:
    """Erase all of it, at the person's wish."""
    who, now = _who(), datetime.now(UTC)
    with transaction():
        lookups.note(who, current_jurisdiction().id, Look.ERASURE, now=now)
        found = person.contacts(current_jurisdiction().id, _written())
        numbers = person.erase(found, who.account_id, now=now)
    flash(
        ngettext(
            "What the person had left is erased, from %(num)s report.",
            "What the person had left is erased, from %(num)s reports.",
            len(numbers),
        )
    )
    return redirect(url_for("privacy.rights"), 303)


def _written() -> str:
    try:
        return str(PersonSchema().load(request.form.to_dict())["who"])
    except ValidationError as fault:
        raise NotFound(gettext("Nothing is kept under this address or number.")) from fault


def _who() -> Identity:
    who = security.identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who
