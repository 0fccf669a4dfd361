"""The map and what stands in for it."""

import re

import pytest
from playwright.sync_api import expect

from .steps import has_no_faults, next_step, report

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [390, 1280])
def test_the_map_shows_as_many_reports_as_its_heading_says(visit, service, width):
    page = visit(width).page
    report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    page.goto("/")
    expect(page.locator("#count")).to_have_text(re.compile(r"\d+ melding"))
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    page.wait_for_timeout(600)
    stated = int(re.match(r"\d+", page.locator("#count").inner_text())[0])
    counts = [int(text) for text in page.locator(".cluster__count").all_inner_texts()]
    pins = page.locator(".leaflet-marker-icon:has(.pin)").count()
    assert sum(counts) + pins == stated > 0
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
