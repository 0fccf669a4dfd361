"""JSON under /api/v1/crew/: the field app's day, its photos, and what was done without coverage."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, request
from flask_smorest import Blueprint

from app.accounts import devices
from app.database import transaction
from app.errors import Invalid
from app.fieldwork import crew_photos, snapshot, sync
from app.fieldwork.crew_schemas import (
    CrewPhotoSchema,
    DeviceSchema,
    JobsSchema,
    ResultsSchema,
    SessionSchema,
)
from app.fieldwork.sync_schemas import BatchSchema
from app.fieldwork.views import signed_in
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.photos.images import MAX_BYTES
from app.photos.views import current_store
from app.problems import MAX_BODY_BYTES, json_response, problem
from app.roles import Deed
from app.security import asking_person, bind_to_device, form_token, limiter, visible_to
from app.service_requests.status import DESK
from app.settings import Settings

blueprint = Blueprint(
    "crew_api", __name__, url_prefix="/api/v1/crew", description="For the crews' app"
)
DEVICE = "Melde-Device"
LIMIT = "300 per minute"
"""For each person: a long queue is sent in many batches, each with its photos."""


@blueprint.url_value_preprocessor
def _allow_a_picture(endpoint: str | None, _values: object) -> None:
    if endpoint == "crew_api.keep_photo":
        request.max_content_length = MAX_BYTES + MAX_BODY_BYTES


@blueprint.before_request
def _refuse_ended() -> Response | None:
    """Tell a device that was ended to forget everything, whoever asks with it."""
    device_id = _device_id()
    if device_id is None or not devices.ended(device_id):
        return None
    detail = gettext(
        "This device was signed out from the office. What it kept of the jobs is removed."
    )
    return problem(410, detail, more={"type": "device-ended"})


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _device_id() -> UUID | None:
    try:
        return UUID(request.headers.get(DEVICE, ""))
    except ValueError:
        return None


def account_name(account_id: int) -> str:
    """What the app calls an account: the same for ever, and nothing to anyone else."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"crew account {account_id}".encode(), hashlib.sha256).hexdigest()[:32]


def register_device(device_id: UUID) -> dict[str, str]:
    """Note that this person works with this device; the browser's session goes with it."""
    with transaction():
        device = devices.register(
            signed_in(),
            device_id,
            devices.label_of(request.headers.get("User-Agent", "")),
            datetime.now(UTC),
            jurisdiction_id=current_jurisdiction().id,
        )
        bind_to_device(device.id)
        return {"id": str(device.id), "label": device.label}


@blueprint.get("/session")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.response(200, SessionSchema)
def session(headers: dict[str, Any]) -> dict[str, Any]:
    """Who is signed in on this device, and the token for sending."""
    device = register_device(headers["device"])
    who, jurisdiction = signed_in(), current_jurisdiction()
    settings: Settings = current_app.config["SETTINGS"]
    return {
        "account": account_name(who.account_id),
        "csrf_token": form_token(),
        "departments": snapshot.departments(who, jurisdiction.id),
        "is_foreman": bool(who.roles_in(jurisdiction.id) & DESK),
        "device": device,
        "keep_hours": settings.crew_keep_hours,
    }


@blueprint.get("/jobs")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.response(200, JobsSchema)
def jobs(_headers: dict[str, Any]) -> Response:
    """The day's jobs and rounds; 304 when the device has them already."""
    who, now = signed_in(), datetime.now(UTC)
    account = account_name(who.account_id)
    content = snapshot.package(who, current_jurisdiction(), now=now)
    told = current_app.json.dumps([account, content])
    generated_at = now.isoformat(timespec="seconds")
    response = json_response({"account": account, "generated_at": generated_at} | content)
    response.set_etag(hashlib.sha256(told.encode()).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    return response


@blueprint.put("/photos/<uuid:photo_id>")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.response(201, CrewPhotoSchema)
@blueprint.alt_response(200, schema=CrewPhotoSchema, description="It was kept before.")
def keep_photo(_headers: dict[str, Any], photo_id: UUID) -> tuple[dict[str, str], int]:
    """Keep a photo under the id that the device gave it: the picture itself, or the part `photo` of a form."""
    content = _picture()
    try:
        with transaction():
            key, is_new = crew_photos.keep(
                content,
                current_store(),
                signed_in(),
                current_jurisdiction().id,
                photo_id,
                now=datetime.now(UTC),
            )
    except Invalid as fault:
        raise Invalid({"photo": fault.detail}) from fault
    return {"id": str(photo_id), "key": key}, 201 if is_new else 200


def _picture() -> bytes:
    """The picture that was sent. :raises Invalid: none was."""
    if request.mimetype == "multipart/form-data":
        part = request.files.get("photo")
        content = part.read() if part else b""
    elif request.mimetype.startswith("image/"):
        content = request.get_data()
    else:
        abort(415)
    if not content:
        raise Invalid({"photo": gettext("Choose a photo.")})
    return content


@blueprint.post("/sync")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.arguments(BatchSchema)
@blueprint.response(200, ResultsSchema)
@blueprint.alt_response(409, description="Someone else is signed in; nothing was done.")
@blueprint.alt_response(410, description="The device was ended: forget what is kept on it.")
def send(
    headers: dict[str, Any], batch: dict[str, Any]
) -> dict[str, list[dict[str, Any]]] | Response:
    """Send what was done, in its order. Each action is done exactly once, however often it is sent."""
    who = signed_in()
    if not hmac.compare_digest(
        account_name(who.account_id).encode(), batch["account"].encode(errors="replace")
    ):
        detail = gettext(
            "Someone else is signed in. Sign in as the one who did this, and it is sent."
        )
        return problem(409, detail, more={"type": "other-account"})
    if batch["device"] != headers["device"]:
        raise Invalid({"device": gettext("The device is not the one in the header Melde-Device.")})
    register_device(batch["device"])
    results = sync.apply(
        who, current_jurisdiction(), batch["device"], batch["actions"], now=datetime.now(UTC)
    )
    return {"results": results}
