"""The map of districts and the filters of the charts, on a phone and on a screen, with scripts and without."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from .steps import fits, has_no_faults

pytestmark = pytest.mark.journey
PLACES = ([7.7279, 63.1104], [7.735, 63.112], [7.78, 63.11], [7.80, 63.06])


@pytest.fixture
def reports(service):
    """A pothole and a dark lamp in different districts."""
    for at, place in enumerate(PLACES):
        body = {
            "service_code": "ROAD-POTHOLE" if at % 2 else "LIGHT-DARK",
            "position": {"type": "Point", "coordinates": place},
            "description": "Noe er galt her",
        }
        httpx.post(f"{service.url}/api/v1/service-requests", json=body).raise_for_status()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_map_answers_its_table_and_the_filters_change_it(visit, reports, width):
    page = visit(width).page
    page.goto("/statistikk/diagrammer")
    map_ = page.locator(".choropleth")
    expect(map_.locator("path.m-area").first).to_be_visible()
    rows = page.locator("#kart tr[data-key]")
    assert rows.count() == map_.locator("path.m-area").count()
    link = rows.locator("a").first
    link.focus()
    expect(map_.locator("path.is-lifted")).to_have_count(1)
    page.locator("#select-group").focus()
    expect(map_.locator("path.is-lifted")).to_have_count(0)
    has_no_faults(page)
    before = int(page.locator("#kategorier tbody td").first.text_content() or 0)
    page.locator("#select-group").select_option("road")
    page.locator(".chart-form button").click()
    expect(page).to_have_url(re.compile("group=road"))
    expect(page.locator("#select-group")).to_have_value("road")
    expect(page.locator("#kategorier tbody tr")).to_have_count(1)
    assert before >= 1
    with page.expect_download() as found:
        page.locator("#kategorier .chart-files a").first.click()
    assert found.value.suggested_filename.endswith(".png")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("svg.drawing text")]
             .filter((text) => text.getBoundingClientRect().width)
             .map((text) => 13.5 * text.ownerSVGElement.getScreenCTM().a))"""
    )
    assert smallest >= 12


def test_without_scripts_the_map_is_a_drawing_with_its_table(visit, reports):
    page = visit(320, scripts=False).page
    page.goto("/statistikk/diagrammer")
    expect(page.locator("#kart svg.drawing--narrow")).to_be_visible()
    expect(page.locator("#kart svg.drawing--wide")).to_be_hidden()
    expect(page.locator(".choropleth")).to_be_hidden()
    page.locator("#kart tbody a").first.click()
    expect(page).to_have_url(re.compile("district="))
    page.goto("/statistikk/sammenlign?by=department&measure=received")
    expect(page.locator("#sammenligning table")).to_be_visible()
    fits(page)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("path", ["/statistikk", "/statistikk/arsrapport", "/apne-data"])
def test_on_a_phone_the_page_in_use_is_seen_among_the_pages_of_figures(visit, path, scripts):
    page = visit(320, scripts=scripts).page
    page.goto(path)
    if scripts:
        page.locator(".stat-nav ul[data-started]").wait_for(state="attached")
    expect(page.locator(".stat-nav [aria-current]")).to_be_in_viewport(ratio=0.95)
    assert page.evaluate("scrollY") == 0


def test_a_tables_caption_stays_in_sight_on_a_phone(visit):
    page = visit(320).page
    page.goto("/statistikk")
    table = page.locator(".table-scroll:has(#yearly-caption)")
    table.evaluate("(scroller) => { scroller.scrollLeft = 80; }")
    ends = table.evaluate(
        """(scroller) => {
          const words = document.createRange();
          words.selectNodeContents(scroller.querySelector("caption"));
          const [seen, said] = [scroller.getBoundingClientRect(), words.getBoundingClientRect()];
          return [said.left - seen.left, seen.right - said.right, scroller.scrollLeft];
        }"""
    )
    assert min(ends[:2]) >= -0.5
    assert ends[2] > 0
