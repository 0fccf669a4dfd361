"""The nightly files: made whole, kept, told of and sent, from a folder and from a bucket over HTTP."""

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app.cli import main
from app.database import db, transaction
from app.errors import Conflict
from app.jobs import defer
from app.open_data import dump_tasks, dumps, nights
from app.open_data.columns import Format
from app.open_data.datasets import DATASETS
from app.open_data.nights import make, one_at_a_time, to_keep
from app.settings import read_settings
from app.storage import Kept, StoreAway, store_of
from tests import stores
from tests.factories import do_jobs, submitted
from tests.stores import KEYS

s3, store = stores.s3, stores.store
NIGHT = datetime(2026, 11, 22, 1, 20, tzinfo=UTC)
FOLDER = "open-data/1505/2026-11-22"
ALL = {f"{data.code}.{kind}" for data in DATASETS.values() for kind in data.formats}


class Killed(BaseException):
    """What a killed process sees of itself: nothing after this."""


@pytest.fixture
def served(app, store, monkeypatch):
    """Pages that read from the store of the test."""
    monkeypatch.setattr("app.open_data.dump_views.store_of", lambda _: store)
    return store


@pytest.fixture
def made(app, jurisdiction, served):
    submitted(jurisdiction, now=NIGHT - timedelta(days=1))
    return make(jurisdiction, served, now=NIGHT)


def kept_names(store) -> set[str]:
    return {kept.name for kept in store.kept("open-data/1505")}


def test_a_night_holds_every_dataset_in_every_format_with_true_checksums(made, store):
    assert {file.name for file in made.files} == ALL
    for file in made.files:
        content = store.read(f"{FOLDER}/{file.name}")
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
    known = json.loads(store.read(f"{FOLDER}/manifest.json"))
    assert known["date"] == "2026-11-22"
    assert known["licence"].startswith("http")
    assert all(known[name] for name in ("made_at", "service_version", "snapshot", "jurisdiction"))
    assert json.loads(store.read("open-data/1505/latest.json"))["date"] == "2026-11-22"


def test_the_rows_are_counted(made, store):
    file = made.file("service-requests.csv")
    content = store.read(f"{FOLDER}/{file.name}").decode()
    assert file.rows == 1 == len(list(csv.DictReader(io.StringIO(content))))


def test_a_whole_night_is_left_as_it_is(made, jurisdiction, store):
    before = {kept.name: kept.since for kept in store.kept(FOLDER)}
    submitted(jurisdiction)
    again = make(jurisdiction, store, now=NIGHT + timedelta(hours=3))
    assert again.files == made.files
    assert {kept.name: kept.since for kept in store.kept(FOLDER)} == before


@pytest.mark.parametrize("turn", [1, 7])
def test_a_night_that_was_broken_off_goes_on(app, jurisdiction, served, client, turn):
    def die(done) -> None:
        if done.turn == turn:
            raise Killed

    with pytest.raises(Killed):
        make(jurisdiction, served, now=NIGHT, progress=die)
    assert client.get("/apne-data/filer/2026-11-22").status_code == 404, "half of it is nobody's"
    written = {kept.name: kept.since for kept in served.kept(FOLDER) if "notes" not in kept.name}
    assert len(written) == turn
    whole = make(jurisdiction, served, now=NIGHT + timedelta(hours=1))
    assert {file.name for file in whole.files} == ALL
    after = {kept.name: kept.since for kept in served.kept(FOLDER)}
    assert {name: after[name] for name in written} == written, "what was there was not made again"


def test_a_kill_between_a_file_and_its_note_makes_the_file_again(app, jurisdiction, store):
    first = next(iter(DATASETS.values()))
    name = f"{first.code}.{first.formats[0]}"
    store.write(f"{FOLDER}/{name}", b"half of a file that was not noted", "text/csv")
    found = make(jurisdiction, store, now=NIGHT).file(name)
    content = store.read(f"{FOLDER}/{name}")
    assert hashlib.sha256(content).hexdigest() == found.sha256
    assert b"half of a file" not in content


@pytest.mark.timeout(300)  # every file is made more than once
def test_a_process_that_is_killed_leaves_nothing_public_and_the_next_finishes(
    app, jurisdiction, tmp_path, database_url
):
    environment = {
        **os.environ,
        "MELDE_DATABASE_URL": database_url,
        "MELDE_INSTANCE": str(tmp_path),
        "MELDE_PHOTO_STORE": str(tmp_path / "store"),
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "dump"]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    for _ in range(3):
        assert ": " in running.stdout.readline()
    running.send_signal(signal.SIGKILL)
    running.wait()
    held = store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "store")}))
    assert dumps.nights(held, "1505") == []
    assert any(kept.name.endswith(".csv") for kept in held.kept("open-data/1505"))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"{len(ALL)} files" in done.stdout
    assert dumps.nights(held, "1505")[0].files == len(ALL)


def test_only_one_makes_them_at_a_time(app):
    with one_at_a_time(), pytest.raises(Conflict), one_at_a_time():
        pass
    with one_at_a_time():
        assert db.engine.connect().scalar(text("SELECT 1")) == 1


