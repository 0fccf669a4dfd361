"""Blacking out parts of a photo: a new photo takes the old one's place, and the old one is gone for everybody.

Flushes; the caller's `transaction()` commits.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from app import jobs
from app.database import session
from app.errors import NotFound
from app.i18n import gettext
from app.photos.images import Box, clean
from app.photos.models import Photo
from app.photos.operations import file_name, keep_cleaned
from app.service_requests.additions import ServiceRequestPhoto
from app.service_requests.models import ServiceRequest
from app.storage import Store

log = logging.getLogger(__name__)
LARGEST = "1920.webp"
MOST = 10
"""Boxes at a time."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A photo of a report."""

    photo: Photo
    link: ServiceRequestPhoto
    report: ServiceRequest


def find(jurisdiction_id: int, number: str, key: str, departments: Sequence[int] | None) -> Found:
    """The photo of the report with this number.

    :param departments: whose reports; None means all. :raises NotFound: it is not there, or not theirs.
    """
    query = (
        select(Photo, ServiceRequestPhoto, ServiceRequest)
        .join(ServiceRequestPhoto, ServiceRequestPhoto.photo_id == Photo.id)
        .join(ServiceRequest, ServiceRequest.id == ServiceRequestPhoto.service_request_id)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.number == number,
            Photo.key == key,
        )
    )
    row = session().execute(query).one_or_none()
    if row is None or (departments is not None and row[2].department_id not in departments):
        raise _gone()
    return Found(photo=row[0], link=row[1], report=row[2])


def black_out(
    found: Found, boxes: Sequence[Box], store: Store, *, account_id: int, now: datetime
) -> Photo:
    """Put a blackened photo in the place of this one; a job removes the old one's files.

    Order, who added it and whether it is shown stay as they are.

    :param boxes: left, top, width and height, as parts of the sides.
    :raises NotFound: somebody was faster. :raises Busy, StoreAway: try again.
    """
    content = store.read(file_name(found.photo.key, LARGEST))
    if content is None:
        raise _gone()
    cleaned = clean(content, boxes)
    old = session().scalar(
        select(ServiceRequestPhoto)
        .where(ServiceRequestPhoto.photo_id == found.photo.id)
        .with_for_update(of=ServiceRequestPhoto)
    )
    if old is None:
        raise _gone()
    old_key, report = found.photo.key, found.report
    new = keep_cleaned(cleaned, store, report.jurisdiction_id, now=now)
    session().add(
        ServiceRequestPhoto(
            photo_id=new.id,
            jurisdiction_id=old.jurisdiction_id,
            service_request_id=old.service_request_id,
            history_entry_id=old.history_entry_id,
            shows=old.shows,
            added_by=old.added_by,
            rank=old.rank,
            state=old.state,
            added_at=old.added_at,
            decided_at=now,
            account_id=account_id,
        )
    )
    session().flush()
    session().execute(delete(Photo).where(Photo.id == found.photo.id))
    report.updated_at = now
    jobs.defer("photos.remove_files", keys=[old_key])
    log.info("photo %d of %s: blacked out by account %d", new.id, report.number, account_id)
    return new


def _gone() -> NotFound:
    return NotFound(gettext("This photo is no longer here."))
