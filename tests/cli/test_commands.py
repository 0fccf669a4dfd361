import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import COMMANDS, main

MELDE = Path(sys.executable).with_name("melde")


def test_the_help_names_every_command_with_a_sentence():
    listed = CliRunner().invoke(main, ["--help"]).output.partition("Commands:")[2]
    rows = [line.split(maxsplit=1) for line in listed.strip().splitlines()]
    assert [name for name, _ in rows] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", ["serve", "worker"])
def test_production_refuses_to_start_and_names_everything_that_is_missing(name, monkeypatch):
    for setting in [setting for setting in os.environ if setting.startswith("MELDE_")]:
        monkeypatch.delenv(setting)
    done = CliRunner().invoke(main, [name])
    assert done.exit_code == 2
    assert "MELDE_SECRET_KEY: missing" in done.output
    assert "MELDE_DATABASE_URL: missing" in done.output


def test_a_command_without_a_database_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("MELDE_INSTANCE", str(tmp_path))
    monkeypatch.delenv("MELDE_DATABASE_URL", raising=False)
    done = CliRunner().invoke(main, ["migrate"])
    assert done.exit_code == 2
    assert "no melde up is running" in done.output


def test_a_database_that_does_not_answer_is_told_without_a_traceback():
    environ = os.environ | {"MELDE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    done = subprocess.run([MELDE, "migrate"], env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the database does not answer")
