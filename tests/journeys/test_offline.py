"""Reporting where there is no coverage: nothing is lost, and what is sent arrives once."""

import io
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .plug import Plug, plugged
from .steps import has_no_faults

pytestmark = pytest.mark.journey
AT = {"latitude": 63.1104, "longitude": 7.7279}

KEPT = """text => new Promise(done => {
  const opening = indexedDB.open("melde");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("draft").objectStore("draft").get("report");
    asked.onsuccess = () => {
      opening.result.close();
      done(asked.result?.fields.description?.[0] === text);
    };
  };
})"""


@pytest.fixture
def plug(service):
    with plugged(urlsplit(service.url).port) as made:
        yield made


@pytest.fixture
def page(browser, plug: Plug):
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{plug.port}",
        viewport={"width": 390, "height": 844},
        locale="nb-NO",
        has_touch=True,
        reduced_motion="reduce",
        geolocation=AT,
        permissions=["geolocation"],
    )
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    opened = context.new_page()
    yield opened
    context.close()


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(file, "JPEG")
    return file.getvalue()


def keep_page(page: Page) -> None:
    """A visit with coverage: the browser keeps the page for later."""
    page.goto("/meld")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def wait_until(is_so: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def reports(service, description: str) -> list[tuple]:
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        query = (
            "SELECT r.number, r.channel, (SELECT count(*) FROM service_request_photo p"
            " WHERE p.service_request_id = r.id) FROM service_request r WHERE description = %s"
        )
        return connection.execute(query, [description]).fetchall()


def go_to_what(page: Page) -> None:
    page.goto("/meld?latitude=63.1104&longitude=7.7279")
    page.locator("#where-form .bar button[type=submit]").click()
    expect(page.locator("#description")).to_be_visible()


def fill(page: Page, description: str) -> None:
    expect(page.locator("form.offline[data-started]")).to_be_visible()
    page.locator("#locate").click()
    expect(page.locator("#where-text")).to_contain_text("63")
    page.locator("#service").select_option("ROAD-POTHOLE")
    page.locator("#description").fill(description)


def test_a_report_waits_for_coverage_and_is_sent_once(page, plug, service):
    keep_page(page)
    plug.pull()
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Meld feil uten nett")
    has_no_faults(page)
    page.locator("form button[type=submit]").click()
    expect(page.locator("#service-error")).to_be_visible()
    fill(page, "Hull uten nett")
    page.locator("#photo").set_input_files(
        {"name": "hull.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    page.locator("form button[type=submit]").click()
    expect(page.locator(".outbox__row")).to_contain_text("sendes når du er på nett")
    page.reload()
    expect(page.locator(".outbox__row")).to_contain_text("sendes når du er på nett")
    has_no_faults(page)

    plug.put_back()
    page.goto("/meld")
    expect(page.locator(".strip")).to_contain_text(re.compile(r"Sendt kl\. \d\d\.\d\d: KSU-"))
    has_no_faults(page)
    [(number, channel, photos)] = reports(service, "Hull uten nett")
    assert (channel, photos) == ("web", 1)
    page.locator(".strip a").click()
    expect(page.get_by_text(number).first).to_be_visible()


def test_an_answer_that_is_lost_makes_no_second_report(page, plug, service):
    keep_page(page)
    page.goto("/meld/uten-nett")
    fill(page, "Svaret ble borte")
    plug.loses_answers.set()
    page.locator("form button[type=submit]").click()
    wait_until(lambda: plug.lost)
    expect(page.locator(".outbox__row")).to_contain_text("sendes når du er på nett")
    plug.put_back()
    page.goto("/meld")
    expect(page.locator(".strip")).to_contain_text("Sendt kl.")
    assert len(reports(service, "Svaret ble borte")) == 1


def test_the_form_is_carried_over_when_coverage_goes(page, plug, service):
    keep_page(page)
    go_to_what(page)
    page.locator("#description").fill("Midt i skjemaet")
    plug.pull()
    page.locator("form button[type=submit]").last.click()
    expect(page.locator("h1")).to_have_text("Meld feil uten nett")
    expect(page.locator("#description")).to_have_value("Midt i skjemaet")
    expect(page.locator("#where-text")).to_contain_text("63")
    page.locator("#service").select_option("ROAD-POTHOLE")
    plug.put_back()
    page.locator("form button[type=submit]").click()
    expect(page.locator(".outbox__row")).to_contain_text("Sendt: KSU-")
    assert len(reports(service, "Midt i skjemaet")) == 1


def test_a_draft_survives_a_closed_browser(page):
    keep_page(page)
    go_to_what(page)
    page.locator("#description").fill("Kladd som blir liggende")
    wait_until(lambda: page.evaluate(KEPT, "Kladd som blir liggende"))
    context = page.context
    page.close()
    again = context.new_page()
    again.goto("/meld")
    expect(again.locator(".offer")).to_contain_text("Kladd som blir liggende")
    has_no_faults(again)
    again.locator(".offer button").first.click()
    expect(again.locator("#description")).to_have_value("Kladd som blir liggende")


def test_what_is_not_taken_needs_the_person(page, plug, service):
    keep_page(page)
    plug.pull()
    page.goto("/meld")
    fill(page, "Utenfor kommunen")
    page.locator("#latitude").evaluate("e => e.closest('details').open = true")
    page.locator("#latitude").fill("59,9")
    page.locator("#longitude").fill("10,7")
    page.locator("form button[type=submit]").click()
    plug.put_back()
    page.goto("/meld")
    expect(page.locator(".strip")).to_contain_text("En melding trenger deg")
    page.locator(".strip a").click()
    page.locator(".outbox__row button").first.click()
    page.locator(".offer button").first.click()
    expect(page.locator("main")).to_contain_text("Stedet ligger")
    assert reports(service, "Utenfor kommunen") == []
