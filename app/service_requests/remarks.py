"""What is said of a report among staff, and photos that come without a change of status.

The one who reported gets no letter about it. Verbs flush; the caller's `transaction()` commits.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.database import session
from app.errors import Invalid
from app.i18n import gettext
from app.service_requests import pictures
from app.service_requests.acting import Actor
from app.service_requests.additions import PhotoShows
from app.service_requests.history import remember
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Party


def remark(
    request: ServiceRequest,
    kind: EntryKind,
    message: str | None,
    actor: Actor,
    *,
    now: datetime,
    fix: Sequence[str] = (),
    fault: Sequence[str] = (),
    data: dict[str, Any] | None = None,
) -> HistoryEntry:
    """Write a note, what was used, or that photos came. Words are for staff only, also those with photos.

    :param request: locked. :param kind: NOTE, MATERIAL or PHOTO.
    :param fix: keys of photos of the result. :param fault: keys of photos from before.
    :raises Invalid: neither words nor photos, or a photo that is no longer kept.
    """
    if kind == EntryKind.PHOTO and not (fix or fault):
        raise Invalid({"photos": gettext("Choose a photo.")})
    if kind == EntryKind.MATERIAL and not message:
        raise Invalid({"message": gettext("Write what was used.")})
    if kind == EntryKind.NOTE and not (message or fix or fault):
        raise Invalid({"message": gettext("Write a note.")})
    entry = remember(request, kind, now, actor=actor.kind)
    entry.visibility, entry.message = Visibility.INTERNAL, message
    entry.account_id = actor.account_id
    entry.department_id = actor.department_id or request.department_id
    entry.data = data or {}
    request.updated_at = now
    session().flush()
    attach(request, entry, actor, now=now, fix=fix, fault=fault)
    return entry


def attach(
    request: ServiceRequest,
    entry: HistoryEntry,
    actor: Actor,
    *,
    now: datetime,
    fix: Sequence[str] = (),
    fault: Sequence[str] = (),
) -> None:
    """Add the photos that came with a row of history. :raises Invalid: too many, or no longer kept."""
    added_by = "outside" if Party.CONTRACTOR in actor.roles else "staff"
    for keys, shows in ((fault, PhotoShows.FAULT), (fix, PhotoShows.FIX)):
        pictures.attach(request, keys, shows=shows, added_by=added_by, now=now, entry=entry)
