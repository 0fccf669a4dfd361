"""Every page for everyone: axe-core and no sideways scrolling, in each of the states of `looks.py`.

One browser and one window for each state; all that is wrong is told at once.
"""

import re

import pytest
from playwright.sync_api import Error, Page, expect

from .looks import PAGES, STATES, STEPS, made
from .steps import has_no_faults, report, sign_in

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def report_values(service):
    """A report for the pages that are about one."""
    return made(service.url)


def look(page: Page, name: str, state, found: list[str]) -> None:
    """Note what is wrong with the page that is open."""
    state.settle(page)
    try:
        has_no_faults(page)
    except (AssertionError, Error) as fault:
        found.append(f"{name} ({page.url}): {str(fault)[:600]}")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_pages_have_no_faults(visit, service, report_values, state):
    page = visit(state.width, language=state.language).page
    state.prepare(page)
    found: list[str] = []
    for name, path in PAGES.items():
        page.goto(path.format(**report_values))
        expect(page.locator("html")).to_have_attribute("lang", state.language)
        look(page, name, state, found)
    for name, go in STEPS.items():
        try:
            go(page)
        except Error as fault:
            found.append(f"{name}: cannot be reached: {str(fault)[:300]}")
            continue
        look(page, name, state, found)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [320, 1280])
def test_reporting_has_no_faults_up_to_the_receipt(visit, service, width):
    page = visit(width).page
    report(page, group="road", service="ROAD-POTHOLE", text="Hull")
    has_no_faults(page)


@pytest.mark.parametrize("width", [320, 390])
def test_the_crews_pages_have_no_faults(visit, service, width, report_values):
    page = visit(width).page
    sign_in(page, "roads@example.org")
    has_no_faults(page)
    page.goto(f"/oppdrag/{report_values['number']}")
    for closed in page.locator("details.verb > summary").all():
        closed.click()
    has_no_faults(page)


def test_a_shared_computer_asks_and_then_begins_anew(visit, service):
    page = visit(390).page
    page.clock.install()
    page.goto("/kiosk?sekunder=60")
    page.locator("main button[type=submit]").click()
    expect(page.locator("html")).to_have_attribute("data-kiosk", "60")
    dialog = page.locator("dialog.kiosk__dialog")
    expect(page.locator("[data-module=kiosk][data-started]")).to_have_count(1)
    page.clock.run_for(32_000)
    expect(dialog).to_be_visible()
    expect(page.locator("[data-stay]")).to_be_focused()
    has_no_faults(page)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0
    page.clock.run_for(32_000)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.clock.run_for(61_000)
    expect(page).to_have_url(f"{service.url}/")


def test_pages_send_nothing_to_others_but_the_tile_server(visit, service, tiles, report_values):
    page = visit(1280).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES.values():
        page.goto(path.format(**report_values))
        page.wait_for_timeout(200)
    own = (service.url, tiles.split("/{z}")[0], "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


@pytest.mark.parametrize("path", ["/statistikk", "/meld/skjema"])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_is_meant_for_paper_is_printed_on_one_page(visit, service, path, language):
    page = visit(1280, language=language).page
    page.goto(path)
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
