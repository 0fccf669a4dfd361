"""Cells that spreadsheets do not run."""

import pytest

from app.cells import harmless
from app.open_data import csv_writer
from app.statistics import csv_file
from app.yearbook import csv_files


@pytest.mark.parametrize("text", ["=1+1", "+47 70", "-1+1", "-", "@SUM(A1)", "\t=1", "\n=1", "＝1"])
def test_what_would_be_run_becomes_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Hull i veien", "-1", "-0.25", "-12,5", "3 = 3", "2026-01-01"]
)
def test_words_and_numbers_stay_what_they_are(text):
    assert harmless(text) == text


@pytest.mark.parametrize("writer", [csv_writer, csv_file, csv_files])
def test_every_writer_of_tables_has_the_same_rule(writer):
    assert writer.harmless is harmless
