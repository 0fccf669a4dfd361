"""Photos as files. Who may have one follows from what it belongs to, asked anew each time."""

import hmac

from flask import Blueprint, Response, g, request

from app.errors import NotFound
from app.i18n import gettext
from app.jurisdictions.models import Openness
from app.jurisdictions.views import current_jurisdiction
from app.photos.images import SIZES
from app.photos.operations import file_name
from app.photos.views import current_store
from app.roles import Deed, may
from app.security import ANYONE, identity, limiter, visible_to
from app.service_requests import pictures, queries
from app.service_requests.additions import ServiceRequestPhoto
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status

blueprint = Blueprint("pictures", __name__)
PUBLIC = "public, no-cache"
"""Caches ask each time whether it is still shown: one that was hidden or blacked out is gone at once."""
KEY_IS_THE_RIGHT = "private, max-age=3600"
WITH_RIGHT = "private, max-age=3600, must-revalidate"
STAFF_ONLY = "private, no-store"


@blueprint.get("/bilder/<key>/<size>")
@limiter.exempt
@visible_to(ANYONE)
def show(key: str, size: str) -> Response:
    """One file of a photo. Shown ones are anyone's; before that its report gives the right.

    A photo that is in no report yet is known by its key to the one who uploaded it.
    """
    gone = NotFound(gettext("This photo is no longer here."))
    if size not in SIZES:
        raise gone
    photo, link = pictures.link_of(g.jurisdiction_id, key)
    if photo is None:
        raise gone
    caching = _caching(link, key)
    if caching is None:
        raise gone
    response = Response(content_type=SIZES[size])
    response.headers["Cache-Control"] = caching
    if caching != PUBLIC and size.endswith(".webp"):  # letters show the JPEG
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.set_etag(f"{key[:16]}-{size}")
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    content = current_store().read(file_name(key, size))
    if content is None:
        raise gone
    response.set_data(content)
    return response


def _caching(link: ServiceRequestPhoto | None, key: str) -> str | None:
    """For whom and how long a browser may keep it; None for nobody who asks like this."""
    found = queries.by_id(link.service_request_id) if link else None
    if link is None or found is None:
        return KEY_IS_THE_RIGHT
    is_shown = link.state == ModerationState.SHOWN and found.status != Status.REJECTED
    if is_shown and current_jurisdiction().photos != Openness.OFF:
        return PUBLIC
    given = request.args.get("rett", "").encode()
    has_right = hmac.compare_digest(given, pictures.right_to(found, key).encode())
    if has_right and link.state != ModerationState.HIDDEN:
        return WITH_RIGHT
    return STAFF_ONLY if _is_staff_of(found) else None


def _is_staff_of(found: ServiceRequest) -> bool:
    """Whether the one who asks works with the report, or decides what everybody sees."""
    who = identity()
    if who is None:
        return False
    roles = who.roles_for(found.jurisdiction_id, found.department_id)
    return may(roles, Deed.FIELD_WORK) or may(roles, Deed.MODERATE)
