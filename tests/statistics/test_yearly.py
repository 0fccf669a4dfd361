"""The yearly table as page, JSON and CSV, against the annual report's figures, typed by hand."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlalchemy import update

from app.database import session
from app.roles import Role
from app.service_requests.status import Status
from app.statistics.csv_file import COLUMNS, write
from app.statistics.models import HistoricCount
from app.statistics.operations import fold_counts
from app.statistics.page import labels, page, yearly_table
from app.statistics.queries import counted, plain_count

from ..factories import actor, changed, staff, submitted

YEARS = range(2014, 2019)
PUBLISHED = {
    "total": [722, 813, 705, 398, 321],
    "water": [12, 1, 46, 4, 22],
    "sewage": [19, 2, 0, 12, 10],
    "waste": [0, 2, 1, 0, 3],
    "road": [256, 230, 227, 120, 135],
    "environment": [1, 0, 7, 1, 1],
    "street_light": [355, 510, 346, 260, 135],
    "other": [79, 68, 78, 0, 15],
}
IMPROVED = [643, 645, 628, 280, 264]
LABELS = [
    "Totalt antall henvendelser",
    "Antall henvendelser som har medført forbedring",
    "Vann",
    "Avløp",
    "Renovasjon",
    "Vei",
    "Miljø/forurensning",
    "Gatelys",
    "Andre henvendelser",
]
NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def rows_of(answer):
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True), newline="")))


# --- page -------------------------------------------------------------------------------------------


def test_the_table_has_the_annual_reports_rows_and_figures(jurisdiction):
    shown = page(jurisdiction, now=NOW, selected=None)
    figures = [[cell.value for cell in row.cells][:5] for row in shown.rows]
    assert [row.label for row in shown.rows] == LABELS
    assert figures == [PUBLISHED["total"], IMPROVED, *list(PUBLISHED.values())[1:]]


def test_only_the_total_of_2017_has_a_note(jurisdiction):
    shown = page(jurisdiction, now=NOW, selected=None)
    marked = [(row.code, cell.year.year) for row in shown.rows for cell in row.cells if cell.mark]
    assert marked == [("total", 2017)]
    assert shown.notes == [(1, shown.notes[0][1])]
    assert "397" in shown.notes[0][1]


def test_figures_that_nobody_published_are_two_dots_and_zero_is_zero(jurisdiction):
    shown = page(jurisdiction, now=NOW, selected=None)
    improved = {row.code: [cell.text for cell in row.cells] for row in shown.improvement_rows}
    received = {row.code: [cell.text for cell in row.cells] for row in shown.rows[2:]}
    assert improved["waste"] == ["..", "..", "..", "..", "..", "0"]
    assert received["waste"] == ["0", "2", "1", "0", "3", "0"]


def test_the_running_year_stands_beside_the_published_ones(jurisdiction, desk):
    report = submitted(jurisdiction, now=NOW)
    submitted(jurisdiction, now=NOW, service_code="LIGHT-DARK")
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    rows = page(jurisdiction, now=NOW, selected=None).rows
    assert [row.cells[-1].value for row in rows] == [2, 1, 0, 0, 0, 1, 0, 1, 0]
    assert rows[0].cells[-1].year.is_running


@pytest.mark.parametrize(
    ("selected", "year"), [(2015, 2015), (None, 2018), (1999, 2018), (2026, 2026)]
)
def test_key_figures_are_of_the_year_chosen_or_the_last_whole_one(jurisdiction, selected, year):
    shown = page(jurisdiction, now=NOW, selected=selected)
    assert shown.key_figures.year.year == year


def test_the_headline_is_what_the_figures_say(jurisdiction):
    shown = page(jurisdiction, now=NOW, selected=None)
    assert "2014" in shown.headline
    assert "2018" in shown.headline
    assert shown.headline.startswith("Færre")


# --- counting rules ---------------------------------------------------------------------------------


def test_a_rejected_report_does_not_count_and_a_repetition_does(jurisdiction, desk):
    first, second, third = (submitted(jurisdiction, now=NOW) for _ in range(3))
    changed(second, Status.REJECTED, desk, message="Søppelpost")
    changed(third, Status.DUPLICATE, desk, original_number=first.number)
    changed(first, Status.FIXED, desk, led_to_improvement=True)
    (row,) = counted(jurisdiction.id)
    assert (row.received, row.led_to_improvement) == (2, 2)


def test_an_improvement_counts_in_the_year_of_receipt(jurisdiction, desk):
    report = submitted(jurisdiction, now=datetime(2025, 12, 30, tzinfo=UTC))
    changed(report, Status.FIXED, desk, led_to_improvement=True, now=NOW)
    (row,) = counted(jurisdiction.id)
    assert (row.year, row.led_to_improvement) == (2025, 1)


def test_a_report_at_new_years_eve_counts_by_the_local_clock(jurisdiction):
    submitted(jurisdiction, now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert [row.year for row in counted(jurisdiction.id)] == [2027]
    assert counted(jurisdiction.id) == plain_count(jurisdiction.id)


def test_folding_changes_no_figure(jurisdiction, desk):
    report = submitted(jurisdiction, now=NOW)
    fold_counts()
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    before = counted(jurisdiction.id)
    assert fold_counts() > 0
    assert counted(jurisdiction.id) == before == plain_count(jurisdiction.id)
    assert fold_counts() == 0


# --- JSON -------------------------------------------------------------------------------------------


def test_the_json_has_the_published_figures(client):
    figures = client.get("/api/v1/statistics/yearly").json["figures"]
    found = {(item["year"], item["category"]): item for item in figures}
    for code, values in PUBLISHED.items():
        assert [found[year, code]["received"] for year in YEARS] == values
    assert [found[year, "total"]["led_to_improvement"] for year in YEARS] == IMPROVED
    assert found[2014, "road"]["led_to_improvement"] is None
    assert found[2014, "road"]["kind"] == "imported"


# --- CSV --------------------------------------------------------------------------------------------


def test_the_csv_has_exactly_the_agreed_columns_and_crlf(client):
    answer = client.get("/statistikk.csv")
    header = (
        b"kommunenummer,aar,kategori_kode,kategori,antall,forbedret,andel_forbedret,kilde,merknad"
    )
    assert answer.data.startswith(header + b"\r\n")
    assert answer.data.count(b"\r\n") == answer.data.count(b"\n") == 1 + 8 * 6
    assert answer.content_type.startswith("text/csv")


def test_the_csv_has_the_published_figures(client):
    found = {
        (row["aar"], row["kategori_kode"]): row for row in rows_of(client.get("/statistikk.csv"))
    }
    for code, values in PUBLISHED.items():
        assert [found[str(year), code]["antall"] for year in YEARS] == list(map(str, values))
    improved = [found[str(year), "total"]["forbedret"] for year in YEARS]
    assert improved == list(map(str, IMPROVED))
    assert found["2018", "total"]["andel_forbedret"] == "0.8224"
    assert found["2018", "total"]["kommunenummer"] == "1505"
    assert "397" in found["2017", "total"]["merknad"]


def test_a_missing_value_is_empty_and_zero_is_zero(client):
    found = {
        (row["aar"], row["kategori_kode"]): row for row in rows_of(client.get("/statistikk.csv"))
    }
    assert found["2014", "waste"]["antall"] == "0"
    assert found["2014", "waste"]["forbedret"] == found["2014", "waste"]["andel_forbedret"] == ""


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_run_as_a_formula(jurisdiction, beginning):
    nasty = f'{beginning}HYPERLINK("http://example.org")'
    session().execute(update(HistoricCount).values(source=nasty, note={"nb": nasty}))
    session().expire_all()
    table = yearly_table(jurisdiction, this_year=2026)
    names = labels(jurisdiction) | {"road": nasty}
    for row in csv.reader(StringIO(write(table, jurisdiction, names), newline="")):
        assert len(row) == len(COLUMNS)
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_csv_that_has_not_changed_is_not_sent_again(client):
    etag = client.get("/statistikk.csv").headers["ETag"]
    assert client.get("/statistikk.csv", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("year", ["tjue", "20180", "-1", "२०१८", "%00", "2018.0"])
def test_a_year_that_is_none_is_refused(client, year):
    assert (
        client.get(f"/statistikk?aar={year}", headers={"Accept": "application/json"}).status_code
        == 400
    )
