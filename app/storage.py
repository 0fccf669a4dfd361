"""Where files are kept: a folder, or a bucket of an S3-compatible object store.

Photos are kept under `ab/cd/abcd…/960.webp`: two levels, so that no folder grows large. The nightly files of
open data stand beside them under `open-data/`.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.errors import AppError
from app.i18n import gettext
from app.settings import Settings

if TYPE_CHECKING:
    from obstore import GetOptions

TIMEOUT = "20s"
"""How long one request to an object store may take, with its content."""
PART = 4 * 1024 * 1024
"""A large file is read and written in parts of so many bytes."""


class StoreAway(AppError):
    """The object store does not answer, or refuses us."""

    status = 503


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that is kept, since when (UTC), and how many bytes it has."""

    name: str
    since: datetime
    size: int


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file, or the part of it that was asked for, to be read once."""

    size: int
    """Bytes of the whole file."""
    parts: Iterator[bytes]
    """The bytes that were asked for, little by little. Raises StoreAway when the store goes away meanwhile."""


class Store(Protocol):
    """What is asked of a store. Every method raises StoreAway when it cannot be reached."""

    def write(self, name: str, content: bytes | IO[bytes], media_type: str) -> None:
        """Keep a file, whole or not at all; when this returns it survives a crash. Again is harmless.

        :param content: the bytes, or a file open for reading: a large one is never held in memory.
        """

    def read(self, name: str) -> bytes | None:
        """The file's content; None when there is none."""

    def open(self, name: str, start: int = 0, stop: int | None = None) -> Opened | None:
        """A file to read little by little; None when there is none.

        :param start: the first byte. :param stop: the one after the last; None: to the end.
        """

    def remove(self, names: Sequence[str]) -> None:
        """Remove files; those that are not there count as removed."""

    def kept(self, folder: str = "") -> Iterator[Kept]:
        """Every file, or those in a folder and the folders in it, in no order."""


class Folder:
    """A folder on this machine, or one that all machines of the service share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, content: bytes | IO[bytes], media_type: str) -> None:
        target = self.root / name
        with _folder_faults():
            self._make(target.parent)
            handle, part = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    if isinstance(content, bytes):
                        file.write(content)
                    else:
                        shutil.copyfileobj(content, file, PART)
                    file.flush()
                    os.fsync(file.fileno())
                Path(part).replace(target)
            except Exception:
                Path(part).unlink(missing_ok=True)
                raise
            _sync(target.parent)

    def _make(self, folder: Path) -> None:
        """Make a folder so that it survives a crash: the one above must know of it."""
        if folder.is_dir():
            return
        if folder != self.root:
            self._make(folder.parent)
        folder.mkdir(mode=0o700, parents=folder == self.root, exist_ok=True)
        _sync(folder.parent)

    def read(self, name: str) -> bytes | None:
        with _folder_faults():
            try:
                return (self.root / name).read_bytes()
            except FileNotFoundError:
                return None

    def open(self, name: str, start: int = 0, stop: int | None = None) -> Opened | None:
        path = self.root / name
        with _folder_faults():
            try:
                known = path.stat()
            except FileNotFoundError:
                return None
        if not stat.S_ISREG(known.st_mode):
            return None
        end = known.st_size if stop is None else min(stop, known.st_size)
        return Opened(size=known.st_size, parts=_parts_of(path, _version(known), start, end))

    def remove(self, names: Sequence[str]) -> None:
        with _folder_faults():
            for name in names:
                path = self.root / name
                path.unlink(missing_ok=True)
            for folder in _deepest_first(self.root / name for name in names):
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def kept(self, folder: str = "") -> Iterator[Kept]:
        for path in (self.root / folder).rglob("*"):
            try:
                known = path.stat()
            except FileNotFoundError:  # removed meanwhile
                continue
            if path.is_file():
                yield Kept(
                    name=path.relative_to(self.root).as_posix(),
                    since=datetime.fromtimestamp(known.st_mtime, UTC),
                    size=known.st_size,
                )


class Bucket:
    """A bucket, or a part of it, in an S3-compatible object store."""

    def __init__(self, store: S3Store) -> None:
        self.store = store

    def write(self, name: str, content: bytes | IO[bytes], media_type: str) -> None:
        with _bucket_faults():
            self.store.put(name, content, attributes={"Content-Type": media_type})

    def read(self, name: str) -> bytes | None:
        with _bucket_faults():
            try:
                return bytes(self.store.get(name).bytes())
            except FileNotFoundError:
                return None

    def open(self, name: str, start: int = 0, stop: int | None = None) -> Opened | None:
        with _bucket_faults():
            try:
                known = self.store.head(name)
            except FileNotFoundError:
                return None
        end = known["size"] if stop is None else min(stop, known["size"])
        return Opened(size=known["size"], parts=self._parts(name, known["e_tag"], start, end))

    def _parts(self, name: str, version: str | None, start: int, end: int) -> Iterator[bytes]:
        """One request for each part: a reader may take longer than a request may last."""
        for at in range(start, end, PART):
            options: GetOptions = {"range": (at, min(at + PART, end)), "if_match": version}
            with _bucket_faults():
                part = bytes(self.store.get(name, options=options).bytes())
            yield part

    def remove(self, names: Sequence[str]) -> None:
        with _bucket_faults():
            try:
                self.store.delete(list(names))
            except FileNotFoundError:
                return

    def kept(self, folder: str = "") -> Iterator[Kept]:
        with _bucket_faults():
            for page in self.store.list(folder or None):
                for found in page:
                    yield Kept(name=found["path"], since=found["last_modified"], size=found["size"])


def _deepest_first(paths: Iterable[Path]) -> list[Path]:
    """The folders that the paths are in: one is empty only after those within it are gone."""
    return sorted({path.parent for path in paths}, key=lambda one: len(one.parts), reverse=True)


def _version(known: os.stat_result) -> tuple[int, int]:
    """Another one when the file was replaced: writing makes a new file under the name."""
    return known.st_ino, known.st_mtime_ns


def _parts_of(path: Path, version: tuple[int, int], start: int, stop: int) -> Iterator[bytes]:
    """Opened when it is first read, closed when it is read or given up."""
    with ExitStack() as stack:
        with _folder_faults():
            file = stack.enter_context(path.open("rb"))
            if _version(os.fstat(file.fileno())) != version:
                raise OSError("the file was replaced")
            file.seek(start)
        while start < stop:
            with _folder_faults():
                part = file.read(min(PART, stop - start))
                if not part:
                    raise OSError("the file is shorter than it was")
            start += len(part)
            yield part


def _sync(folder: Path) -> None:
    """Make the folder's own entries survive a crash."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _folder_faults() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise _away() from fault


@contextmanager
def _bucket_faults() -> Iterator[None]:
    try:
        yield
    except (BaseError, FileNotFoundError) as fault:
        raise _away() from fault


def _away() -> StoreAway:
    return StoreAway(gettext("Files cannot be stored or shown right now. Try again in a minute."))


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
