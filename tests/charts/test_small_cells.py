"""What is hidden is told neither in headings nor by links; the words beside the figures are right."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.charts.ask import Ask
from app.charts.rates import _last_year
from app.database import transaction
from app.service_requests.filter import Filter
from tests.factories import submitted

NOW = datetime.now(UTC)


def test_no_heading_tells_a_number_when_all_cells_are_hidden(client, jurisdiction):
    for at in range(2):
        submitted(jurisdiction, now=NOW - timedelta(days=40 + at))
    page = client.get("/statistikk/diagrammer?channel=web&group=road").text
    main = page[page.index("<main") :]
    headings = re.findall(r"<h[23].*?</h[23]>", main, re.S)
    plain = [re.sub(r"<[^>]+>", "", heading) for heading in headings]
    assert plain
    assert not [one for one in plain if re.search(r"\b\d+ henvendelse|henvendelser.*\b0\b", one)]


@pytest.fixture
def another_licence(jurisdiction):
    """Kristiansund with CC BY 4.0, for one test."""
    before = jurisdiction.licence
    with transaction():
        jurisdiction.licence = "CC-BY-4.0"
    yield
    with transaction():
        jurisdiction.licence = before


def test_a_picture_names_the_licence_that_was_chosen(client, jurisdiction, another_licence):
    submitted(jurisdiction, now=NOW - timedelta(days=40))
    page = client.get("/statistikk/diagrammer").text
    assert "CC BY 4.0" in page
    assert "NLOD" not in page[page.index("<main") : page.index("</main")]


def test_the_end_of_a_time_is_not_in_its_last_year(jurisdiction):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    ask = Ask(jurisdiction=jurisdiction, filter=Filter(jurisdiction_id=jurisdiction.id), now=now)
    end = datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert _last_year(replace(ask, filter=replace(ask.filter, end=end))) == 2025
    after = end + timedelta(minutes=1)
    assert _last_year(replace(ask, filter=replace(ask.filter, end=after))) == 2026
    assert _last_year(replace(ask, now=end)) == 2026
