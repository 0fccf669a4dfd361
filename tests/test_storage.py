"""Keeping files: in a folder, and in a bucket of a real S3 server over HTTP."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.settings import read_settings
from app.storage import PART, Bucket, StoreAway, store_of
from tests import stores
from tests.stores import KEYS

s3, store = stores.s3, stores.store
NAME = "ab/cd/abcdef/320.webp"


def names(store) -> list[str]:
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


@pytest.fixture
def large() -> bytes:
    return os.urandom(3 * PART + 17)


def test_a_large_file_is_written_and_read_little_by_little(store, large):
    class Read(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1, /) -> bytes:
            got = super().read(size)
            Read.most = max(Read.most, len(got))
            return got

    store.write("open-data/1505/x.csv", Read(large), "text/csv")
    assert Read.most <= 2 * PART, "it was not read as a whole"
    opened = store.open("open-data/1505/x.csv")
    parts = list(opened.parts)
    assert opened.size == len(large)
    assert b"".join(parts) == large
    assert max(map(len, parts)) == PART


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (5, 11), (PART - 1, PART + 1), (PART, None), (0, 10**9), (17, 17)]
)
def test_a_part_of_a_file_is_read(store, large, start, stop):
    store.write(NAME, io.BytesIO(large), "text/csv")
    opened = store.open(NAME, start, stop)
    assert (opened.size, b"".join(opened.parts)) == (len(large), large[start:stop])


def test_an_empty_file_is_a_file(store):
    store.write(NAME, io.BytesIO(b""), "text/csv")
    opened = store.open(NAME)
    assert (opened.size, list(opened.parts)) == (0, [])
    assert store.open("ab/cd/abcdef") is None, "a folder is none"
    assert store.open("ab/cd/other") is None


def test_a_file_replaced_while_it_is_read_is_never_mixed(store, app, large):
    store.write(NAME, large, "text/csv")
    parts = store.open(NAME).parts
    first = next(parts)
    store.write(NAME, bytes(len(large)), "text/csv")
    try:
        got = first + b"".join(parts)
    except StoreAway:
        return
    assert got == large


def test_the_files_of_one_folder(store):
    for name in ("open-data/1505/a.csv", "open-data/1505/old/b.csv", "open-data/15/c", NAME):
        store.write(name, b"12345", "text/csv")
    found = {kept.name: kept.size for kept in store.kept("open-data/1505")}
    assert found == {"open-data/1505/a.csv": 5, "open-data/1505/old/b.csv": 5}
    assert list(store.kept("open-data/none")) == []


def test_a_source_that_breaks_off_leaves_nothing(store, app, large):
    class Broken(io.BytesIO):
        left = 1

        def read(self, size: int | None = -1, /) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise ValueError("the source broke off")
            return super().read(size)

    with pytest.raises((ValueError, OSError, StoreAway)):
        store.write(NAME, Broken(large), "text/csv")
    assert store.read(NAME) is None
    assert names(store) == []


def test_a_folder_that_is_emptied_goes_with_those_in_it(tmp_path):
    store = store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "files")}))
    night = "open-data/1505/2026-11-22"
    held = [f"{night}/a.csv", f"{night}/.notes/a.csv.json", f"{night}/.notes/.old/a.csv.json"]
    for name in [*held, "open-data/1505/2026-11-23/a.csv"]:
        store.write(name, b"x", "text/csv")
    store.remove(held)
    assert sorted(one.name for one in (tmp_path / "files/open-data/1505").iterdir()) == [
        "2026-11-23"
    ]


def test_what_is_opened_and_never_read_holds_no_file(tmp_path):
    store = store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "files")}))
    store.write(NAME, b"12345", "text/csv")
    path, held = str(tmp_path / "files" / NAME), Path("/proc/self/fd")

    def is_held() -> bool:
        return path in [str(one.readlink()) for one in held.iterdir() if one.is_symlink()]

    opened = store.open(NAME, 0, 1)
    assert not is_held()
    assert next(opened.parts) == b"1"
    assert is_held()
    opened.parts.close()
    assert not is_held()


def test_a_file_replaced_before_it_is_read_is_not_taken_for_it(app, tmp_path):
    store = store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "files")}))
    store.write(NAME, b"12345", "text/csv")
    opened = store.open(NAME)
    store.write(NAME, b"54321", "text/csv")
    with pytest.raises(StoreAway):
        list(opened.parts)
