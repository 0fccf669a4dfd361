"""Every page for everyone: axe-core, 320 px, three languages, dark."""

import re

import pytest
from playwright.sync_api import expect

from .steps import has_no_faults, next_step, report, sign_in, type_coordinates

pytestmark = pytest.mark.journey
OPEN_PAGES = ["/", "/meldinger", "/meld", "/statistikk", "/logg-inn", "/finnes-ikke"]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_open_pages_have_no_faults(visit, service, width, language):
    page = visit(width, language=language).page
    for path in OPEN_PAGES:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.wait_for_timeout(300)
        has_no_faults(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_form_and_the_report_have_no_faults(visit, service, width):
    page = visit(width).page
    number = report(page, group="road", service="ROAD-POTHOLE", text="Hull")
    has_no_faults(page)
    page.goto(f"/meldinger/{number}")
    has_no_faults(page)
    page.goto("/meld")
    type_coordinates(page)
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    has_no_faults(page)
    next_step(page)
    expect(page.locator("#errors")).to_be_visible()
    has_no_faults(page)


@pytest.mark.parametrize("width", [320, 390])
def test_the_crews_pages_have_no_faults(visit, service, width):
    number = report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page = visit(width).page
    sign_in(page, "roads@example.org")
    has_no_faults(page)
    page.goto(f"/oppdrag/{number}")
    for closed in page.locator("details.verb > summary").all():
        closed.click()
    has_no_faults(page)


@pytest.mark.parametrize("path", ["/", "/meldinger", "/statistikk", "/meld"])
def test_dark_pages_have_no_faults(visit, service, path):
    page = visit(1280).page
    page.emulate_media(color_scheme="dark")
    page.goto(path)
    page.wait_for_timeout(300)
    has_no_faults(page)


def test_pages_send_nothing_to_others_but_the_tile_server(visit, service, tiles):
    page = visit(1280).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in OPEN_PAGES:
        page.goto(path)
        page.wait_for_timeout(300)
    own = (service.url, tiles.split("/{z}")[0], "data:")
    assert [url for url in asked if not url.startswith(own)] == []


def test_the_yearly_figures_are_printed_on_one_page(visit, service):
    page = visit(1280).page
    page.goto("/statistikk")
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
