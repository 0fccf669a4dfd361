"""`melde export`: whole files with checksums, or the old ones."""

import hashlib
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from app.cli import export
from app.open_data import streaming
from app.open_data.datasets import DATASETS
from tests.factories import submitted


@pytest.fixture
def melde(app, monkeypatch):
    monkeypatch.setattr(export, "command_app", lambda: app)
    return lambda *words: CliRunner().invoke(export.command, [str(word) for word in words])


def test_all_datasets_in_all_formats_with_checksums(melde, jurisdiction, tmp_path):
    report = submitted(jurisdiction, now=datetime.now(UTC))
    done = melde(tmp_path)
    assert done.exit_code == 0, done.output
    folder = tmp_path / "1505"
    sums = dict(
        reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    assert len(sums) == sum(len(dataset.formats) for dataset in DATASETS.values())
    assert set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert name in done.output
    assert report.number in (folder / "service-requests.csv").read_text()


def test_chosen_ones_join_those_from_before(melde, app, jurisdiction, tmp_path):
    assert melde("--dataset", "yearly", "--format", "csv", tmp_path).exit_code == 0
    assert melde("--dataset", "services", "--format", "json", tmp_path).exit_code == 0
    names = {path.name for path in (tmp_path / "1505").iterdir()}
    assert names == {"SHA256SUMS", "yearly.csv", "services.json"}
    assert len((tmp_path / "1505" / "SHA256SUMS").read_text().splitlines()) == 2


def test_a_broken_export_leaves_the_old_file(melde, jurisdiction, tmp_path, monkeypatch):
    submitted(jurisdiction, now=datetime.now(UTC))
    words = ("--dataset", "service-requests", "--format", "csv", tmp_path)
    assert melde(*words).exit_code == 0
    path = tmp_path / "1505" / "service-requests.csv"
    before = path.read_bytes()

    def broken(*_given):
        yield from ()
        raise RuntimeError("the database went away")

    monkeypatch.setattr(streaming, "_rows", broken)
    assert melde(*words).exit_code != 0
    assert path.read_bytes() == before
    assert {item.name for item in path.parent.iterdir()} == {"SHA256SUMS", path.name}


def test_wrong_choices_say_what_there_is(melde, tmp_path):
    assert "yearly" in melde("--dataset", "nothing", tmp_path).output
    assert "no municipality 9999" in melde("--jurisdiction", "9999", tmp_path).output
    assert "format" in melde("--dataset", "yearly", "--format", "gpkg", tmp_path).output


def test_what_is_too_large_for_its_format_is_left_out(melde, jurisdiction, tmp_path, monkeypatch):
    submitted(jurisdiction, now=datetime.now(UTC))
    assert melde("--dataset", "figures", tmp_path).exit_code == 0
    monkeypatch.setattr("app.open_data.json_stat_writer.MOST_VALUES", 1)
    done = melde("--dataset", "figures", "--dataset", "services", tmp_path)
    assert done.exit_code == 0, done.output
    assert "figures.jsonstat.json: left out." in done.stderr
    names = {path.name for path in (tmp_path / "1505").iterdir()} - {"SHA256SUMS"}
    assert {"figures.csv", "figures.parquet", "services.csv"} <= names
    assert "figures.jsonstat.json" not in names
    sums = (tmp_path / "1505" / "SHA256SUMS").read_text()
    assert {line.split("  ")[1] for line in sums.splitlines()} == names
