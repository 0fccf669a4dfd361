"""The page of the reports behind a figure."""

from datetime import UTC, datetime

import pytest

from app.roles import Role
from app.service_requests.filter import Filter
from app.service_requests.status import Status
from app.statistics.figures import Dimension, Period, Question, behind, figures
from app.statistics.measures import BY_CODE

from ..factories import actor, changed, staff, submitted

NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def page_of(client, **query):
    answer = client.get("/statistikk/meldinger", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_lists_the_reports_of_the_selection_with_links(client, jurisdiction):
    hole = submitted(jurisdiction, now=NOW)
    lamp = submitted(jurisdiction, now=NOW, service_code="LIGHT-DARK")
    page = page_of(client, group="road", year="2026")
    assert f"/meldinger/{hole.number}" in page
    assert lamp.number not in page
    assert "Kategori" in page


def test_a_figure_of_days_tells_what_each_report_adds(client, jurisdiction, desk):
    report = submitted(jurisdiction, now=datetime(2026, 9, 1, 10, tzinfo=UTC))
    changed(
        report,
        Status.FIXED,
        desk,
        led_to_improvement=True,
        now=datetime(2026, 9, 4, 22, tzinfo=UTC),
    )
    assert "3,5 dager" in page_of(client, measure="fix_days_median")


def test_pages_follow_each_other_without_gap_or_repetition(client, jurisdiction):
    numbers = {submitted(jurisdiction, now=NOW).number for _ in range(53)}
    first = client.get("/statistikk/meldinger?measure=received&year=2026").text
    href = first.split('class="pages"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(href).text
    on_first = {number for number in numbers if number in first}
    on_second = {number for number in numbers if number in second}
    assert (len(on_first), len(on_second)) == (50, 3)
    assert on_first | on_second == numbers


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("measure=happiness", "measure"),
        ("colour=red", "colour"),
        ("group=cars", "group"),
        ("cursor=MS4wIDE", "cursor"),
        ("year=x", "year"),
        ("device=toaster", "device"),
    ],
)
def test_a_query_that_cannot_be_read_is_named(client, query, field):
    answer = client.get(f"/statistikk/meldinger?{query}")
    assert answer.status_code == 400
    assert field in answer.text


def test_what_single_reports_came_in_by_is_counted_but_not_listed(client, jurisdiction):
    report = submitted(jurisdiction, now=NOW)
    page = page_of(client, channel="web")
    assert "1 melding bak tallet" in page
    assert report.number not in page


def test_so_few_that_they_could_point_at_someone_are_not_told(client, jurisdiction):
    report = submitted(jurisdiction, now=NOW)
    page = page_of(client, channel="web", group="road")
    assert report.number not in page
    assert "For få" in page


def test_rejected_reports_are_behind_nothing(client, jurisdiction, desk):
    report = submitted(jurisdiction, now=NOW)
    changed(report, Status.REJECTED, desk, message="Søppelpost")
    assert report.number not in page_of(client, year="2026")


@pytest.mark.parametrize("measure", list(BY_CODE))
def test_the_heading_says_as_many_as_the_figure_is_made_of(client, jurisdiction, desk, measure):
    for month in (1, 2, 5, 9):
        report = submitted(jurisdiction, now=datetime(2026, month, 3, tzinfo=UTC))
        if month != 5:
            changed(
                report,
                Status.FIXED,
                desk,
                led_to_improvement=month == 1,
                now=datetime(2026, month, 20, tzinfo=UTC),
            )
    question = Question(
        filter=Filter(jurisdiction_id=jurisdiction.id), period=Period.QUARTER, by=(Dimension.GROUP,)
    )
    for row in figures(question, now=NOW):
        page = page_of(client, **behind(question, row, measure))
        count = row.made_of[measure]
        assert page.count('class="report"') == count
        assert f"{count} melding" in page
