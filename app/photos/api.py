"""JSON under /api/v1/photos: a photo is sent first, and then named in the report."""

from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_smorest import Blueprint

from app.database import transaction
from app.errors import Invalid
from app.jurisdictions.views import current_jurisdiction
from app.photos import operations
from app.photos.images import MAX_BYTES
from app.photos.schemas import KeptPhotoSchema, UploadSchema
from app.photos.views import current_store, limit
from app.problems import MAX_BODY_BYTES
from app.security import ANYONE, csrf, limiter, visible_to

blueprint = Blueprint("photos_api", __name__, url_prefix="/api/v1", description="Photos of faults")
csrf.exempt(blueprint)


@blueprint.url_value_preprocessor
def _allow_one(_endpoint: str | None, _values: object) -> None:
    request.max_content_length = MAX_BYTES + MAX_BODY_BYTES


@blueprint.post("/photos")
@limiter.limit(limit)
@visible_to(ANYONE)
@blueprint.arguments(UploadSchema, location="files")
@blueprint.response(201, KeptPhotoSchema)
def upload(parts: dict[str, Any]) -> dict[str, Any]:
    """Keep a photo, without its metadata, for a day; a report that names its `key` keeps it for good."""
    jurisdiction_id = current_jurisdiction().id
    try:
        with transaction():
            photo = operations.keep(
                parts["photo"].read(), current_store(), jurisdiction_id, now=datetime.now(UTC)
            )
            return {
                "key": photo.key,
                "url": f"/bilder/{photo.key}/320.webp",
                "width": photo.width,
                "height": photo.height,
            }
    except Invalid as fault:
        raise Invalid({"photo": fault.detail}) from fault
