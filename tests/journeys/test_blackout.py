"""Someone at the desk draws a box over a part of a photo with the mouse, and writes another one."""

import io
import re

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.accounts.queries import by_email
from app.database import session

from ..photos.samples import jpeg
from .crews import add_foreman, inside
from .steps import PASSWORD, fits, has_no_faults, has_started

pytestmark = pytest.mark.journey
EMAIL = "black-out@example.org"


@pytest.fixture
def number(service, tmp_path) -> str:
    """A report with a photo, at a place where no other journey reports."""
    with inside(service.database_url, tmp_path):
        known = by_email(EMAIL) is not None
        session().rollback()
    if not known:
        add_foreman(service.database_url, tmp_path, EMAIL)
    held = io.BytesIO()
    Image.new("RGB", (900, 600), "white").save(held, "JPEG")
    sent = {"photo": ("a.jpg", held.getvalue() or jpeg(), "image/jpeg")}
    photo = httpx.post(f"{service.url}/api/v1/photos", files=sent).raise_for_status().json()
    report = {
        "service_code": "ROAD-POTHOLE",
        "position": {"type": "Point", "coordinates": [7.7633, 63.1193]},
        "description": "Hull med bilskilt",
        "photos": [photo["key"]],
    }
    answer = httpx.post(f"{service.url}/api/v1/service-requests", json=report)
    return answer.raise_for_status().json()["number"]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_box_by_the_mouse_and_one_in_words(visit, service, number, width):
    page = visit(width).page
    page.goto(f"/logg-inn?til=/innboks/{number}")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/innboks/{number}"))
    old = page.locator(".case__photos img").get_attribute("src")
    page.get_by_role("link", name="Sladd deler av det").click()
    has_started(page)
    photo = page.locator(".black-out__photo")
    photo.scroll_into_view_if_needed()
    frame = photo.bounding_box()
    page.mouse.move(frame["x"] + frame["width"] * 0.1, frame["y"] + frame["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.4, frame["y"] + frame["height"] * 0.5)
    page.mouse.up()
    expect(page.locator(".black-out__cover:visible")).to_have_count(1)
    expect(page.locator("[data-said]")).to_have_text("Rute 1 er tegnet.")
    assert abs(float(page.locator("#box-1-width").input_value()) - 30) < 2
    has_no_faults(page)
    fits(page)
    page.get_by_role("button", name="Sladd det").click()
    expect(page.locator("[role=status]").first).to_contain_text("Bildet er sladdet")
    assert httpx.get(f"{service.url}{old}").status_code == 404
    page.goto(f"/innboks/{number}")
    new = page.locator(".case__photos img").get_attribute("src")
    content = httpx.get(f"{service.url}{new}").raise_for_status().content
    seen = Image.open(io.BytesIO(content)).convert("L")
    assert seen.getpixel((seen.width // 4, seen.height // 4)) < 10
    assert seen.getpixel((seen.width * 3 // 4, seen.height * 3 // 4)) > 245
