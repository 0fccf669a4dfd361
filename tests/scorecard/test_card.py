"""The scorecard: bands, directions, what stands beside what, the page and its CSV."""

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from sqlalchemy import update

from app.database import session, transaction
from app.i18n import force_locale
from app.roles import Role
from app.routing.models import Channel
from app.scorecard.card import Band, Kind, Row, Standing, Trend, Value, columns, joined, trend
from app.scorecard.csv_file import COLUMNS
from app.scorecard.own import own_rows
from app.scorecard.page import band_words, page, scorecard, trend_words
from app.service_requests import by_reporter
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.statistics.models import Indicator, IndicatorSeries

from ..factories import actor, changed, staff, submitted

NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)
THIS_YEAR = 2026


def row(values=None, *, own=None, more=True, band=None, decimals=1, unit="points") -> Row:
    found = {
        year: Value(value=None if value is None else Decimal(value), kind=kind, source="x")
        for kind, given in ((Kind.IMPORTED, values), (Kind.COUNTED, own))
        for year, value in (given or {}).items()
    }
    return Row(
        code="a",
        title="A",
        unit=unit,
        decimals=decimals,
        values=found,
        more_is_better=more,
        band=band,
    )


def ends(best, least, near=None) -> Band:
    return Band(
        best=Decimal(best), least=Decimal(least), near=None if near is None else Decimal(near)
    )


# --- bands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "value", "standing"),
    [
        (("6.0", "4.6"), "4.6", Standing.WITHIN),
        (("6.0", "4.6"), "4.5", Standing.OUTSIDE),
        (("6.0", "4.6"), "6.0", Standing.WITHIN),
        (("100", "85", "80"), "84.9", Standing.NEAR),
        (("100", "85", "80"), "80", Standing.NEAR),
        (("100", "85", "80"), "79.9", Standing.OUTSIDE),
        (("1", "3"), "3", Standing.WITHIN),
        (("1", "3"), "4", Standing.OUTSIDE),
        (("1", "3", "5"), "5", Standing.NEAR),
        (("1", "3"), "0", Standing.WITHIN),
    ],
)
def test_a_value_stands_to_its_band(band, value, standing):
    assert ends(*band).standing(Decimal(value)) == standing


def test_what_is_read_as_below_the_target_is_not_called_within():
    found = row(own={2025: "84.96"}, band=ends(100, 85))
    assert found.shown(2025) == Decimal("85.0")
    assert found.standing(2025) == Standing.WITHIN
    assert row({2025: "84.96"}, band=ends(100, 85)).standing(2025) == Standing.OUTSIDE


def test_published_figures_are_never_rounded():
    assert row({2018: "55.64"}).shown(2018) == Decimal("55.64")


def test_a_year_without_a_figure_stands_nowhere():
    found = row({2017: None}, band=ends(100, 75))
    assert found.standing(2017) is None
    assert found.standing(2016) is None


@pytest.mark.parametrize(
    ("unit", "best", "least", "words"),
    [
        ("score", "6.0", "4.6", "6,0–4,6"),
        ("percent", "100", "85", "100–85\u00a0%"),
        ("points", "100", "75", "100–75"),
        ("rank", "1", "3", "1–3"),
    ],
)
def test_bands_are_written_as_in_the_annual_report(app, unit, best, least, words):
    assert band_words(row(band=ends(best, least), unit=unit)) == words


# --- directions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "more", "expected"),
    [
        (
            {2016: "55.6", 2017: None, 2018: "49.9"},
            True,
            Trend(since=2016, change=-1, is_better=False),
        ),
        ({2017: "27", 2018: "20"}, False, Trend(since=2017, change=-1, is_better=True)),
        ({2017: "27", 2018: "30"}, False, Trend(since=2017, change=1, is_better=False)),
        ({2017: "5", 2018: "7"}, None, Trend(since=2017, change=1, is_better=None)),
        ({2017: "5", 2018: "5"}, True, Trend(since=2017, change=0, is_better=None)),
        ({2018: "5"}, True, None),
        ({2017: None, 2018: None}, True, None),
    ],
)
def test_a_direction_compares_the_last_two_figures(values, more, expected):
    assert trend(row(values, more=more), THIS_YEAR) == expected


def test_imported_and_counted_figures_are_never_compared():
    assert trend(row({2018: "4.0"}, own={2025: "5.0"}), THIS_YEAR) is None
    found = trend(row({2018: "4.0"}, own={2024: "5.0", 2025: "5.2"}), THIS_YEAR)
    assert found == Trend(since=2024, change=1, is_better=True)


