"""The photos of a report: adding them, who may see them, and what people are shown.

Verbs flush; the caller's `transaction()` commits.
"""

import hashlib
import hmac
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from app import jobs
from app.database import session
from app.errors import Invalid, NotFound
from app.i18n import day, gettext, local
from app.jurisdictions.models import Jurisdiction, Openness
from app.photos import queries as photos
from app.photos.images import MAX_PHOTOS
from app.photos.models import Photo
from app.photos.operations import KEPT_UNUSED
from app.service_requests.additions import PhotoShows, ServiceRequestPhoto
from app.service_requests.kinds import ModerationState
from app.service_requests.models import HistoryEntry, ServiceRequest

log = logging.getLogger(__name__)
MOST = 30
"""How many photos a report has at most, whoever adds them."""
UNUSED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo as it is shown. Width and height are pixels of the largest size.

    `url_letter` is a JPEG, for e-mail. `alt` and `caption` are in the language in use.
    """

    key: str
    shows: PhotoShows
    added_by: str
    added_at: datetime
    width: int
    height: int
    state: ModerationState
    url_small: str
    url_medium: str
    url_large: str
    url_letter: str
    alt: str
    caption: str


def attach(
    request: ServiceRequest,
    keys: Sequence[str],
    *,
    shows: PhotoShows,
    added_by: str,
    now: datetime,
    entry: HistoryEntry | None = None,
) -> None:
    """Add photos that were kept before to a report. Those that it has already stay as they are.

    :param added_by: reporter, resident, staff or outside.
    :param entry: the row of history that they came with.
    :raises Invalid: too many, or one that is no longer kept; the field is `photos`.
    """
    wanted = tuple(dict.fromkeys(keys))
    if not wanted:
        return
    if len(wanted) > MAX_PHOTOS:
        raise _invalid(gettext("You can send at most %(number)s photos.", number=MAX_PHOTOS))
    found = photos.by_keys(request.jurisdiction_id, wanted, locked=True)
    query = select(ServiceRequestPhoto.photo_id, ServiceRequestPhoto.service_request_id).where(
        ServiceRequestPhoto.photo_id.in_([photo.id for photo in found])
    )
    of_report = dict(session().execute(query).all())
    if len(found) < len(wanted) or set(of_report.values()) - {request.id}:
        raise _invalid(
            gettext("A photo is no longer kept, since it was chosen too long ago. Choose it again.")
        )
    new = [photo for photo in found if photo.id not in of_report]
    count, last = _count_and_last_rank(request.id)
    if count + len(new) > MOST:
        raise _invalid(
            gettext("The report has %(number)s photos. No more can be added.", number=count)
        )
    state = _first_state(request.jurisdiction_id, added_by)
    for rank, photo in enumerate(new, last + 1):
        link = ServiceRequestPhoto(
            photo_id=photo.id,
            jurisdiction_id=request.jurisdiction_id,
            service_request_id=request.id,
            history_entry_id=entry.id if entry else None,
            shows=shows,
            added_by=added_by,
            rank=rank,
            state=state,
            added_at=now,
        )
        session().add(link)
    session().flush()


def _invalid(sentence: str) -> Invalid:
    return Invalid({"photos": sentence})


def _count_and_last_rank(service_request_id: int) -> tuple[int, int]:
    query = select(func.count(), func.coalesce(func.max(ServiceRequestPhoto.rank), 0)).where(
        ServiceRequestPhoto.service_request_id == service_request_id
    )
    count, last = session().execute(query).one()
    return count, last


def _openness(jurisdiction_id: int) -> Openness:
    return Openness(session().get_one(Jurisdiction, jurisdiction_id).photos)


def _first_state(jurisdiction_id: int, added_by: str) -> ModerationState:
    is_open = _openness(jurisdiction_id) == Openness.ON
    return ModerationState.SHOWN if is_open or added_by == "staff" else ModerationState.WAITING


def shown(request: ServiceRequest, *, personal: bool) -> list[Picture]:
    """The photos of a report, those of the fault first.

    :param personal: for the one who reported, and the body that has the report: also what waits to be approved,
        but for strangers' photos. Else what anyone may see: nothing where the municipality shows no photos.
    """
    if personal:
        return _numbered(_links(request, personal=True), request)
    if _openness(request.jurisdiction_id) == Openness.OFF:
        return []
    return _numbered(_links(request, personal=False))


def for_staff(request: ServiceRequest) -> list[Picture]:
    """All photos of a report, also the hidden ones."""
    return _numbered(_links(request), request)


def for_staff_of(requests: Collection[ServiceRequest]) -> dict[int, list[Picture]]:
    """The same for several reports at once, by their keys; only those that have photos."""
    by_id = {request.id: request for request in requests}
    link = ServiceRequestPhoto
    query = (
        select(link)
        .where(link.service_request_id.in_(by_id))
        .order_by(link.service_request_id, link.shows, link.rank)
    )
    grouped = groupby(session().scalars(query), key=attrgetter("service_request_id"))
    return {key: _numbered(list(links), by_id[key]) for key, links in grouped}


def right_to(request: ServiceRequest, key: str) -> str:
    """What the address of a photo carries that not everybody may see, for those who have the report.

    Only its personal link gives it: a photo's address that was public once is none.
    """
    return hmac.new(request.token.encode(), key.encode(), hashlib.sha256).hexdigest()[:32]


def _links(
    request: ServiceRequest, *, personal: bool | None = None
) -> Sequence[ServiceRequestPhoto]:
    """A report's photos in the order that they are shown in: the staff's choice is without `personal`."""
    link = ServiceRequestPhoto
    query = select(link).where(link.service_request_id == request.id)
    known = (link.state == ModerationState.WAITING) & (link.added_by != "resident")
    if personal is not None:
        is_shown = link.state == ModerationState.SHOWN
        query = query.where(or_(is_shown, known) if personal else is_shown)
    return session().scalars(query.order_by(link.shows, link.rank)).all()


def _numbered(
    links: Sequence[ServiceRequestPhoto], request: ServiceRequest | None = None
) -> list[Picture]:
    return [_picture(link, at, request) for at, link in enumerate(links, 1)]


def thumbnails(request_ids: Sequence[int]) -> dict[int, Picture]:
    """For each report with photos of the fault that anyone may see: the first of them."""
    query = (
        select(ServiceRequestPhoto)
        .join(Jurisdiction, Jurisdiction.id == ServiceRequestPhoto.jurisdiction_id)
        .where(
            ServiceRequestPhoto.service_request_id.in_(request_ids),
            ServiceRequestPhoto.state == ModerationState.SHOWN,
            ServiceRequestPhoto.shows == PhotoShows.FAULT,
            Jurisdiction.photos != Openness.OFF,
        )
        .ext(distinct_on(ServiceRequestPhoto.service_request_id))
        .order_by(ServiceRequestPhoto.service_request_id, ServiceRequestPhoto.rank)
    )
    return {link.service_request_id: _picture(link, 1) for link in session().scalars(query)}


def _picture(
    link: ServiceRequestPhoto, number: int, request: ServiceRequest | None = None
) -> Picture:
    """:param request: its report, for addresses that work where the photo is not everybody's."""
    key, shows = link.photo.key, PhotoShows(link.shows)
    right = f"?rett={right_to(request, key)}" if request else ""
    is_fix = shows == PhotoShows.FIX
    return Picture(
        key=key,
        shows=shows,
        added_by=link.added_by,
        added_at=local(link.added_at),
        width=link.photo.width,
        height=link.photo.height,
        state=ModerationState(link.state),
        url_small=f"/bilder/{key}/320.webp{right}",
        url_medium=f"/bilder/{key}/960.webp{right}",
        url_large=f"/bilder/{key}/1920.webp{right}",
        url_letter=f"/bilder/{key}/960.jpg{right}",
        alt=gettext("Photo %(number)s, after the repair", number=number)
        if is_fix
        else gettext("Photo %(number)s of the fault", number=number),
        caption=_caption(link, is_fix=is_fix),
    )


