"""Files that the desk adds to a report. For staff alone. Verbs flush; the caller's `transaction()` commits.

The bytes come before the row and go after it: a crash leaves at most a file without a row; a job removes that.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select

from app import jobs
from app.accounts.models import Account
from app.database import session
from app.errors import Invalid, NotFound
from app.i18n import gettext
from app.service_requests import queries
from app.service_requests.acting import Actor
from app.service_requests.additions import Attachment
from app.service_requests.file_kinds import LARGEST_BYTES, MOST, NAMES, media_type, shown_name
from app.service_requests.history import remember
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import ServiceRequest
from app.storage import Store

FOLDER = "files"
STRAY = timedelta(hours=24)
"""A file without a row is kept so long: its row may be on its way."""
AT_ONCE = 500
FILE_NAME = re.compile(r"files/[0-9a-f]{2}/(?P<key>[0-9a-f]{32})")
REMOVE_JOB = "service_requests.remove_attachments"


class TooLarge(Invalid):
    """The file is larger than is taken."""

    status = 413


class WrongMediaType(Invalid):
    """The file is of a kind that is not taken."""

    status = 415


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A file as the report's page lists it."""

    key: UUID
    file_name: str
    media_type: str
    size_bytes: int
    added_at: datetime
    by: str | None


def stored_name(key: UUID) -> str:
    """Where the bytes are kept."""
    return f"{FOLDER}/{key.hex[:2]}/{key.hex}"


def add(
    request: ServiceRequest,
    name: str,
    content: bytes,
    store: Store,
    actor: Actor,
    *,
    now: datetime,
) -> Attachment:
    """Keep a file with a report. The same bytes again are the same file.

    :raises Invalid: empty, or there are enough. :raises TooLarge, WrongMediaType: it is not taken.
    :raises StoreAway: try again.
    """
    kind = media_type(name, content)
    if not content:
        raise Invalid({"file": gettext("Choose a file. This one is empty.")})
    if len(content) > LARGEST_BYTES:
        limit = LARGEST_BYTES // 1_000_000
        raise TooLarge({"file": gettext("The file is larger than %(limit)s MB.", limit=limit)})
    if kind is None:
        message = gettext(
            "This kind of file is not taken, or it is not what its name says. These are: %(kinds)s.",
            kinds=", ".join(NAMES),
        )
        raise WrongMediaType({"file": message})
    digest = hashlib.sha256(content).digest()
    locked = queries.locked(request.id)
    held = session().scalars(_of(locked.id)).all()
    same = next((one for one in held if one.sha256 == digest), None)
    if same is not None:
        return same
    if len(held) >= MOST:
        raise Invalid({"file": gettext("A report has at most %(count)s files.", count=MOST)})
    key = uuid4()
    store.write(stored_name(key), content, kind)
    made = Attachment(
        jurisdiction_id=locked.jurisdiction_id,
        service_request_id=locked.id,
        key=key,
        file_name=shown_name(name),
        media_type=kind,
        size_bytes=len(content),
        sha256=digest,
        added_at=now,
        account_id=actor.account_id,
    )
    session().add(made)
    _note(locked, actor, now, {"file": key.hex})
    return made


def remove(request: ServiceRequest, key: UUID, actor: Actor, *, now: datetime) -> None:
    """Remove a file. :raises NotFound: it is not there."""
    locked = queries.locked(request.id)
    gone = (
        delete(Attachment)
        .where(Attachment.service_request_id == locked.id, Attachment.key == key)
        .returning(Attachment.id)
    )
    if session().scalar(gone) is None:
        raise not_there()
    jobs.defer(REMOVE_JOB, keys=[key.hex])
    _note(locked, actor, now, {"file": key.hex, "removed": True})


def found(request: ServiceRequest, key: UUID) -> Attachment:
    """A file of the report. :raises NotFound: it is not there."""
    one = session().scalar(_of(request.id).where(Attachment.key == key))
    if one is None:
        raise not_there()
    return one


def of(request: ServiceRequest) -> list[Shown]:
    """The report's files, the oldest first."""
    query = (
        select(Attachment, Account.label)
        .outerjoin(Account, Account.id == Attachment.account_id)
        .where(Attachment.service_request_id == request.id)
        .order_by(Attachment.id)
    )
    return [
        Shown(
            key=one.key,
            file_name=one.file_name,
            media_type=one.media_type,
            size_bytes=one.size_bytes,
            added_at=one.added_at,
            by=by,
        )
        for one, by in session().execute(query)
    ]


def take_away(service_request_ids: Sequence[int]) -> int:
    """Remove all files of reports, since the time for keeping them is over; how many."""
    gone = delete(Attachment).where(Attachment.service_request_id.in_(service_request_ids))
    keys = session().scalars(gone.returning(Attachment.key)).all()
    if keys:
        jobs.defer(REMOVE_JOB, keys=[key.hex for key in keys])
    return len(keys)


def remove_files(store: Store, keys: Sequence[str]) -> None:
    """Remove the bytes of files whose rows are gone. Again is harmless."""
    store.remove([stored_name(UUID(hex=key)) for key in keys])


def remove_orphans(store: Store, *, now: datetime) -> int:
    """Remove bytes older than a day that no row names; how many."""
    old = [
        UUID(hex=match["key"])
        for kept in store.kept(FOLDER)
        if (match := FILE_NAME.fullmatch(kept.name)) and kept.since < now - STRAY
    ]
    gone = 0
    for at in range(0, len(old), AT_ONCE):
        some = old[at : at + AT_ONCE]
        known = set(session().scalars(select(Attachment.key).where(Attachment.key.in_(some))))
        left = [key.hex for key in some if key not in known]
        remove_files(store, left)
        gone += len(left)
    return gone


def not_there() -> NotFound:
    """The answer for a file that is not, or no longer, there."""
    return NotFound(gettext("This file is no longer here."))


def _of(service_request_id: int) -> Select[Attachment]:
    return select(Attachment).where(Attachment.service_request_id == service_request_id)


def _note(request: ServiceRequest, actor: Actor, now: datetime, data: dict[str, object]) -> None:
    """The row says that there was a file, never what it was called: names may hold names."""
    entry = remember(request, EntryKind.FILE, now, actor=actor.kind)
    entry.visibility, entry.account_id = Visibility.INTERNAL, actor.account_id
    entry.department_id, entry.data = request.department_id, data
    request.updated_at = now
    session().flush()
