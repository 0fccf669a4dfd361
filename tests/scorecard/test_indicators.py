"""Figures from elsewhere: from two files into the tables, whole or not at all."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.jurisdictions.models import District
from app.jurisdictions.setup_files import BrokenSetup
from app.scorecard.loading import load, load_files
from app.scorecard.units import written
from app.statistics.models import Indicator, IndicatorSeries
from app.statistics.population import population

from ..cli.conftest import melde
from ..conftest import ROOT

__all__ = ["melde"]
FOLDER = ROOT / "municipalities" / "kristiansund"
SOURCE = "Årsrapport 2018, Kristiansund kommune"
PUBLISHED = {
    ("phone_calls", 2016): "64000",
    ("phone_calls", 2017): "66821",
    ("phone_calls", 2018): "66012",
    ("web_visits", 2016): "454652",
    ("page_views", 2016): "1118653",
    ("visits_per_inhabitant", 2016): "18.6",
    ("facebook_followers", 2016): "4900",
    ("facebook_followers", 2017): "5491",
    ("facebook_followers", 2018): "6720",
    ("service_and_availability", 2016): "55.6",
    ("service_and_availability", 2018): "49.9",
    ("kommunetesten", 2018): "49.5",
    ("kommunetesten_national", 2018): "51.0",
    ("kommunetesten_health", 2018): "70",
    ("kommunetesten_care", 2018): "20",
    ("kommunetesten_rank_county", 2018): "27",
    ("kommunetesten_rank_country", 2018): "245",
}
"""Typed from the annual report, not from the file."""
HEADER = "series,year,district,value,source,note_nb,note_nn,note_en\n"
SERIES = """\
- code: calls
  name: {nb: Telefoner, nn: Telefonar, en: Calls}
  unit: count
- code: content
  name: {nb: Fornøyde, nn: Nøgde, en: Content}
  unit: percent
  decimals: 1
  target: {best: 100, least: "75,5", near: 60}
  more_is_better: true
"""
FIGURES = HEADER + "calls,2024,,10,Egen telling,,,\n" + 'content,2024,,"81,5",Spørsmål,Nb,Nn,En\n'


@pytest.fixture
def files(tmp_path):
    """Two files of one's own; the shipped ones are loaded again afterwards."""
    (tmp_path / "s.yaml").write_text(SERIES)
    (tmp_path / "f.csv").write_text(FIGURES)
    return tmp_path / "s.yaml", tmp_path / "f.csv"


@pytest.fixture
def shipped(jurisdiction):
    """What was stored before the test stands again after it."""
    yield
    session().rollback()
    with transaction():
        load(FOLDER, jurisdiction.id)


def stored(jurisdiction) -> dict[tuple[str, int, str | None], Indicator]:
    query = (
        select(IndicatorSeries.code, Indicator)
        .join(Indicator, Indicator.series_id == IndicatorSeries.id)
        .where(Indicator.jurisdiction_id == jurisdiction.id)
    )
    return {(code, row.year, row.district_code): row for code, row in session().execute(query)}


def brought_in(files, jurisdiction) -> list[str]:
    with transaction():
        return load_files(*files, jurisdiction.id)


# --- what is shipped --------------------------------------------------------------------------------


def test_kristiansunds_figures_are_those_of_the_annual_report(jurisdiction):
    found = stored(jurisdiction)
    values = {(code, year): row.value for (code, year, _), row in found.items() if row.value}
    assert values == {key: Decimal(value) for key, value in PUBLISHED.items()}
    assert {row.source for row in found.values()} == {SOURCE}
    assert {district for _, _, district in found} == {None}


def test_what_was_not_measured_is_missing_and_says_so(jurisdiction):
    found = stored(jurisdiction)
    missing = {key for key, row in found.items() if row.value is None}
    assert {(code, 2017, None) for code in ("user_satisfaction", "service_and_availability")} <= (
        missing
    )
    assert all(found[key].note["nb"] for key in missing)


