"""The annual report: the figures of Kristiansund's own table, on the page, on paper and as CSV."""

import csv
import re
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from app.errors import TooMany
from app.i18n import force_locale
from app.service_requests.status import Status
from app.yearbook import press
from app.yearbook.press import Press
from app.yearbook.report import annual_report

from ..conftest import ROOT
from ..factories import actor, changed, staff, submitted

PUBLISHED = {
    "Totalt antall henvendelser": [722, 813, 705, 398, 321],
    "Antall henvendelser som har medført forbedring": [643, 645, 628, 280, 264],
    "Vann": [12, 1, 46, 4, 22],
    "Avløp": [19, 2, 0, 12, 10],
    "Renovasjon": [0, 2, 1, 0, 3],
    "Vei": [256, 230, 227, 120, 135],
    "Miljø/forurensning": [1, 0, 7, 1, 1],
    "Gatelys": [355, 510, 346, 260, 135],
    "Andre henvendelser": [79, 68, 78, 0, 15],
}
"""As the annual report for 2018 prints it."""
YEARS = ["2014", "2015", "2016", "2017", "2018"]


def pages(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return PdfReader(BytesIO(answer.data))


def test_the_page_has_the_annual_reports_lines_in_its_order(client):
    html = client.get("/statistikk/arsrapport/2018").text
    start = html.index('<table class="figures yb-figures">')
    table = html[start : html.index("</table>", start)]
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table)
    figures = {
        label: [int(cell) for cell in re.findall(r"<td[^>]*>(\d+)", cells)] for label, cells in rows
    }
    assert figures == PUBLISHED
    assert list(figures) == list(PUBLISHED)
    assert re.findall(r'<th scope="col" *>(\d{4})', table) == YEARS


def test_the_csv_is_the_same_table(client):
    answer = client.get("/statistikk/arsrapport/2018.csv")
    header, *rows = csv.reader(StringIO(answer.text))
    assert header[2:] == YEARS
    assert {row[1]: [int(value) for value in row[2:]] for row in rows} == PUBLISHED


def test_the_pdf_is_the_same_table_on_one_tagged_page_with_our_font(client):
    reader = pages(client, "/statistikk/arsrapport/2018.pdf")
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    text = " ".join(reader.pages[0].extract_text().split()).replace(" 1)", "")  # the note's mark
    for label, values in PUBLISHED.items():
        numbers = " ".join(str(value) for value in values)
        assert f"{label} {numbers}" in text
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nb"
    assert "2018" in reader.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()
    fonts = {
        str(font.get_object()["/BaseFont"])
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    }
    assert {font for font in fonts if "Inter" not in font} == set()
    assert fonts


def test_the_2017_note_stands_with_the_figures(client):
    html = client.get("/statistikk/arsrapport/2018").text
    assert "397" in html[html.index('class="notes"') :]


@pytest.mark.parametrize(
    ("language", "word"), [("nb", "Gatelys"), ("nn", "Gatelys"), ("en", "Street light")]
)
def test_it_speaks_three_languages(client, language, word):
    client.set_cookie("language", language)
    assert word in client.get("/statistikk/arsrapport/2018").text
    reader = pages(client, "/statistikk/arsrapport/2018.pdf")
    assert reader.trailer["/Root"]["/Lang"] == language
    assert word in reader.pages[0].extract_text()
    assert len(reader.pages) == 1


def test_the_last_five_years_up_to_the_year(app, jurisdiction):
    found = annual_report(jurisdiction, 2016, now=datetime(2026, 5, 1, tzinfo=UTC))
    assert [year.year for year in found.years] == [2014, 2015, 2016]
    running = annual_report(jurisdiction, 2026, now=datetime(2026, 5, 1, tzinfo=UTC))
    assert [year.year for year in running.years] == [2015, 2016, 2017, 2018, 2026]
    assert [year.starts_part for year in running.years] == [False] * 4 + [True]


def test_counted_years_have_how_fast_it_went(app, jurisdiction):
    received = datetime(2025, 3, 3, 8, tzinfo=UTC)
    report = submitted(jurisdiction, now=received)
    crew = actor(staff(jurisdiction))
    changed(
        report, Status.FIXED, crew, now=datetime(2025, 3, 5, 8, tzinfo=UTC), led_to_improvement=True
    )
    with force_locale("nb"):
        found = annual_report(jurisdiction, 2025, now=datetime(2026, 5, 1, tzinfo=UTC))
    assert [value for _, value in found.keys] == [
        "1",
        "1",
        "100,0\u00a0%",
        "100,0\u00a0%",
        "2,0",
        "2,0",
    ]


def test_a_year_without_figures_says_which_there_are(client):
    answer = client.get("/statistikk/arsrapport/1999")
    assert answer.status_code == 404
    assert "2014, 2015" in answer.text


def test_the_way_in_leads_to_the_last_whole_year(client):
    assert client.get("/statistikk/arsrapport").location == "/statistikk/arsrapport/2018"


def test_what_a_browser_has_is_not_made_again(client, monkeypatch):
    first = client.get("/statistikk/arsrapport/2018.pdf")
    monkeypatch.setattr(Press, "_make", lambda *_: pytest.fail("made again"))
    again = client.get("/statistikk/arsrapport/2018.pdf")
    assert again.data == first.data
    has_it = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/statistikk/arsrapport/2018.pdf", headers=has_it).status_code == 304


def test_others_wait_for_the_press_and_are_then_told_to_come_again(app, monkeypatch):
    monkeypatch.setattr(press, "WAIT_SECONDS", 0.01)
    made = Press(ROOT / "static")
    with made._busy, pytest.raises(TooMany):
        made.pdf("<p>x")


@pytest.mark.parametrize(
    "address",
    ["https://example.org/x.css", "file:///etc/passwd", "/static/../pyproject.toml", "/etc/passwd"],
)
def test_the_press_reads_our_own_files_only(address):
    own = Press(ROOT / "static")
    with pytest.raises(FatalURLFetchingError, match="not one of our own files"):
        own.pdf(f'<html lang="en"><title>x</title><link rel="stylesheet" href="{address}"><p>x')
