"""`melde count`, `melde seal` and `melde report`."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO

from pypdf import PdfReader
from sqlalchemy import text

from app.database import session, transaction
from app.yearbook import queries

from ..factories import submitted

DAY = datetime(2025, 3, 3, 8, tzinfo=UTC)


def test_the_command_says_what_it_did_and_fails_when_something_differs(melde, jurisdiction):
    report = submitted(jurisdiction, now=DAY)
    done = melde("count")
    assert done.exit_code == 0, done.output
    assert "1 reports told anew from 2 rows of history" in done.output
    with transaction() as current:
        current.execute(text("UPDATE service_request SET refusals = 3"))
    failed = melde("count")
    assert failed.exit_code == 1
    assert f"{report.number}: refusals" in failed.output


def test_sealing_tells_digest_and_day_and_refuses_a_second_time(melde, jurisdiction):
    submitted(jurisdiction, now=DAY)
    done = melde("seal", "2025", "--public-from", "2099-01-01")
    assert (done.exit_code, "2101" in done.output) == (1, False)
    assert "Choose a day before" in done.output
    done = melde("seal", "2025", "--public-from", "0001-01-01")
    assert (done.exit_code, "or later" in done.output) == (1, True), done.output
    done = melde("seal", "2025")
    assert done.exit_code == 0, done.output
    session().rollback()
    assert queries.sealed(jurisdiction.id, 2025).digest in done.output
    again = melde("seal", "2025")
    assert (again.exit_code, "sealed already" in again.output) == (1, True)
    assert melde("count").exit_code == 0


def test_sealing_says_what_is_wrong(melde, jurisdiction):
    assert "not over" in melde("seal", "2150").output
    assert "no municipality 9999" in melde("seal", "2025", "--jurisdiction", "9999").output


def test_the_report_is_written_as_csv_html_and_pdf(melde, jurisdiction, tmp_path):
    done = melde("report", "2018", "--format", "csv")
    header, total, *_ = csv.reader(StringIO(done.output))
    assert header[2:] == ["2014", "2015", "2016", "2017", "2018"]
    assert total[2:] == ["722", "813", "705", "398", "321"]
    paper = tmp_path / "report.pdf"
    done = melde("report", "2018", "--language", "en", "-o", paper)
    assert done.exit_code == 0, done.output
    reader = PdfReader(BytesIO(paper.read_bytes()))
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert "Street light 355 510 346 260 135" in reader.pages[0].extract_text()
    page = tmp_path / "report.html"
    assert melde("report", "2018", "-o", page).exit_code == 0
    html = page.read_text()
    assert "<style>" in html
    assert "stylesheet" not in html


def test_a_year_without_figures_is_refused(melde, jurisdiction):
    done = melde("report", "1999", "--format", "csv")
    assert done.exit_code == 1
    assert "There are for 2014" in done.output