def test_the_two_figures_of_kommunetesten_stand_with_a_note(jurisdiction):
    found = stored(jurisdiction)
    for code in ("kommunetesten", "service_and_availability"):
        note = found[code, 2018, None].note
        assert "49,9" in note["nb"]
        assert "49,5" in note["nb"]


def test_the_bands_are_those_of_the_source(jurisdiction):
    query = select(IndicatorSeries).where(IndicatorSeries.target_best.is_not(None))
    bands = {
        row.code: (row.target_best, row.target_least, row.unit) for row in session().scalars(query)
    }
    assert bands == {
        "user_satisfaction": (Decimal("6.0"), Decimal("4.6"), "score"),
        "answers_in_time": (Decimal(100), Decimal(85), "percent"),
        "service_and_availability": (Decimal(100), Decimal(75), "points"),
    }


def test_no_number_of_inhabitants_is_shipped(jurisdiction):
    assert population(jurisdiction.id) == {}


def test_loading_the_shipped_files_again_changes_nothing(jurisdiction):
    with transaction():
        assert load(FOLDER, jurisdiction.id) == []


# --- bringing in ------------------------------------------------------------------------------------


def test_comma_and_point_and_groups_of_digits_are_read(files, jurisdiction, shipped):
    files[1].write_text(
        HEADER
        + 'calls,2022,,66 012,x,,,\ncalls,2023,,"66\u00a0012,5",x,,,\ncalls,2024,,66012.5,x,,,\n'
    )
    brought_in(files, jurisdiction)
    values = [row.value for (code, *_), row in sorted(stored(jurisdiction).items())]
    assert values == [Decimal(66012), Decimal("66012.5"), Decimal("66012.5")]


def test_semicolons_of_a_spreadsheet_are_read(files, jurisdiction, shipped):
    files[1].write_text("\ufeff" + HEADER.replace(",", ";") + "content;2024;;81,5;Spørsmål;;;\n")
    brought_in(files, jurisdiction)
    assert stored(jurisdiction)["content", 2024, None].value == Decimal("81.5")


def test_the_second_run_changes_nothing_and_the_first_tells_what_goes(files, jurisdiction, shipped):
    first = brought_in(files, jurisdiction)
    assert "series calls: added" in first
    assert "indicator content 2024: added" in first
    assert "series phone_calls: removed" in first
    assert "indicator phone_calls 2016: removed" in first
    assert brought_in(files, jurisdiction) == []
    assert set(stored(jurisdiction)) == {("calls", 2024, None), ("content", 2024, None)}


def test_a_changed_figure_is_told(files, jurisdiction, shipped):
    brought_in(files, jurisdiction)
    files[1].write_text(FIGURES.replace(",10,", ",11,"))
    assert brought_in(files, jurisdiction) == ["indicator calls 2024: changed value"]


def test_inhabitants_by_district_make_the_population(files, jurisdiction, shipped):
    query = select(District.code).where(District.jurisdiction_id == jurisdiction.id)
    district = session().scalars(query.order_by(District.rank)).first()
    files[0].write_text("- code: population\n  name: {nb: F, nn: F, en: P}\n  unit: inhabitants\n")
    rows = f"population,2026,,24000,Eksempel,,,\npopulation,2026,{district},5000,Eksempel,,,\n"
    files[1].write_text(HEADER + rows)
    brought_in(files, jurisdiction)
    assert population(jurisdiction.id) == {(2026, None): 24000, (2026, district): 5000}


BROKEN_FIGURES = [
    ("calls,2024,,ten,x,,,\n", "f.csv:2: value: write a number such as 18,6"),
    ('calls,2024,,"1.234,5",x,,,\n', "f.csv:2: value: "),
    ("calls,2024,,NaN,x,,,\n", "f.csv:2: value: "),
    ("calls,24,,10,x,,,\n", "f.csv:2: year: "),
    ("calls,2024,,10,,,,\n", "f.csv:2: source: "),
    ("rings,2024,,10,x,,,\n", "f.csv:2: there is no series rings"),
    ("calls,2024,moon,10,x,,,\n", "f.csv:2: there is no district moon"),
    ("calls,2024,,10,x,,,\ncalls,2024,,11,x,,,\n", "f.csv:3: the figure calls 2024 stands twice"),
    ('calls,2023,,10,x,"two\nlines",,\ncalls,2024,,x,x,,,\n', "f.csv:4: value: "),
    ("calls,2024,,10,a\0b,,,\n", "f.csv:2: a character"),
]


