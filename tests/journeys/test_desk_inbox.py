"""The inbox in a browser: it opens after signing in, fits, and has no faults that axe can find."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from app.casework.inbox_filter import After
from app.casework.inbox_schemas import write_after
from tests.journeys.steps import fits, has_no_faults, has_started
from tests.journeys.test_counter import EMAIL, PASSWORD, desk
from tests.journeys.test_desk import ONE, come_in, people, reported

__all__ = ["desk", "people"]
pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [1440, 320])
def test_the_desk_begins_at_its_inbox(visit, service, desk, width):
    page = visit(width).page
    page.goto("/logg-inn")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/innboks$"))
    has_started(page)
    fits(page)
    has_no_faults(page)


def test_a_search_with_a_filter_finds_it(visit, service, people):
    word = f"finn{uuid4().hex[:6]}"
    number = reported(service, word, east=0.034)
    page = come_in(visit(1440), ONE, "/innboks?ko=apne")
    page.get_by_label("Nummer, adresse, tekst").fill(f"hull {word}")
    page.get_by_text("Filtre og rekkefølge").click()
    page.locator("#filter-gruppe").select_option("road")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page).to_have_url(re.compile(r"/innboks\?ko=apne&sok=hull"))
    expect(page.locator(".desk-row")).to_have_count(1)
    expect(page.locator(".desk-row")).to_contain_text(number)
    expect(page.locator(".desk-chips li")).to_have_count(2)


def test_between_phone_and_desk_the_map_is_a_button_away(visit, service, people):
    word = f"kart{uuid4().hex[:6]}"
    numbers = [reported(service, word, east=0.022 + step / 500) for step in range(2)]
    page = come_in(visit(768), ONE, f"/innboks?ko=apne&sok={word}")
    expect(page.locator("#desk-map")).to_be_hidden()
    page.get_by_role("button", name="Vis kartet").click()
    pins = page.locator("#desk-map .leaflet-marker-icon[title^=KSU]")
    expect(pins).to_have_count(2)
    expect(page.get_by_role("button", name="Skjul kartet")).to_have_attribute(
        "aria-expanded", "true"
    )
    has_no_faults(page)
    page.locator(f"#desk-map [title^={numbers[0]}]").click()
    expect(page).to_have_url(re.compile(rf"/innboks/{numbers[0]}$"))


def test_a_pin_of_another_page_of_the_list_opens_its_report(visit, service, people):
    word = f"side{uuid4().hex[:6]}"
    older = reported(service, word, east=0.026)
    newest = After(is_acute=False, moment=datetime.now(UTC), id=1)
    newer = reported(service, word, east=0.028)
    page = come_in(
        visit(1440),
        ONE,
        f"/innboks?ko=apne&sok={word}&rekkefolge=nyeste&etter={write_after(newest)}",
    )
    expect(page.locator(".desk-row")).to_have_count(1)
    pin = page.locator(f"#desk-map [title^={newer}]")
    expect(pin).to_be_visible()
    pin.click()
    expect(page.locator("#desk-case article")).to_contain_text(newer)
    expect(pin.locator(".pin--selected")).to_be_visible()
    page.locator(f"[data-number={older}] a").click()
    expect(page.locator("#desk-case article")).to_contain_text(older)


def test_many_are_previewed_before_they_are_answered(visit, service, people):
    word = f"flere{uuid4().hex[:6]}"
    for step in range(2):
        reported(service, word, east=0.03 + step / 500, email=f"{word}{step}@example.org")
    page = come_in(visit(390), ONE, f"/innboks?ko=apne&sok={word}")
    for tick in page.locator("input[name=merk]").all():
        tick.check()
    page.locator("#bulk-verb").select_option("svar")
    page.locator("#bulk-message").fill("Vi ser på {service}.")
    page.get_by_role("button", name="Forhåndsvis").click()
    expect(page.locator(".preview__letter").first).to_contain_text("Vi ser på Hull")
    has_no_faults(page)
    page.get_by_role("button", name="Endre 2 meldinger").click()
    expect(page.locator("h1")).to_have_text("2 meldinger er endret")
