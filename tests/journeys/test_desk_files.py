"""The desk attaches a file, moves the pin by the keyboard, and fetches the archive's file."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from app.accounts.queries import by_email
from app.database import session

from .crews import add_foreman, inside
from .steps import PASSWORD, fits, has_no_faults, has_started

pytestmark = pytest.mark.journey
EMAIL = "desk-files@example.org"


@pytest.fixture
def number(service, tmp_path) -> str:
    """A report at a place where no other journey reports."""
    with inside(service.database_url, tmp_path):
        known = by_email(EMAIL) is not None
        session().rollback()
    if not known:
        add_foreman(service.database_url, tmp_path, EMAIL)
    report = {
        "service_code": "ROAD-POTHOLE",
        "position": {"type": "Point", "coordinates": [7.7601, 63.1185]},
        "description": "Hull med skjema",
    }
    answer = httpx.post(f"{service.url}/api/v1/service-requests", json=report)
    return answer.raise_for_status().json()["number"]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_file_the_pin_and_the_archive(visit, number, width):
    page = visit(width).page
    page.goto(f"/logg-inn?til=/innboks/{number}")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/innboks/{number}"))
    has_started(page)
    page.locator("#verb-vedlegg summary").click()
    pdf = {"name": "Skjema.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 words"}
    page.locator("#file").set_input_files(pdf)
    page.locator("#verb-vedlegg").get_by_role("button", name="Legg ved").click()
    expect(page.locator(".case__files")).to_contain_text("Skjema.pdf")
    has_started(page)
    page.locator("#verb-rett summary").click()
    before = page.locator("#case-latitude").input_value()
    expect(page.locator("[data-move-pin][data-shown]")).to_have_count(1)
    place = page.locator(".case__move-map .map")
    place.focus()
    place.press("Shift+ArrowUp")
    expect(page.locator("#case-latitude")).not_to_have_value(before)
    has_no_faults(page)
    fits(page)
    page.get_by_role("button", name="Rett stedet").click()
    expect(page.locator(".case__log")).to_contain_text("rettet stedet")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Last ned til arkivet").click()
    content = Path(waiting.value.path()).read_bytes()
    assert "sak.pdf" in zipfile.ZipFile(BytesIO(content)).namelist()