def _caption(link: ServiceRequestPhoto, *, is_fix: bool) -> str:
    when = day(link.added_at)
    if is_fix:
        return gettext("After the repair, %(day)s", day=when)
    if link.history_entry_id is None:
        return gettext("When the fault was reported, %(day)s", day=when)
    return gettext("Added %(day)s", day=when)


def decide(
    request: ServiceRequest, key: str, state: ModerationState, *, account_id: int, now: datetime
) -> int:
    """Show a photo to everybody or hide it from everybody but staff; who did it, and when, is kept with it.

    Returns the photo's id. :raises NotFound: the report has no such photo.
    """
    query = (
        select(ServiceRequestPhoto)
        .join(Photo, Photo.id == ServiceRequestPhoto.photo_id)
        .where(ServiceRequestPhoto.service_request_id == request.id, Photo.key == key)
        .with_for_update(of=ServiceRequestPhoto)
    )
    link = session().scalars(query).one_or_none()
    if link is None:
        raise NotFound(gettext("This photo is no longer here."))
    link.state, link.decided_at, link.account_id = state, now, account_id
    session().flush()
    log.info("photo %d of %s: %s by account %d", link.photo_id, request.number, state, account_id)
    return link.photo_id


def link_of(jurisdiction_id: int, key: str) -> tuple[Photo | None, ServiceRequestPhoto | None]:
    """The photo with this key, and how it belongs to a report if it does."""
    query = (
        select(Photo, ServiceRequestPhoto)
        .outerjoin(ServiceRequestPhoto, ServiceRequestPhoto.photo_id == Photo.id)
        .where(Photo.jurisdiction_id == jurisdiction_id, Photo.key == key)
    )
    row = session().execute(query).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def hold(jurisdiction_id: int, keys: Sequence[str], until: datetime) -> None:
    """Keep photos until then though no report names them: something else does."""
    if keys:
        mine = Photo.jurisdiction_id == jurisdiction_id
        session().execute(update(Photo).where(mine, Photo.key.in_(keys)).values(kept_until=until))


def there(jurisdiction_id: int, keys: Sequence[str]) -> list[str]:
    """Those of the photos that are kept still, in their order."""
    mine = Photo.jurisdiction_id == jurisdiction_id
    found = set(session().scalars(select(Photo.key).where(mine, Photo.key.in_(keys))))
    return [key for key in keys if key in found]


def remove_unused(*, now: datetime) -> int:
    """Remove photos that nothing has named for eight days, and order the removal of their files; how many."""
    is_used = select(ServiceRequestPhoto).where(ServiceRequestPhoto.photo_id == Photo.id).exists()
    old = (
        select(Photo.id)
        .where(
            Photo.created_at < now - KEPT_UNUSED,
            or_(Photo.kept_until.is_(None), Photo.kept_until < now),
            ~is_used,
        )
        .limit(UNUSED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    locked = session().scalars(old).all()
    # Asked again, now that nobody else can add them to a report.
    gone = delete(Photo).where(Photo.id.in_(locked), ~is_used).returning(Photo.key)
    keys = session().scalars(gone).all()
    if keys:
        jobs.defer("photos.remove_files", keys=list(keys))
    return len(keys)