def test_the_running_year_is_not_compared():
    found = trend(row(own={2024: "5", 2025: "4", 2026: "9"}), THIS_YEAR)
    assert found == Trend(since=2024, change=-1, is_better=False)


def test_figures_that_read_the_same_have_not_changed():
    found = trend(row(own={2024: "80.01", 2025: "80.04"}), THIS_YEAR)
    assert found == Trend(since=2024, change=0, is_better=None)


def test_every_direction_has_its_words(app):
    words = {
        trend_words(Trend(since=2016, change=change, is_better=better))
        for change in (-1, 1)
        for better in (True, False, None)
    }
    assert len(words) == 6
    assert trend_words(None) == "for få år"


# --- what stands beside what ------------------------------------------------------------------------


def test_our_own_figures_go_on_where_a_series_ends_and_never_replace_it():
    given, own = row({2018: "4.1", 2025: "4.2"}), row(own={2025: "5.5", 2026: "5.6"})
    found = joined(given, own)
    assert {year: (value.value, value.kind) for year, value in found.values.items()} == {
        2018: (Decimal("4.1"), "imported"),
        2025: (Decimal("4.2"), "imported"),
        2026: (Decimal("5.6"), "counted"),
    }


def test_the_first_counted_year_starts_a_part():
    found = columns([row({2016: "1", 2018: None}), row(own={2024: "1", 2026: "2"})], 2026)
    assert [(one.year, one.starts_part, one.is_running) for one in found] == [
        (2016, False, False),
        (2018, False, False),
        (2024, True, False),
        (2026, False, True),
    ]


# --- our own rows -----------------------------------------------------------------------------------


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def closed_with(jurisdiction, desk, scores):
    for score in scores:
        report = submitted(jurisdiction, now=NOW)
        changed(report, Status.FIXED, desk, led_to_improvement=True, message="Ja", now=NOW)
        with transaction():
            by_reporter.rate(report.id, score, now=NOW)


def own_value(jurisdiction, code, year=THIS_YEAR):
    return own_rows(jurisdiction, NOW)[code].shown(year)


def test_the_published_years_of_the_yearly_table_stand_in_our_rows_as_imported(jurisdiction):
    received = own_rows(jurisdiction, NOW)["received"]
    published = {year: value for year, value in received.values.items() if year < 2019}
    assert [int(value.value) for value in published.values()] == [722, 813, 705, 398, 321]
    assert {value.kind for value in published.values()} == {Kind.IMPORTED}
    improved = own_rows(jurisdiction, NOW)["improvement_share"]
    shares = [improved.shown(year) for year in range(2014, 2019)]
    assert shares == [Decimal(share) for share in ("89.1", "79.3", "89.1", "70.4", "82.2")]
    assert "397" in published[2017].note


def test_shares_are_counted_by_hand(jurisdiction, desk):
    reports = [submitted(jurisdiction, now=NOW) for _ in range(4)]
    changed(reports[0], Status.FIXED, desk, led_to_improvement=True, message="Ja", now=NOW)
    assert own_value(jurisdiction, "received") == 4
    assert own_value(jurisdiction, "improvement_share") == Decimal("25.0")
    assert own_value(jurisdiction, "digital_share") == Decimal("100.0")
    assert own_value(jurisdiction, "answered_in_time") == Decimal("100.0")


def test_imported_reports_say_nothing_of_digital_channels(jurisdiction):
    reports = [submitted(jurisdiction, now=NOW) for _ in range(3)]
    with transaction():
        session().execute(
            update(ServiceRequest)
            .where(ServiceRequest.id == reports[0].id)
            .values(channel=Channel.IMPORT)
        )
        session().execute(
            update(ServiceRequest).where(ServiceRequest.id == reports[1].id).values(channel="desk")
        )
    assert own_value(jurisdiction, "digital_share") == Decimal("50.0")


def test_the_mean_mark_fills_the_empty_row_of_the_scorecard(jurisdiction, desk):
    closed_with(jurisdiction, desk, [6, 5, 4, 4])
    card = scorecard(jurisdiction, now=NOW)
    found = next(row for row in card.given if row.code == "user_satisfaction")
    assert [found.shown(year) for year in (2016, 2017, 2018, 2026)] == [
        None,
        None,
        None,
        Decimal("4.8"),
    ]
    assert found.standing(2026) == Standing.WITHIN
    assert "satisfaction_mean" not in {row.code for row in card.own}


