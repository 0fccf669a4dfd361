"""Alerts about danger on a phone: switched on, brought by a push service, shown, pressed, switched off.

The push service is ours, and stands in for the browser's own; the message goes on to the browser as it came.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from ..notifications.push_service import Browser, PushService, push_service
from .conftest import Service
from .steps import PASSWORD, has_no_faults

pytestmark = pytest.mark.journey
CREW = "roads@example.org"
STAND_IN = """([told, isAway]) => {
  let kept = null;
  const made = (options) => ({
    options, toJSON: () => told, unsubscribe: async () => { kept = null; return true; },
  });
  PushManager.prototype.getSubscription = async () => kept;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (isAway) throw new DOMException("push service error", "AbortError");
    window.subscribedWith = applicationServerKey;
    const bytes = Uint8Array.from(
      atob(applicationServerKey.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return (kept = made({ applicationServerKey: bytes.buffer }));
  };
}"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/felt/");
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
}"""
PRESS = """async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


@pytest.fixture
def pushes() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def context(browser: Chromium, service: Service) -> Iterator[BrowserContext]:
    made = browser.new_context(
        base_url=service.url,
        viewport={"width": 390, "height": 844},
        locale="nb-NO",
        has_touch=True,
        reduced_motion="reduce",
    )
    made.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    yield made
    made.close()


def opened(context: BrowserContext, phone: Browser, *, is_away: bool = False) -> Page:
    """The app's page «More», signed in, with our push service in place of the browser's."""
    context.add_init_script(f"({STAND_IN})({json.dumps([phone.subscription, is_away])})")
    page = context.new_page()
    page.goto("/logg-inn?til=/felt/mer")
    page.locator("#email").fill(CREW)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("body[data-started]")).to_be_attached()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
    page.goto("/felt/mer")
    expect(page.locator("#alerts")).to_be_enabled()
    return page


def wait_until(done: Callable[[], Any], seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := done():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")


def report(service: Service) -> str:
    """A resident reports a hole that is dangerous now; its number."""
    body = {
        "service_code": "ROAD-POTHOLE",
        "position": {"type": "Point", "coordinates": [7.7279, 63.1104]},
        "description": "Ring Kari om hullet",
        "is_acute": True,
    }
    answer = httpx.post(f"{service.url}/api/v1/service-requests", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def deliver(context: BrowserContext, page: Page, service: Service, content: str) -> None:
    """Hand a message to the browser, as its push service does."""
    line = context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda it: found.extend(it["registrations"]))
    line.send("ServiceWorker.enable")
    wait_until(lambda: page.evaluate("1") and found)
    key = next(it["registrationId"] for it in found if it["scopeURL"].endswith("/felt/"))
    line.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": service.url, "registrationId": key, "data": content},
    )


def test_danger_comes_to_the_phone_and_leads_to_the_job(
    context: BrowserContext, service: Service, pushes: PushService
) -> None:
    context.grant_permissions(["notifications"], origin=service.url)
    phone = pushes.browser()
    page = opened(context, phone)
    state = page.locator("#alerts-state")
    expect(state).to_have_text("Varslene er av.")
    expect(page.locator("#alerts-here")).to_be_hidden()
    page.locator("#alerts").focus()
    page.keyboard.press("Space")
    expect(state).to_have_text("Varslene er på. De kommer til denne telefonen.")
    expect(page.locator("#alerts-here")).to_be_checked()
    has_no_faults(page)

    number = report(service)
    wait_until(lambda: pushes.taken)
    told = phone.read(pushes.taken[0][2])
    assert told["number"] == number
    assert "Kari" not in str(told)
    deliver(context, page, service, json.dumps(told))
    (shown,) = wait_until(lambda: page.evaluate(SHOWN))
    assert shown["title"] == "Fare: Hull i veien"
    assert number in shown["body"]
    assert shown["tag"] == number
    deliver(context, page, service, json.dumps(told))
    time.sleep(1)
    assert len(page.evaluate(SHOWN)) == 1

    (worker,) = context.service_workers
    worker.evaluate(PRESS)
    expect(page).to_have_url(f"{service.url}/felt/jobb/{number}")
    wait_until(lambda: page.evaluate(SHOWN) == [])

    page.goto("/felt/mer")
    expect(page.locator("#alerts")).to_be_checked()
    page.locator("#alerts").uncheck()
    expect(state).to_have_text("Varslene er av.")
    report(service)
    time.sleep(3)
    assert len(pushes.taken) == 1


def test_what_cannot_be_read_is_shown_in_plain_words(
    context: BrowserContext, service: Service, pushes: PushService
) -> None:
    context.grant_permissions(["notifications"], origin=service.url)
    page = opened(context, pushes.browser())
    deliver(context, page, service, "no JSON")
    (shown,) = wait_until(lambda: page.evaluate(SHOWN))
    assert shown["title"] in {"Det er meldt om fare", "Danger is reported"}
    assert shown["data"] == "/felt/"


def test_a_phone_that_says_no_is_told_by_mail(
    context: BrowserContext, service: Service, pushes: PushService
) -> None:
    page = opened(context, pushes.browser())
    page.evaluate("Notification.requestPermission = async () => 'denied'")
    page.locator("#alerts").check()
    state = page.locator("#alerts-state")
    expect(state).to_contain_text("Varsler er blokkert for denne appen.")
    expect(state).to_contain_text(f"De kommer på e-post til {CREW}.")
    expect(page.locator("#alerts-mail")).to_be_checked()
    has_no_faults(page)
    number = report(service)
    letter = wait_until(
        lambda: next(
            (it for it in service.mail.glob("alert.*.eml") if number in it.read_text()), None
        )
    )
    assert CREW in letter.read_text()
    page.locator("#alerts").uncheck()
    expect(state).to_contain_text("Varslene er av.")


def test_a_push_service_that_is_away_leaves_mail(
    context: BrowserContext, service: Service, pushes: PushService
) -> None:
    context.grant_permissions(["notifications"], origin=service.url)
    page = opened(context, pushes.browser(), is_away=True)
    page.locator("#alerts").check()
    expect(page.locator("#alerts-state")).to_contain_text("svarte ikke")
    expect(page.locator("#alerts-mail")).to_be_checked()
    page.locator("#alerts").uncheck()
    expect(page.locator("#alerts-state")).to_contain_text("Varslene er av.")