def test_the_newest_thirty_nights_stay_and_the_first_of_each_month():
    nights_ = [date(2026, 8, 3) + timedelta(days=number) for number in range(112)]
    staying = to_keep(nights_)
    assert staying[:30] == sorted(nights_, reverse=True)[:30]
    assert staying[30:] == [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 3)]


def test_old_nights_go_and_so_do_those_that_were_never_whole(app, jurisdiction, store):
    notes = 2 * len(ALL) + 2
    for days in range(33, 0, -1):
        day = NIGHT - timedelta(days=days)
        folder = f"open-data/1505/{day.date()}"
        manifest = dumps.Manifest(
            jurisdiction="1505",
            date=day.date().isoformat(),
            made_at="",
            licence="",
            service_version="",
            snapshot="",
            files=(),
        )
        store.write(f"{folder}/yearly.csv", b"x", "text/csv")
        if days != 3:
            store.write(f"{folder}/manifest.json", manifest.as_json(), "application/json")
    store.write("ab/cd/" + "ab" * 20 + "/320.webp", b"a photo", "image/webp")
    make(jurisdiction, store, now=NIGHT)
    days = {name.split("/")[2] for name in kept_names(store)} - {"latest.json"}
    told = [night.date for night in dumps.nights(store, "1505")]
    assert days == set(told)
    assert "2026-11-19" not in days, "it was never whole"
    assert "2026-10-20" in days, "the first that there is of its month"
    assert len(told) == 31
    assert store.read("ab/cd/" + "ab" * 20 + "/320.webp") == b"a photo"
    assert len([name for name in kept_names(store) if name.startswith(FOLDER)]) == notes


def test_the_job_makes_them_and_tries_again_when_the_store_was_away(app, jurisdiction, monkeypatch):
    class Away:
        def read(self, name: str) -> bytes | None:
            raise StoreAway("away")

        def kept(self, folder: str = "") -> list[Kept]:
            raise StoreAway("away")

    with monkeypatch.context() as patch:
        patch.setattr("app.open_data.dump_tasks.store_of", lambda _: Away())
        with transaction():
            defer("open_data.dump")
        do_jobs(app)
    waiting = text(
        "SELECT attempts, status FROM procrastinate_jobs WHERE task_name = 'open_data.dump'"
    )
    with db.engine.connect() as connection:
        assert connection.execute(waiting).all() == [(1, "todo")]
        connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
        connection.commit()
    do_jobs(app)
    held = store_of(app.config["SETTINGS"])
    assert dumps.nights(held, "1505")[0].files == len(ALL)
    held.remove([kept.name for kept in held.kept("open-data")])


def test_the_page_lists_files_with_sizes_and_checksums(made, client):
    page = client.get("/apne-data/filer")
    assert page.status_code == 200
    for file in made.files:
        assert file.sha256 in page.text
        assert f"/apne-data/filer/2026-11-22/{file.name}" in page.text
    assert "sha256sum -c" in page.text
    assert client.get("/apne-data/filer/2026-11-22").text.count("<tr>") > len(ALL)


def test_before_the_first_night_the_page_says_so(app, client, served):
    assert (
        "I natt" in client.get("/apne-data/filer").text
        or client.get("/apne-data/filer").status_code == 200
    )
    assert client.get("/apne-data/filer/siste/yearly.csv").status_code == 404


def test_a_file_is_sent_whole_with_its_checksum_and_for_ever(made, client, store, statements):
    file = made.file("service-requests.csv")
    statements.clear()
    answer = client.get(
        f"/apne-data/filer/2026-11-22/{file.name}", headers={"Accept-Encoding": "gzip, br"}
    )
    assert answer.data == store.read(f"{FOLDER}/{file.name}")
    assert answer.headers["ETag"] == f'"{file.sha256}"'
    assert answer.headers["Content-Length"] == str(file.bytes)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert not [said for said in statements if "service_request" in said]
    head = client.head(f"/apne-data/filer/2026-11-22/{file.name}")
    assert (head.headers["Content-Length"], head.data) == (str(file.bytes), b"")
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = client.get(f"/apne-data/filer/2026-11-22/{file.name}", headers=tag)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-99999999", 206, slice(5, None)),
        ("bytes=99999999-", 416, None),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("nonsense", 200, slice(None)),
    ],
)
def test_a_download_goes_on_where_it_stopped(made, client, store, asked, status, part):
    file = made.file("services.parquet")
    url, whole = f"/apne-data/filer/2026-11-22/{file.name}", store.read(f"{FOLDER}/{file.name}")
    answer = client.get(url, headers={"Range": asked})
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{file.bytes}"
        return
    assert answer.data == whole[part]
    assert answer.headers["Content-Length"] == str(len(whole[part]))
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{file.bytes}")


def test_a_part_of_another_file_is_not_added_to_what_was_begun(made, client):
    file = made.file("services.json")
    url = f"/apne-data/filer/2026-11-22/{file.name}"
    for tag, status in ((f'"{file.sha256}"', 206), ('"another"', 200)):
        answer = client.get(url, headers={"Range": "bytes=4-", "If-Range": tag})
        assert answer.status_code == status


