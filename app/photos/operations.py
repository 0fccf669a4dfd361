"""Keeping photos and removing them. Flushes; the caller's `transaction()` commits.

Files come before the row and go after it: a crash leaves at most files without a row, and a job removes those.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.database import session
from app.photos import queries
from app.photos.images import SIZES, Cleaned, clean
from app.photos.models import Photo
from app.storage import Store

KEPT_UNUSED = timedelta(days=8)
"""A photo that belongs to nothing is kept so long: a draft on a device lives for seven days."""
STRAY = timedelta(hours=24)
"""A file without a row is kept so long: its row may be on its way."""
AT_ONCE = 500
FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/(?P<key>[0-9a-f]{40})/")
"""Of all files in the store, those of photos."""


def file_name(key: str, size: str) -> str:
    """Where a photo's file is kept; `size` is one of SIZES."""
    return f"{key[:2]}/{key[2:4]}/{key}/{size}"


def keep(content: bytes, store: Store, jurisdiction_id: int, *, now: datetime) -> Photo:
    """Clean a picture and keep it under a new name that nobody can guess.

    :raises Invalid: it is not taken. :raises Busy, StoreAway: try again.
    """
    return keep_cleaned(clean(content), store, jurisdiction_id, now=now)


def keep_cleaned(picture: Cleaned, store: Store, jurisdiction_id: int, *, now: datetime) -> Photo:
    """Keep a picture that is clean already."""
    key = secrets.token_hex(20)
    for size, content in picture.files.items():
        store.write(file_name(key, size), content, SIZES[size])
    photo = Photo(
        jurisdiction_id=jurisdiction_id,
        key=key,
        width=picture.width,
        height=picture.height,
        size_bytes=picture.size_bytes,
        created_at=now,
    )
    session().add(photo)
    session().flush()
    return photo


def remove_files(store: Store, keys: Sequence[str]) -> None:
    """Remove the files of photos whose rows are gone. Again is harmless."""
    for some in _in_batches(keys):
        store.remove([file_name(key, size) for key in some for size in SIZES])


def remove_orphans(store: Store, *, now: datetime) -> int:
    """Remove files older than a day that no row names; how many photos that were."""
    left: set[str] = set()
    old = {
        found["key"]
        for kept in store.kept()
        if (found := FILE_NAME.match(kept.name)) and kept.since < now - STRAY
    }
    for some in _in_batches(sorted(old)):
        left |= set(some) - queries.known(some)
    remove_files(store, sorted(left))
    return len(left)


def _in_batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(keys), AT_ONCE):
        yield keys[at : at + AT_ONCE]
