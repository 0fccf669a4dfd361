"""Where the files of photos are kept: a folder, or a bucket of an S3-compatible object store.

A name is `ab/cd/abcd…/960.webp`: two levels, so that no folder grows large.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.errors import AppError
from app.i18n import gettext
from app.settings import Settings

TIMEOUT = "20s"


class StoreAway(AppError):
    """The object store does not answer, or refuses us."""

    status = 503


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that is kept, and since when (UTC)."""

    name: str
    since: datetime


class Store(Protocol):
    """What is asked of a store. Every method raises StoreAway when it cannot be reached."""

    def write(self, name: str, content: bytes, media_type: str) -> None:
        """Keep a file; when this returns it survives a crash. Writing the same again is harmless."""

    def read(self, name: str) -> bytes | None:
        """The file's content; None when there is none."""

    def remove(self, names: Sequence[str]) -> None:
        """Remove files; those that are not there count as removed."""

    def kept(self) -> Iterator[Kept]:
        """Every file."""


class Folder:
    """A folder on this machine, or one that all machines of the service share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, content: bytes, media_type: str) -> None:
        target = self.root / name
        try:
            self._make(target.parent)
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
            Path(part.name).replace(target)
            _sync(target.parent)
        except OSError as fault:
            raise _away() from fault

    def _make(self, folder: Path) -> None:
        """Make a folder so that it survives a crash: the one above must know of it."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._make(folder.parent)
        folder.mkdir(mode=0o700, parents=folder == self.root, exist_ok=True)
        _sync(folder.parent)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise _away() from fault

    def remove(self, names: Sequence[str]) -> None:
        try:
            for name in names:
                path = self.root / name
                path.unlink(missing_ok=True)
            for folder in {(self.root / name).parent for name in names}:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
        except OSError as fault:
            raise _away() from fault

    def kept(self) -> Iterator[Kept]:
        for path in self.root.glob("*/*/*/*"):
            try:
                changed = path.stat().st_mtime
            except FileNotFoundError:  # removed meanwhile
                continue
            name = path.relative_to(self.root).as_posix()
            yield Kept(name=name, since=datetime.fromtimestamp(changed, UTC))


class Bucket:
    """A bucket, or a part of it, in an S3-compatible object store."""

    def __init__(self, store: S3Store) -> None:
        self.store = store

    def write(self, name: str, content: bytes, media_type: str) -> None:
        try:
            self.store.put(name, content, attributes={"Content-Type": media_type})
        except BaseError as fault:
            raise _away() from fault

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(self.store.get(name).bytes())
        except FileNotFoundError:
            return None
        except BaseError as fault:
            raise _away() from fault

    def remove(self, names: Sequence[str]) -> None:
        try:
            self.store.delete(list(names))
        except FileNotFoundError:
            return
        except BaseError as fault:
            raise _away() from fault

    def kept(self) -> Iterator[Kept]:
        try:
            for page in self.store.list():
                for found in page:
                    yield Kept(name=found["path"], since=found["last_modified"])
        except BaseError as fault:
            raise _away() from fault


def _sync(folder: Path) -> None:
    """Make the folder's own entries survive a crash."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _away() -> StoreAway:
    return StoreAway(gettext("Photos cannot be stored or shown right now. Try again in a minute."))


def store_of(settings: Settings) -> Store:
    """The store that the settings name."""
    place = settings.photo_store
    if place is None:
        return Folder(settings.instance / "photos")
    if not place.startswith("s3://"):
        return Folder(Path(place))
    key, secret = settings.photo_store_key or "", settings.photo_store_secret or ""
    return _bucket(place, settings.photo_store_endpoint, settings.photo_store_region, key, secret)


@cache
def _bucket(place: str, endpoint: str | None, region: str, key: str, secret: str) -> Bucket:
    """Made at first use, in the process that uses it: it has threads of its own."""
    parts = urlsplit(place)
    return Bucket(
        S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            endpoint=endpoint,
            region=region,
            access_key_id=key,
            secret_access_key=secret,
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": TIMEOUT,
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )
    )
