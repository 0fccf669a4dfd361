"""The map and what stands in for it."""

import re

import pytest
from playwright.sync_api import expect

from .steps import has_no_faults, has_started, next_step, report

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [390, 1280])
def test_the_map_shows_as_many_reports_as_its_heading_says(visit, service, width):
    page = visit(width).page
    report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page.goto("/")
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    for _ in range(2):
        expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ melding(er)? her$"))
        assert shown(page) == stated(page) > 0
        page.locator("#map").focus()
        page.keyboard.press("+")
        page.wait_for_timeout(1500)
    has_no_faults(page)


def stated(page):
    """How many reports the heading counts."""
    return int(re.match(r"\d+", page.locator("#count").inner_text())[0])


def shown(page):
    """How many reports pins and clusters stand for."""
    counts = [int(text) for text in page.locator(".cluster__count").all_inner_texts()]
    return sum(counts) + page.locator(".leaflet-marker-icon:has(.pin)").count()


def test_a_filter_changes_map_and_list_and_travels_in_the_address(visit, service):
    page = visit().page
    number = report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page.goto("/")
    expect(page.locator(f"[data-number={number}]")).to_be_visible()
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    page.locator(".chip[data-filter=street_light]").click()
    expect(page.locator(f"[data-number={number}]")).to_have_count(0)
    assert "group=street_light" in page.url
    page.reload()
    has_started(page)
    expect(page.locator(".chip[data-filter=street_light]")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator(f"[data-number={number}]")).to_have_count(0)
    page.locator(".chip[data-filter=street_light]").click()
    expect(page.locator(f"[data-number={number}]")).to_be_visible()
    page.locator(".chip[data-filter=open]").click()
    page.locator(".chip[data-filter=recent]").click()
    expect(page.locator("#empty")).to_be_visible()
    assert "show=none" in page.url


def test_reports_on_one_spot_are_counted_and_open_as_a_list(visit, service):
    for _ in range(2):
        number = report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page = visit().page
    page.goto("/#kart=17/63.11040/7.72790")
    expect(page.locator(".cluster__count")).to_have_count(1)
    count = int(page.locator(".cluster__count").inner_text())
    assert count == shown(page) >= 2
    page.locator(".cluster-marker").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/meldinger\?.*bbox="))
    expect(page.locator(f"[data-number={number}]")).to_be_visible()
    expect(page.locator("li.report")).to_have_count(count)
    has_no_faults(page)


def test_near_me_puts_the_nearest_first(visit, service):
    report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page = visit().page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 63.112, "longitude": 7.7279})
    page.goto("/meldinger")
    page.locator("#locate").click()
    expect(page).to_have_url(re.compile("latitude=63.112"))
    expect(page.locator(".report__place").first).to_contain_text("180\u00a0m unna")
    has_no_faults(page)


def test_arrow_keys_move_the_pin_by_metres(visit, service):
    page = visit().page
    page.goto("/meld")
    expect(page.locator("#map.leaflet-container")).to_be_visible()
    page.locator("#map").focus()
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_timeout(700)
    first = float(page.locator("#latitude").input_value().replace(",", "."))
    page.locator("#map").focus()
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_timeout(700)
    second = float(page.locator("#latitude").input_value().replace(",", "."))
    assert 15 < (second - first) * 111_320 < 25
    expect(page.locator("#position-text")).not_to_be_empty()
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")


def test_without_tiles_the_boundary_and_the_pins_still_show(visit, service):
    page = visit().page
    report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page.route(re.compile(r"/\d+/\d+/\d+\.png"), lambda route: route.fulfill(status=404))
    page.goto("/")
    expect(page.locator("#map-status")).to_contain_text("Bakgrunnskartet er ikke tilgjengelig")
    expect(page.locator("path.boundary")).to_have_count(1)
    expect(page.locator(".leaflet-marker-icon:has(.pin), .cluster").first).to_be_visible()
    has_no_faults(page)


def test_a_place_from_the_list_needs_no_map(visit, service):
    page = visit(390, scripts=False).page
    page.goto("/meld")
    page.locator("#place").select_option(label="Innlandet")
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")


def test_every_report_on_the_map_is_in_the_list_without_scripts(visit, service):
    number = report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page = visit(390, scripts=False).page
    page.goto("/")
    expect(page.locator(f"[data-number={number}]")).to_be_visible()
    page.goto("/meldinger?group=road&status=open")
    expect(page.locator(f"[data-number={number}]")).to_be_visible()
    page.goto("/")
    page.locator("#sok").fill("Innlandet")
    page.locator("[role=search] button[type=submit]").first.click()
    expect(page.locator("h1")).to_contain_text("Meldinger nær Innlandet")
    expect(page.locator(f"[data-number={number}]")).to_contain_text("unna")