def test_the_manifest_and_the_checksums_are_files_too(made, client, tmp_path):
    manifest = client.get("/apne-data/filer/2026-11-22/manifest.json")
    assert len(manifest.get_json()["files"]) == len(ALL)
    sums = client.get("/apne-data/filer/2026-11-22/SHA256SUMS")
    for name in ("yearly.csv", "service-requests.geojson"):
        (tmp_path / name).write_bytes(client.get(f"/apne-data/filer/2026-11-22/{name}").data)
    (tmp_path / "SHA256SUMS").write_bytes(sums.data)
    check = ["sha256sum", "-c", "--ignore-missing", "--strict", "SHA256SUMS"]
    said = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.count("OK") == 2


def test_the_newest_file_has_an_address_of_its_own(made, client):
    answer = client.get("/apne-data/filer/siste/yearly.csv")
    assert (answer.status_code, answer.location) == (302, "/apne-data/filer/2026-11-22/yearly.csv")
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "2026-11-22/none.csv",
        "2026-11-22/..%2f..%2flatest.json",
        "2026-11-22/.notes",
        "2026-11-21/yearly.csv",
        "2026-11-21",
        "20261122",
        "yesterday",
        "siste/..%2fx",
        "2026-13-40/yearly.csv",
    ],
)
def test_what_is_not_told_of_is_not_there(made, client, path):
    assert client.get(f"/apne-data/filer/{path}").status_code == 404


def test_a_store_that_is_away_is_said_so(app, client, monkeypatch):
    given = {"MELDE_PHOTO_STORE": "s3://b", "MELDE_PHOTO_STORE_ENDPOINT": "http://127.0.0.1:9"}
    away = store_of(read_settings(given | KEYS))
    monkeypatch.setattr("app.open_data.dump_views.store_of", lambda _: away)
    started = time.monotonic()
    for path in ("", "/2026-11-22", "/2026-11-22/yearly.csv", "/siste/yearly.csv"):
        answer = client.get(f"/apne-data/filer{path}")
        assert answer.status_code == 503
    assert time.monotonic() - started < 60


def test_formats_and_languages_are_those_of_all_other_files(made, store):
    assert {file.format for file in made.files} == {kind.value for kind in Format}
    assert nights.LANGUAGE == "nb"
    content = json.loads(store.read(f"{FOLDER}/services.json"))
    assert "Vei" in json.dumps(content, ensure_ascii=False)


def test_the_command_refuses_a_municipality_that_is_not_here(
    app, tmp_path, database_url, monkeypatch
):
    monkeypatch.setenv("MELDE_DATABASE_URL", database_url)
    monkeypatch.setenv("MELDE_INSTANCE", str(tmp_path))
    from click.testing import CliRunner

    said = CliRunner().invoke(main, ["dump", "--jurisdiction", "9999"])
    assert said.exit_code == 1
    assert "9999" in said.output


def test_what_is_too_large_for_its_format_is_left_out_and_told_of(
    app, jurisdiction, served, client, monkeypatch
):
    monkeypatch.setattr("app.open_data.json_stat_writer.MOST_VALUES", 1)
    submitted(jurisdiction, now=NIGHT - timedelta(days=1))
    found = make(jurisdiction, served, now=NIGHT)
    missing = ALL - {file.name for file in found.files}
    assert {"figures.jsonstat", "yearly.jsonstat"} <= missing
    assert all(name.endswith(".jsonstat") for name in missing)
    kept = dumps.manifest(served, "1505", NIGHT.date())
    assert {file.name for file in kept.left_out} == missing
    assert all("JSON-stat" in file.reason for file in kept.left_out)
    assert dumps.nights(served, "1505")[0].files == len(ALL - missing)
    assert "figures.jsonstat" in client.get("/apne-data/filer").text
    assert client.get("/apne-data/filer/2026-11-22/figures.jsonstat").status_code == 404


def test_a_manifest_from_before_files_were_left_out_is_still_read(made, store):
    known = json.loads(store.read(f"{FOLDER}/manifest.json"))
    del known["left_out"]
    store.write(f"{FOLDER}/manifest.json", dumps.written(known), dumps.JSON)
    assert dumps.manifest(store, "1505", NIGHT.date()).files == made.files


def test_one_municipality_that_fails_holds_no_other_up(app, jurisdiction, monkeypatch, caplog):
    tried = []

    def make_or_fail(one, store, *, now):
        tried.append(one.number)
        if len(tried) == 1:
            raise ValueError("ola@example.org")
        return nothing

    nothing = dumps.Manifest(
        jurisdiction="1554",
        date="2026-11-22",
        made_at="",
        licence="",
        service_version="",
        snapshot="",
        files=(),
    )
    both = [SimpleNamespace(number=number) for number in ("1505", "1554")]
    monkeypatch.setattr(dump_tasks, "all_jurisdictions", lambda: both)
    monkeypatch.setattr(nights, "make", make_or_fail)
    with pytest.raises(ValueError, match="ola"):
        dump_tasks.dump()
    assert tried == ["1505", "1554"]
    assert "nightly files of 1505 wait: ValueError" in caplog.text
    assert "ola@" not in caplog.text