def test_few_marks_are_hidden_on_the_scorecard(client, jurisdiction, desk):
    closed_with(jurisdiction, desk, [1, 2, 3])
    line = line_of(client.get("/statistikk/styringskort").text, "Brukertilfredshet")
    assert line.endswith(": målt her")


# --- the page ---------------------------------------------------------------------------------------


def line_of(html: str, title: str) -> str:
    """The text of the table's line with this heading, blanks folded."""
    lines = re.findall(r"<tr>.*?</tr>", html, re.DOTALL)
    found = next(line for line in lines if f'<th scope="row">{title}<' in line)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_the_page_shows_the_annual_reports_scorecard(client, jurisdiction):
    html = client.get("/statistikk/styringskort").text
    assert line_of(html, "Service og tilgjengelighet") == (
        "Service og tilgjengelighet poeng 100–75 ned fra 2016, dårligere .. .. 55,6 under målet .. 1 "
        "49,9 3 under målet .."
    )
    assert line_of(html, "Telefoner til Servicekontoret").startswith(
        "Telefoner til Servicekontoret antall ned fra 2017 .. .. 64 000 66 821 66 012 .."
    )
    assert "Årsrapport 2018, Kristiansund kommune" in html
    assert "49,5" in html.split('class="notes"')[1]


def test_every_standing_has_sign_and_word(client, jurisdiction):
    html = client.get("/statistikk/styringskort").text
    bands = re.findall(r'<span class="band" data-color="(\w+)">(.*?)</span></span>', html)
    assert bands
    for color, inside in bands:
        assert color in {"success", "warning", "danger"}
        assert "<svg" in inside
        assert re.sub(r"<[^>]+>", "", inside).strip()


def test_the_finding_counts_the_targets_that_are_met(jurisdiction):
    with force_locale("en"):
        found = page(scorecard(jurisdiction, now=NOW))
    assert found.finding == "0 of 1 targets are met in the latest figures"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_is_there_in_three_languages(client, jurisdiction, language):
    client.set_cookie("language", language)
    answer = client.get("/statistikk/styringskort")
    assert answer.status_code == 200
    names = {"nb": "Brukertilfredshet", "nn": "Brukartilfredsheit", "en": "User satisfaction"}
    assert names[language] in answer.text


def test_a_municipality_without_series_has_our_own_rows(client, jurisdiction):
    with transaction():
        session().execute(update(IndicatorSeries).values(measured_by=None))
        keys = set(own_rows(jurisdiction, NOW))
    card = scorecard(jurisdiction, now=NOW)
    with transaction():
        for code, measure in (
            ("user_satisfaction", "satisfaction_mean"),
            ("answers_in_time", "answered_in_time"),
        ):
            session().execute(
                update(IndicatorSeries)
                .where(IndicatorSeries.code == code)
                .values(measured_by=measure)
            )
    assert {row.code for row in card.own} == keys
    assert {"satisfaction_mean", "answered_in_time"} <= keys


# --- the file ---------------------------------------------------------------------------------------


def test_the_csv_has_every_figure_with_its_source(client, jurisdiction):
    answer = client.get("/statistikk/styringskort.csv")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    rows = list(csv.DictReader(StringIO(answer.get_data(as_text=True), newline="")))
    assert tuple(rows[0]) == COLUMNS
    found = {(one["kode"], one["aar"]): one for one in rows}
    test = found["service_and_availability", "2018"]
    assert (test["verdi"], test["maal_best"], test["maal_minst"]) == ("49.9", "100", "75")
    assert (test["vurdering"], test["art"]) == ("outside", "imported")
    assert test["kilde"] == "Årsrapport 2018, Kristiansund kommune"
    assert found["user_satisfaction", "2017"]["verdi"] == ""
    assert found["received", "2014"]["verdi"] == "722"
    assert found["received", "2014"]["art"] == "imported"


def test_text_of_a_file_that_looks_like_a_formula_is_harmless(client, jurisdiction):
    where = Indicator.source.like("Årsrapport%"), Indicator.year == 2018
    with transaction():
        session().execute(update(Indicator).where(*where).values(source="=1+1"))
    text = client.get("/statistikk/styringskort.csv").get_data(as_text=True)
    with transaction():
        session().execute(
            update(Indicator)
            .where(Indicator.source == "=1+1")
            .values(source="Årsrapport 2018, Kristiansund kommune")
        )
    assert ",'=1+1," in text
    assert ",=1+1," not in text
