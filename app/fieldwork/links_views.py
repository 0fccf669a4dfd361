"""The page that a contractor without an account works on. It works without scripts."""

from datetime import UTC, datetime
from uuid import uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import session, transaction
from app.errors import Conflict, Invalid, NotFound
from app.fieldwork import links, links_work
from app.fieldwork.links_schemas import GivenSchema
from app.fieldwork.links_work import Given, Step
from app.i18n import gettext, lazy_gettext, local
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.photos.views import SomeRefused, allow_photos, taken
from app.problems import first_messages
from app.security import ANYONE, limiter, visible_to
from app.service_requests import pictures
from app.service_requests.cards import page_of
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry
from app.service_requests.status import Status
from app.settings import Settings

blueprint = Blueprint("contractors", __name__, url_prefix="/arbeid")
allow_photos(blueprint, "contractors.act")
DONE = {
    Step.START: lazy_gettext("You have started. The municipality and the one who reported see it."),
    Step.NOTE: lazy_gettext("The municipality has got your comment."),
    Step.PHOTO: lazy_gettext("The photos are sent."),
    Step.FIXED: lazy_gettext("Thank you. The job is marked as done."),
}


def limit() -> str:
    """How often one address may send something."""
    return str(current_app.config["SUBMIT_LIMIT"])


def secret() -> str:
    """What the links are signed with."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret_key or ""


def address(link_id: int, jurisdiction: Jurisdiction) -> str:
    """The whole address of a link, for a message to the firm."""
    settings: Settings = current_app.config["SETTINGS"]
    path = url_for("contractors.show", token=links.write(secret(), link_id))
    return jurisdiction.public_url(settings.base_url).rstrip("/") + path


@blueprint.get("/<token>")
@visible_to(ANYONE)
def show(token: str) -> ResponseReturnValue:
    """The job. Only when it was first opened is kept, and not for those who fetch it in advance."""
    link_id, jurisdiction_id = links.read(secret(), token), current_jurisdiction().id
    now = datetime.now(UTC)
    is_opened = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    with transaction():
        link = links_work.opened(link_id, jurisdiction_id, now=now)
        if is_opened:
            links_work.note_opening(link, now=now)
    return _page(token, link_id)


@blueprint.post("/<token>/<step>")
@limiter.limit(limit)
@visible_to(ANYONE)
def act(token: str, step: str) -> ResponseReturnValue:
    """Do it: back to the page, or the page with what is missing (422) or why not (409)."""
    link_id, jurisdiction_id = links.read(secret(), token), current_jurisdiction().id
    if step not in set(Step):
        raise NotFound(gettext("There is no such action."))
    links_work.opened(link_id, jurisdiction_id, now=datetime.now(UTC))
    form = request.form.to_dict() | {"step": step}
    try:
        photos = _photos(form) if step in {Step.PHOTO, Step.FIXED} else ()
        values = GivenSchema().load(request.form.to_dict())
        given = Given(
            step=Step(step),
            key=str(values["key"]),
            message=values["message"],
            led_to_improvement=values["led_to_improvement"],
            photos=photos,
            before=step == Step.PHOTO and values["shows"] == "fault",
        )
        with transaction():
            links_work.work(link_id, jurisdiction_id, given, now=datetime.now(UTC))
    except ValidationError as fault:
        return _page(token, link_id, errors=first_messages(fault), form=form), 422
    except Invalid as fault:
        return _page(token, link_id, errors=fault.errors, form=form), 422
    except Conflict as fault:
        return _page(token, link_id, form=form, too_late=fault.detail), 409
    flash(str(DONE[Step(step)]))
    return redirect(url_for("contractors.show", token=token), 303)


def _photos(form: dict[str, str]) -> tuple[str, ...]:
    """The form's photos; what is kept of them is written into it, for when it is shown again.

    :raises Invalid: too many, or not a photo.
    """
    files, removed = request.files.getlist("photo"), request.form.getlist("remove_photo")
    try:
        photos = taken(form.get("photos", ""), files, removed)
    except SomeRefused as fault:
        form["photos"] = ",".join(fault.keys)
        raise
    form["photos"] = ",".join(photos)
    return photos


def _page(
    token: str,
    link_id: int,
    *,
    errors: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    too_late: str | None = None,
) -> str:
    session().expire_all()
    now, jurisdiction = datetime.now(UTC), current_jurisdiction()
    link = links_work.opened(link_id, jurisdiction.id, now=now)
    found = link.service_request
    return render_template(
        "fieldwork/contractor.html",
        report=page_of(found, personal=True, now=now),
        link=link,
        token=token,
        key=(form or {}).get("key") or str(uuid4()),
        fresh_key=lambda: str(uuid4()),
        steps=links_work.steps(found),
        lamps=found.assets,
        photos=pictures.shown(found, personal=True),
        sent=[
            (local(entry.occurred_at), _word(entry), entry) for entry in links_work.by_link(link)
        ],
        errors=errors or {},
        form=form or {},
        too_late=too_late,
    )


def _word(entry: HistoryEntry) -> str:
    match EntryKind(entry.kind):
        case EntryKind.STATUS if entry.status == Status.FIXED:
            return gettext("You marked it as done")
        case EntryKind.STATUS:
            return gettext("You started the job")
        case EntryKind.PHOTO:
            return gettext("You sent photos")
        case _:
            return gettext("You wrote to the municipality")
