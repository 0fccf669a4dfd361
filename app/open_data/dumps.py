"""The nightly files: every dataset in every format, in the store, so that heavy users leave the database alone.

A night is a folder: `open-data/1505/2026-11-22/`. Its `manifest.json` is written last, so that a folder with a
manifest is whole; files without one are nobody's to see. `open-data/1505/latest.json` names the newest whole
night, and all others that are kept.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.storage import Store

ROOT = "open-data"
MANIFEST = "manifest.json"
JSON = "application/json"
NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z]+")
"""What a file can be called, so that no name leads out of its folder."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a night. `made_at` is ISO 8601 in UTC; `sha256` is in hexadecimal digits."""

    name: str
    dataset: str
    format: str
    media_type: str
    bytes: int
    sha256: str
    rows: int
    made_at: str


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A file that a night has not, and why, in the language of its files."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a night holds. `snapshot` is the database's when the first file was begun."""

    jurisdiction: str
    date: str
    made_at: str
    licence: str
    service_version: str
    snapshot: str
    files: Sequence[File]
    left_out: Sequence[LeftOut] = ()
    """What is too large for its format; the dataset's other formats have it all."""

    def file(self, name: str) -> File | None:
        """The file with this name."""
        return next((file for file in self.files if file.name == name), None)

    @property
    def total(self) -> int:
        """The bytes of all files together."""
        return sum(file.bytes for file in self.files)

    def checksums(self) -> str:
        """What `sha256sum -c` reads."""
        return "".join(f"{file.sha256}  {file.name}\n" for file in self.files)

    def as_json(self) -> bytes:
        """The manifest as it is kept."""
        return written(asdict(self))


@dataclass(frozen=True, kw_only=True)
class Night:
    """A whole night that is kept."""

    date: str
    files: int
    bytes: int


def folder_of(number: str, day: date | None = None) -> str:
    """Where a municipality's nights are, or one of them."""
    return f"{ROOT}/{number}/{day.isoformat()}" if day else f"{ROOT}/{number}"


def written(content: Any) -> bytes:
    """JSON that people can read as well."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def manifest(store: Store, number: str, day: date) -> Manifest | None:
    """What a night holds; None when there is none, or it is not whole yet.

    :raises StoreAway: ask again later.
    """
    content = store.read(f"{folder_of(number, day)}/{MANIFEST}")
    if content is None:
        return None
    known = json.loads(content)
    files = [File(**file) for file in known["files"]]
    left_out = [LeftOut(**file) for file in known.get("left_out", ())]
    return Manifest(**{**known, "files": files, "left_out": left_out})


def nights(store: Store, number: str) -> list[Night]:
    """The whole nights that are kept, the newest first. :raises StoreAway: ask again later."""
    content = store.read(f"{folder_of(number)}/latest.json")
    return [] if content is None else [Night(**night) for night in json.loads(content)["nights"]]
