"""Making a night's files, and removing old nights.

Each file is written and then noted, with its checksum, beside it. A night that was broken off goes on with the
files that have no note; one that is whole is left as it is, for its files are told to be unchanging.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.database import db
from app.errors import Conflict
from app.i18n import force_locale, gettext
from app.jurisdictions.licence import licence_of
from app.jurisdictions.models import Jurisdiction
from app.open_data import dumps
from app.open_data.columns import Dataset, Format, Row
from app.open_data.datasets import DATASETS
from app.open_data.dumps import JSON, MANIFEST, File, LeftOut, Manifest, folder_of, written
from app.open_data.extract import extract, moment
from app.open_data.json_stat_writer import TooLarge
from app.open_data.writers import MEDIA_TYPES, chunks
from app.service_requests.filter import Filter
from app.storage import Store

LANGUAGE = "nb"
KEPT_NIGHTS = 30
NOTES = ".notes"
BEGUN = "begun.json"
AT_ONCE = 500
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('open_data.dump', 0))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended('open_data.dump', 0))")
_SNAPSHOT = text("SELECT pg_current_snapshot()::text")


@dataclass(frozen=True, kw_only=True)
class Done:
    """How far a night has come: this file is written, or was already. No bytes: it is left out."""

    name: str
    bytes: int
    turn: int
    of: int


Progress = Callable[[Done], None]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Nobody else makes nightly files meanwhile, on whatever machine.

    :raises Conflict: somebody does.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(_TRY_LOCK):
            raise Conflict(gettext("The nightly files are being made already."))
        try:
            yield
        finally:
            connection.execute(_UNLOCK)


def make(
    jurisdiction: Jurisdiction, store: Store, *, now: datetime, progress: Progress | None = None
) -> Manifest:
    """Make today's files, or go on with them; the manifest. Again is harmless.

    :raises StoreAway: what is written stays, and the next try goes on from there.
    """
    number, day = jurisdiction.number, now.astimezone(ZoneInfo(jurisdiction.time_zone)).date()
    found = dumps.manifest(store, number, day)
    if found is None:
        found = _make(jurisdiction, store, day, progress=progress or (lambda _: None))
        store.write(f"{folder_of(number, day)}/{MANIFEST}", found.as_json(), JSON)
    _clear(store, number, day)
    return found


def _make(jurisdiction: Jurisdiction, store: Store, day: date, *, progress: Progress) -> Manifest:
    folder = folder_of(jurisdiction.number, day)
    begun = _begun(store, folder)
    wanted = [(dataset, kind) for dataset in DATASETS.values() for kind in dataset.formats]
    files, left_out = [], []
    for turn, (dataset, kind) in enumerate(wanted, 1):
        name, size = f"{dataset.code}.{kind}", 0
        try:
            file = _noted(store, folder, name) or _file(jurisdiction, store, folder, dataset, kind)
        except TooLarge as fault:
            left_out.append(LeftOut(name=name, reason=fault.detail))
        else:
            files.append(file)
            size = file.bytes
        progress(Done(name=name, bytes=size, turn=turn, of=len(wanted)))
    return Manifest(
        jurisdiction=jurisdiction.number,
        date=day.isoformat(),
        made_at=moment(datetime.now(UTC)),
        licence=licence_of(jurisdiction).uri,
        service_version=version("melde-feil"),
        snapshot=begun,
        files=files,
        left_out=left_out,
    )


def _begun(store: Store, folder: str) -> str:
    """The database's snapshot when the night was begun, whoever began it."""
    known = store.read(f"{folder}/{NOTES}/{BEGUN}")
    if known is not None:
        return str(json.loads(known)["snapshot"])
    with db.engine.connect() as connection:
        snapshot = str(connection.scalar(_SNAPSHOT))
    store.write(f"{folder}/{NOTES}/{BEGUN}", written({"snapshot": snapshot}), JSON)
    return snapshot


def _noted(store: Store, folder: str, name: str) -> File | None:
    content = store.read(f"{folder}/{NOTES}/{name}.json")
    return None if content is None else File(**json.loads(content))


def _file(
    jurisdiction: Jurisdiction, store: Store, folder: str, dataset: Dataset, kind: Format
) -> File:
    """Write a file, then its note. It is put together on this machine's disk, never in memory."""
    now, count = datetime.now(UTC), _Count()
    digest, size = hashlib.sha256(), 0
    with force_locale(LANGUAGE), tempfile.TemporaryFile() as file:
        found = extract(dataset, jurisdiction, Filter(jurisdiction_id=jurisdiction.id), now=now)
        for part in chunks(replace(found, rows=count.through(found.rows)), kind):
            file.write(part)
            digest.update(part)
            size += len(part)
        file.seek(0)
        name = f"{dataset.code}.{kind}"
        store.write(f"{folder}/{name}", file, MEDIA_TYPES[kind])
    made = File(
        name=name,
        dataset=dataset.code,
        format=kind.value,
        media_type=MEDIA_TYPES[kind],
        bytes=size,
        sha256=digest.hexdigest(),
        rows=count.rows,
        made_at=moment(now),
    )
    store.write(f"{folder}/{NOTES}/{name}.json", written(asdict(made)), JSON)
    return made


class _Count:
    """Counts rows that pass."""

    def __init__(self) -> None:
        self.rows = 0

    def through(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            yield row


def _clear(store: Store, number: str, today: date) -> None:
    """Tell of the whole nights that are kept, then remove the others: what is told of is always there."""
    names: dict[date, list[str]] = {}
    for kept in store.kept(folder_of(number)):
        part = kept.name.removeprefix(f"{folder_of(number)}/").split("/")[0]
        if DATE.fullmatch(part):
            names.setdefault(date.fromisoformat(part), []).append(kept.name)
    whole = [day for day, held in names.items() if f"{folder_of(number, day)}/{MANIFEST}" in held]
    staying = to_keep(whole)
    store.write(f"{folder_of(number)}/latest.json", _latest(store, number, staying), JSON)
    for day, held in sorted(names.items()):
        if day not in staying and day < today:
            _remove(store, held)


def to_keep(whole: Iterable[date]) -> list[date]:
    """The nights that stay: the newest, and the first of each month. The newest first."""
    newest_first = sorted(whole, reverse=True)
    firsts = {(day.year, day.month): day for day in newest_first}
    return [
        day
        for turn, day in enumerate(newest_first)
        if turn < KEPT_NIGHTS or firsts[day.year, day.month] == day
    ]


def _latest(store: Store, number: str, staying: list[date]) -> bytes:
    told: list[dict[str, Any]] = []
    known = {night.date: night for night in dumps.nights(store, number)}
    for day in staying:
        night = known.get(day.isoformat())
        if night is not None:
            told.append(asdict(night))
        elif (held := dumps.manifest(store, number, day)) is not None:
            told.append({"date": held.date, "files": len(held.files), "bytes": held.total})
    newest = staying[0].isoformat()
    return written({"date": newest, "manifest": f"{newest}/{MANIFEST}", "nights": told})


def _remove(store: Store, names: list[str]) -> None:
    """A night, its manifest first: what is half gone is not taken for whole."""
    in_order = sorted(names, key=lambda name: not name.endswith(f"/{MANIFEST}"))
    store.remove(in_order[:1])
    for at in range(1, len(in_order), AT_ONCE):
        store.remove(in_order[at : at + AT_ONCE])