@pytest.mark.parametrize(("rows", "fault"), BROKEN_FIGURES)
def test_broken_figures_are_refused_whole_with_the_line(files, jurisdiction, rows, fault):
    before = {key: row.value for key, row in stored(jurisdiction).items()}
    files[1].write_text(HEADER + rows)
    with pytest.raises(BrokenSetup) as refused, transaction():
        load_files(*files, jurisdiction.id)
    assert refused.value.faults[0].startswith(fault)
    assert {key: row.value for key, row in stored(jurisdiction).items()} == before


BROKEN_SERIES = [
    ("unit: count", "unit: kilo", "s.yaml:3: unit: "),
    ("code: content", "code: calls", "s.yaml:4: the code calls stands twice"),
    ("best: 100", "best: 50", "s.yaml:8: target: the order must be best, least, near"),
    ("  more_is_better: true\n", "", "s.yaml:8: target: say whether more is better"),
    ("near: 60", "near: many", "s.yaml:8: near: "),
    ("nn: Telefonar, ", "", "s.yaml:2: name: the text is missing in nn"),
    ("code: calls", "code: population", "s.yaml:3: the unit of population is inhabitants"),
]


@pytest.mark.parametrize(("old", "new", "fault"), BROKEN_SERIES)
def test_broken_series_are_refused_with_the_line(files, jurisdiction, old, new, fault):
    files[0].write_text(SERIES.replace(old, new, 1))
    with pytest.raises(BrokenSetup) as refused, transaction():
        load_files(*files, jurisdiction.id)
    assert fault in "\n".join(refused.value.faults)


def test_a_folder_without_the_files_leaves_what_is_stored(tmp_path, jurisdiction):
    assert load(tmp_path, jurisdiction.id) == []
    assert len(stored(jurisdiction)) == 39


@pytest.mark.parametrize("name", ["indicators.yaml", "indicators.csv"])
def test_a_folder_with_one_of_the_two_is_refused(tmp_path, jurisdiction, name):
    (tmp_path / name).write_text((FOLDER / name).read_text())
    with pytest.raises(BrokenSetup, match="the file is missing"):
        load(tmp_path, jurisdiction.id)


# --- the command ------------------------------------------------------------------------------------


def test_the_command_says_what_changed_and_then_that_nothing_does(melde, files, shipped):
    first = melde("import", "indicators", "--jurisdiction", "1505", *files)
    assert first.exit_code == 0, first.output
    assert "indicator calls 2024: added" in first.output
    again = melde("import", "indicators", "--jurisdiction", "1505", *files)
    assert again.output == "1505: nothing to change\n"


def test_the_command_refuses_a_broken_file_and_says_that_nothing_changed(melde, files):
    files[1].write_text(HEADER + "calls,2024,,ten,x,,,\n")
    done = melde("import", "indicators", *files)
    assert done.exit_code == 1
    assert "f.csv:2: value: " in done.output
    assert "nothing was changed" in done.output


def test_the_command_names_the_municipalities_that_are_here(melde, files):
    done = melde("import", "indicators", "--jurisdiction", "9999", *files)
    assert done.exit_code == 1
    assert "There is no municipality 9999 here" in done.output


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        ("66012", "count", 0, "66\u00a0012"),
        ("49.9", "points", 1, "49,9"),
        ("51.0", "points", 1, "51,0"),
        ("55.64", "points", 1, "55,64"),
        ("100", "percent", 0, "100\u00a0%"),
        ("245", "rank", 0, "245"),
    ],
)
def test_values_are_written_as_people_read_them(app, value, unit, decimals, text):
    assert written(Decimal(value), unit, decimals) == text
