"""Pointing out the place: by keyboard alone, from a photo, and without scripts."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .steps import has_no_faults, next_step

pytestmark = pytest.mark.journey
AT_LANGVEIEN_3 = ((63, 6, 37.44), (7, 43, 43.68))
"""63.1104 N, 7.7288 E in degrees, minutes and seconds."""


def photo(place: tuple[tuple[float, ...], tuple[float, ...]] | None) -> bytes:
    """A JPEG as a camera writes it, with or without its place."""
    picture, exif = Image.new("RGB", (400, 300), "grey"), Image.Exif()
    exif[0x0110] = "A camera"
    if place:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = "N", place[0], "E", place[1]
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def opened(page: Page, address: str = "/meld") -> None:
    """The first step, with its scripts at work."""
    page.goto(address)
    expect(page.locator("#map.leaflet-container")).to_be_visible()
    expect(page.locator("#sok[role=combobox]")).to_be_visible()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus: whoever has no mouse must get there."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_place_is_found_and_moved_by_keyboard_alone(visit, service, width):
    page = visit(width).page
    opened(page)
    tab_to(page, "#sok")
    page.keyboard.type("langv", delay=20)
    expect(page.locator("[role=option]")).to_have_count(8)
    expect(page.locator("#sok-said")).to_contain_text("8 steder funnet")
    has_no_faults(page)
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Langveien 3")
    press(page, "Enter")
    expect(page.locator("#sok")).to_have_value("Langveien 3")
    expect(page.locator("#sok")).to_be_focused()
    expect(page.locator("#position-text")).to_contain_text("Langveien 3")

    tab_to(page, "#without-map")
    press(page, "Enter")
    expect(page.locator("#bare-title")).to_be_focused()
    tab_to(page, "[data-way=south]")
    press(page, "Enter", "Enter")
    expect(page.locator("#position-text")).to_contain_text("Nærmeste adresse, 20\u00a0m fra nålen")
    expect(page.locator("[data-way=south]")).to_be_focused()
    expect(page.locator("#nearby-list button").first).to_have_text("Langveien 3, 20\u00a0m nord")
    has_no_faults(page)
    tab_to(page, ".bar--form button[type=submit]")
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    expect(page.locator("input[name=place_text]")).to_have_value("Langveien 3")
    expect(page.locator("main")).to_contain_text("Langveien 3")


def test_a_press_on_a_street_nearby_moves_the_pin_there(visit, service):
    page = visit(390).page
    opened(page, "/meld?latitude=63.1104&longitude=7.7285")
    page.locator("#without-map").click()
    nearby = page.get_by_role("button", name=re.compile("^Langveien 1, "))
    nearby.click()
    expect(page.locator("#position-text")).to_contain_text("Nålen står her")
    expect(page.locator("#latitude")).to_have_value("63,110400")
    expect(page.locator("#nearby-list button").first).to_be_focused()


def test_escape_closes_the_list_and_then_empties_the_field(visit, service):
    page = visit().page
    opened(page)
    page.locator("#sok").press_sequentially("langv", delay=20)
    expect(page.locator("#sok-list")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#sok-list")).to_be_hidden()
    expect(page.locator("#sok")).to_have_value("langv")
    press(page, "Escape")
    expect(page.locator("#sok")).to_have_value("")


def test_a_photo_offers_its_place_and_is_never_sent(visit, service):
    page = visit(390).page
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    opened(page)
    taken = {"name": "hull.jpg", "mimeType": "image/jpeg", "buffer": photo(AT_LANGVEIEN_3)}
    page.locator("#photo-place").set_input_files(taken)
    expect(page.locator("#photo-text")).to_contain_text("Bildet er tatt her: Langveien 3")
    has_no_faults(page)
    page.get_by_role("button", name="Bruk stedet", exact=True).click()
    expect(page.locator("#latitude")).to_have_value(re.compile("63,1104"))
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    assert not any(b"JFIF" in body or b"A camera" in body for body in sent)


def test_a_photo_without_a_place_says_so(visit, service):
    page = visit(390).page
    opened(page)
    for file, said in (
        ({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(None)}, "sier ikke hvor"),
        ({"name": "a.txt", "mimeType": "text/plain", "buffer": b"not a photo"}, "ikke lese denne"),
    ):
        page.locator("#photo-place").set_input_files(file)
        expect(page.locator("#photo-text")).to_contain_text(said)
        expect(page.locator("#photo-answer")).to_be_hidden()


def test_a_search_that_fails_says_so_and_the_form_goes_on(visit, service):
    page = visit(390).page
    opened(page, "/meld?latitude=63.1104&longitude=7.7279")
    page.route("**/api/v1/places?*", lambda route: route.fulfill(status=429))
    page.locator("#sok").press_sequentially("langv", delay=20)
    expect(page.locator("#sok-said")).to_contain_text("Vi fikk ikke søkt")
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_place_is_found_without_scripts(visit, service, width):
    page = visit(width, scripts=False).page
    page.goto("/meld")
    page.locator("#sok").fill("Langveien")
    page.locator("#sok").press("Enter")
    page.get_by_role("radio", name=re.compile("Langveien 3")).check()
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    expect(page.locator("input[name=place_text]")).to_have_value("Langveien 3")
