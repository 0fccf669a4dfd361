"""Photos as files. Who may have one follows from what it belongs to, asked anew each time."""

from flask import Blueprint, Response, g, request

from app.errors import NotFound
from app.i18n import gettext
from app.jurisdictions.models import Openness
from app.jurisdictions.views import current_jurisdiction
from app.photos.images import SIZES
from app.photos.operations import file_name
from app.photos.views import current_store
from app.security import ANYONE, FIELD, identity, limiter, visible_to
from app.service_requests import pictures, queries
from app.service_requests.additions import ModerationState, ServiceRequestPhoto

blueprint = Blueprint("pictures", __name__)
PUBLIC = "public, max-age=3600"
"""So long a photo that is hidden may still come out of somebody's cache."""
KEY_IS_THE_RIGHT = "private, max-age=3600"
STAFF_ONLY = "private, no-store"


@blueprint.get("/bilder/<key>/<size>")
@limiter.exempt
@visible_to(ANYONE)
def show(key: str, size: str) -> Response:
    """One file of a photo. Shown ones are anyone's; before that only those know the key who may see it."""
    gone = NotFound(gettext("This photo is no longer here."))
    if size not in SIZES:
        raise gone
    photo, link = pictures.link_of(g.jurisdiction_id, key)
    if photo is None:
        raise gone
    caching = _caching(link)
    if caching == STAFF_ONLY and not _is_staff_of(link):
        raise gone
    response = Response(content_type=SIZES[size])
    response.headers["Cache-Control"] = caching
    if caching == KEY_IS_THE_RIGHT and size.endswith(".webp"):  # letters show the JPEG
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


def _caching(link: ServiceRequestPhoto | None) -> str:
    if link is not None and link.state == ModerationState.HIDDEN:
        return STAFF_ONLY
    is_shown = link is not None and link.state == ModerationState.SHOWN
    is_public = is_shown and current_jurisdiction().photos != Openness.OFF
    return PUBLIC if is_public else KEY_IS_THE_RIGHT


def _is_staff_of(link: ServiceRequestPhoto | None) -> bool:
    """Whether the one who asks works with the report."""
    who = identity()
    found = queries.by_id(link.service_request_id) if link else None
    if who is None or found is None:
        return False
    roles = who.roles_for(found.jurisdiction_id, found.department_id)
    return bool(roles & set(FIELD))
