"""Keeping files: in a folder, and in a bucket of a real S3 server over HTTP."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from app.database import session, transaction
from app.photos.images import SIZES, Cleaned
from app.photos.models import Photo
from app.photos.operations import file_name, keep_cleaned, remove_files, remove_orphans
from app.photos.store import Bucket, Store, StoreAway, store_of
from app.settings import read_settings

NAME = "ab/cd/abcdef/320.webp"
SMALL = Cleaned(width=2, height=1, files={size: b"picture " + size.encode() for size in SIZES})
KEYS = {"MELDE_PHOTO_STORE_KEY": "key", "MELDE_PHOTO_STORE_SECRET": "secret"}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "photos")}))
    address, bucket = request.getfixturevalue("s3"), f"bucket-{time.monotonic_ns()}"
    assert httpx.put(f"{address}/{bucket}").status_code == 200
    given = {"MELDE_PHOTO_STORE": f"s3://{bucket}/melde", "MELDE_PHOTO_STORE_ENDPOINT": address}
    return store_of(read_settings(given | KEYS))


def names(store: Store) -> list[str]:
    return sorted(kept.name for kept in store.kept())


def test_what_was_written_is_read_again(store):
    store.write(NAME, b"picture", "image/webp")
    assert store.read(NAME) == b"picture"
    assert names(store) == [NAME]
    assert abs(next(iter(store.kept())).since - datetime.now(UTC)) < timedelta(minutes=1)


def test_writing_again_replaces(store):
    store.write(NAME, b"one", "image/webp")
    store.write(NAME, b"two", "image/webp")
    assert store.read(NAME) == b"two"
    assert names(store) == [NAME]


def test_what_is_not_there_reads_as_none_and_counts_as_removed(store):
    assert store.read(NAME) is None
    store.remove([NAME])
    store.write(NAME, b"picture", "image/webp")
    store.remove([NAME, "ab/cd/other/320.webp"])
    assert names(store) == []


def test_a_bucket_keeps_the_media_type_and_stays_in_its_place(s3):
    httpx.put(f"{s3}/shared")
    given = {"MELDE_PHOTO_STORE": "s3://shared/melde/", "MELDE_PHOTO_STORE_ENDPOINT": s3}
    store_of(read_settings(given | KEYS)).write(NAME, b"picture", "image/webp")
    whole = store_of(read_settings(given | KEYS | {"MELDE_PHOTO_STORE": "s3://shared"}))
    assert isinstance(whole, Bucket)
    assert whole.store.get(f"melde/{NAME}").attributes["Content-Type"] == "image/webp"
    assert httpx.get(f"{s3}/shared/melde/{NAME}").status_code == 403, "without the key"


def test_a_bucket_that_is_away_says_so(app):
    given = {"MELDE_PHOTO_STORE": "s3://b", "MELDE_PHOTO_STORE_ENDPOINT": "http://127.0.0.1:9"}
    away = store_of(read_settings(given | KEYS))
    for use in (lambda: away.read(NAME), lambda: away.write(NAME, b"", "image/webp")):
        with pytest.raises(StoreAway) as caught:
            use()
        assert caught.value.status == 503


def test_a_folder_that_cannot_be_written_says_so(app, tmp_path):
    (tmp_path / "photos").write_text("a file where the folder should be")
    store = store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "photos")}))
    with pytest.raises(StoreAway):
        store.write(NAME, b"picture", "image/webp")


def test_a_crash_while_writing_leaves_no_half_file_under_the_name(tmp_path, monkeypatch):
    store = store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "photos")}))

    def crash(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    (tmp_path / "photos/ab/cd/abcdef").mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        store.write(NAME, b"picture", "image/webp")
    assert store.read(NAME) is None


def test_a_crash_between_files_and_row_leaves_only_what_the_job_removes(app, jurisdiction, store):
    now = datetime.now(UTC)
    keep_cleaned(SMALL, store, jurisdiction.id, now=now)
    session().rollback()  # the process ends here
    assert len(names(store)) == len(SIZES)
    assert session().query(Photo).count() == 0

    with transaction():
        kept = keep_cleaned(SMALL, store, jurisdiction.id, now=now)
    assert remove_orphans(store, now=now) == 0, "somebody may be about to commit"
    assert remove_orphans(store, now=now + timedelta(hours=25)) == 1
    assert names(store) == sorted(file_name(kept.key, size) for size in SIZES)


def test_the_files_of_a_photo_are_removed(app, jurisdiction, store):
    with transaction():
        kept = keep_cleaned(SMALL, store, jurisdiction.id, now=datetime.now(UTC))
    remove_files(store, [kept.key])
    remove_files(store, [kept.key])
    assert names(store) == []
