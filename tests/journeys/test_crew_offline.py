"""Crews without coverage: nothing is lost, each thing is done once, and the app says how it stands.

What is done is put in the app's own queue and seen on its own screens; the coverage goes at every step.
"""

import io
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import CHROMIUM, FLAGS, Service
from .plug import Plug, plugged
from .steps import PASSWORD, has_no_faults

pytestmark = pytest.mark.journey
CREW = "roads@example.org"

ACT = """async ([kind, number, data, photos]) => {
  const store = await import("/static/js/crew/store.js");
  const blobs = await Promise.all(photos.map(async ([shows, bytes]) => ({
    shows, blob: new Blob([Uint8Array.from(bytes)], { type: "image/jpeg" }),
  })));
  const kept = await store.addAction({ kind, job: number, data }, blobs);
  return kept.action.id;
}"""
"""What a screen does when somebody presses: put it in the queue. Nothing is sent by it."""
STATES = """async () => {
  const store = await import("/static/js/crew/store.js");
  return (await store.actions()).map(({ action, state }) => [action.kind, state]);
}"""


def jpeg(size: int = 60) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.fixture
def plug(service: Service) -> Iterator[Plug]:
    with plugged(urlsplit(service.url).port or 80) as made:
        yield made


def phone(browser: Browser, plug: Plug) -> BrowserContext:
    context = browser.new_context(**how(plug))
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    return context


def how(plug: Plug) -> dict[str, Any]:
    return {
        "base_url": f"http://127.0.0.1:{plug.port}",
        "viewport": {"width": 390, "height": 844},
        "locale": "nb-NO",
        "has_touch": True,
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page(browser: Browser, plug: Plug) -> Iterator[Page]:
    context = phone(browser, plug)
    yield context.new_page()
    context.close()


def sign_in(page: Page) -> None:
    page.goto("/logg-inn?til=/felt/")
    page.locator("#email").fill(CREW)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    is_up(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def is_up(page: Page) -> None:
    expect(page.locator("body[data-started]")).to_be_attached()


def job(service: Service, description: str) -> str:
    """A report with the road crew's department; its number."""
    body = {
        "service_code": "ROAD-POTHOLE",
        "position": {"type": "Point", "coordinates": [7.7279, 63.1104]},
        "description": description,
    }
    made = httpx.post(f"{service.url}/api/v1/service-requests", json=body)
    assert made.status_code == 201, made.text
    number = str(made.json()["number"])
    wait_until(lambda: asked(service, DEPARTMENT, number) == [("roads",)])
    return number


DEPARTMENT = (
    "SELECT d.code FROM service_request r JOIN department d ON d.id = r.department_id"
    " WHERE r.number = %s"
)
STATUS = "SELECT status FROM service_request WHERE number = %s"
HISTORY = (
    "SELECT h.kind, count(*) FROM history_entry h JOIN service_request r"
    " ON r.id = h.service_request_id WHERE r.number = %s AND h.account_id IS NOT NULL"
    " GROUP BY h.kind ORDER BY h.kind"
)
APPLIED = "SELECT outcome FROM crew_action WHERE id = %s::uuid"
PHOTOS = (
    "SELECT p.shows FROM service_request_photo p JOIN service_request r"
    " ON r.id = p.service_request_id WHERE r.number = %s ORDER BY p.shows"
)


def asked(service: Service, query: str, value: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query, [value]).fetchall()  # type: ignore[arg-type]


def wait_until(is_so: Callable[[], object], seconds: float = 30, page: Page | None = None) -> None:
    """With a page, what its routes catch is dealt with meanwhile."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        if page:
            page.wait_for_timeout(50)
        else:
            time.sleep(0.05)


def does(page: Page, kind: str, number: str | None, photos: int = 0, **data: object) -> str:
    """Put something in the queue; the id of the action."""
    blobs = [["fix", list(jpeg())]] * photos
    return str(page.evaluate(ACT, [kind, number, data, blobs]))


def states(page: Page) -> list[list[str]]:
    return page.evaluate(STATES)  # type: ignore[no-any-return]


def sends(page: Page) -> None:
    """Press «Send now» on the queue's screen until nothing waits."""
    page.goto("/felt/ko")
    is_up(page)
    page.locator("#send-now").click()
    wait_until(lambda: not [state for _, state in states(page) if state in {"saved", "sending"}])


def test_a_whole_day_without_coverage_is_sent_when_it_returns(
    page: Page, plug: Plug, service: Service
) -> None:
    number = job(service, "En dag i tunnelen")
    sign_in(page)
    expect(page.locator(f"[data-number='{number}']")).to_be_visible()
    plug.pull()
    page.goto("/felt/")
    is_up(page)
    expect(page.locator(f"[data-number='{number}']")).to_be_visible()
    page.goto(f"/felt/jobb/{number}")
    expect(page.locator("main")).to_contain_text("En dag i tunnelen")
    expect(page.locator("#strip")).to_contain_text("Ingen dekning")
    has_no_faults(page)
    ids = [
        does(page, "start", number),
        does(page, "note", number, message="Sperret av"),
        does(page, "material", number, message="40 kg asfalt"),
        does(page, "fixed", number, photos=1, led_to_improvement=True, message="Tettet"),
    ]
    expect(page.locator("#strip")).to_contain_text("4 ting er lagret her")
    page.goto("/felt/ko")
    expect(page.locator(".crew-queue > li")).to_have_count(4)
    expect(page.locator(".crew-queue > li").first).to_contain_text("Lagret her")
    has_no_faults(page)
    plug.put_back()
    sends(page)
    expect(page.locator("#strip")).to_contain_text("Alt er sendt")
    has_no_faults(page)
    assert [asked(service, APPLIED, one) for one in ids] == [[("done",)]] * 4
    assert asked(service, STATUS, number) == [("fixed",)]
    assert asked(service, PHOTOS, number) == [("fix",)]


def test_what_is_kept_survives_a_new_browser(
    browser: Browser, plug: Plug, service: Service, tmp_path: Any
) -> None:
    number = job(service, "Batteriet gikk tomt")

    def opened() -> BrowserContext:
        found = browser.browser_type.launch_persistent_context(
            tmp_path / "phone", executable_path=CHROMIUM, args=FLAGS, **how(plug)
        )
        found.set_default_timeout(30_000)
        return found

    first = opened()
    page = first.new_page()
    sign_in(page)
    plug.pull()
    page.goto(f"/felt/jobb/{number}")
    is_up(page)
    does(page, "start", number)
    does(page, "photo", number, photos=2)
    first.close()

    second = opened()
    page = second.new_page()
    page.goto("/felt/ko")
    expect(page.locator(".crew-queue > li")).to_have_count(2)
    assert states(page) == [["start", "saved"], ["photo", "saved"]]
    plug.put_back()
    sends(page)
    second.close()
    assert asked(service, STATUS, number) == [("in_progress",)]
    assert asked(service, PHOTOS, number) == [("fix",), ("fix",)]


def test_an_answer_that_is_lost_does_nothing_twice(
    page: Page, plug: Plug, service: Service
) -> None:
    number = job(service, "Svaret kom ikke fram")
    sign_in(page)
    plug.pull()
    page.goto(f"/felt/jobb/{number}")
    is_up(page)
    id_ = does(page, "note", number, message="Bare en gang")
    page.route("**/api/v1/crew/sync", lambda route: (plug.loses_answers.set(), route.continue_()))
    plug.put_back()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_until(lambda: plug.lost and asked(service, APPLIED, id_) == [("done",)], page=page)
    page.unroute("**/api/v1/crew/sync")
    wait_until(lambda: states(page) == [["note", "saved"]])
    page.goto("/felt/ko")
    is_up(page)
    plug.put_back()
    sends(page)
    assert states(page) == [["note", "sent"]]
    assert asked(service, HISTORY, number) == [("note", 1)]


def test_a_cut_in_the_middle_of_an_upload_loses_no_photo(
    page: Page, plug: Plug, service: Service
) -> None:
    number = job(service, "Midt i et bilde")
    sign_in(page)
    plug.pull()
    page.goto(f"/felt/jobb/{number}")
    is_up(page)
    does(page, "photo", number, photos=3)
    uploads = []

    def cut(route: Any) -> None:
        uploads.append(route.request.url)
        if len(uploads) == 2:
            plug.pull()
        route.continue_()

    page.route("**/api/v1/crew/photos/*", cut)
    plug.put_back()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_until(lambda: len(uploads) == 2, page=page)
    wait_until(lambda: states(page) == [["photo", "saved"]])
    assert asked(service, PHOTOS, number) == []
    page.unroute("**/api/v1/crew/photos/*")
    page.reload()
    is_up(page)
    plug.put_back()
    sends(page)
    assert asked(service, PHOTOS, number) == [("fix",)] * 3


def test_a_report_made_without_coverage_and_what_is_done_to_it(
    page: Page, plug: Plug, service: Service
) -> None:
    sign_in(page)
    plug.pull()
    page.goto("/felt/")
    is_up(page)
    made = does(
        page,
        "report",
        None,
        photos=1,
        service_code="ROAD-POTHOLE",
        position=[7.7279, 63.1104],
        description="Funnet på veien",
        is_acute=False,
    )
    page.goto(f"/felt/jobb/{made}")
    expect(page.locator("main")).to_contain_text("Funnet på veien")
    does(page, "note", made, message="Rett ved brua")
    page.reload()
    expect(page.locator("main")).to_contain_text("Rett ved brua")
    plug.put_back()
    sends(page)
    query = "SELECT number FROM service_request WHERE description = %s"
    [(number,)] = asked(service, query, "Funnet på veien")
    page.goto(f"/felt/jobb/{number}")
    expect(page.locator("main")).to_contain_text("Rett ved brua")


def test_two_phones_that_close_the_same_job_differently_are_told(
    browser: Browser, plug: Plug, service: Service
) -> None:
    number = job(service, "To lag ved samme hull")
    first, second = phone(browser, plug), phone(browser, plug)
    here, there = first.new_page(), second.new_page()
    sign_in(here)
    sign_in(there)
    plug.pull()
    for one in (here, there):
        one.goto(f"/felt/jobb/{number}")
        is_up(one)
    does(here, "fixed", number, led_to_improvement=True, message="Tettet")
    does(there, "no_action", number, message="Fant ikke hullet")
    plug.put_back()
    sends(here)
    sends(there)
    expect(there.locator("#strip")).to_contain_text("1 ting trenger deg")
    expect(there.locator("[data-state=needs_you]").first).to_be_visible()
    has_no_faults(there)
    there.locator("[id^=choose-]").click()
    expect(there.locator("#side-mine")).to_contain_text("Fant ikke hullet")
    expect(there.locator("#side-theirs")).to_contain_text("Tettet")
    has_no_faults(there)
    plug.pull()
    there.locator("#keep-mine").click()
    expect(there).to_have_url(re.compile("/felt/ko$"))
    there.reload()
    is_up(there)
    plug.put_back()
    sends(there)
    assert asked(service, STATUS, number) == [("no_action",)]
    first.close()
    second.close()


def test_signed_out_meanwhile_nothing_is_lost(page: Page, plug: Plug, service: Service) -> None:
    number = job(service, "Logget ut imens")
    sign_in(page)
    plug.pull()
    page.goto(f"/felt/jobb/{number}")
    is_up(page)
    does(page, "note", number, message="Før jeg ble logget ut")
    page.context.clear_cookies()
    plug.put_back()
    page.goto("/felt/ko")
    is_up(page)
    expect(page.locator("#strip")).to_contain_text("Du er logget ut")
    assert states(page) == [["note", "saved"]]
    has_no_faults(page)
    page.locator("#strip a").first.click()
    page.locator("#email").fill(CREW)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    is_up(page)
    wait_until(lambda: states(page) == [["note", "sent"]])
    assert asked(service, HISTORY, number) == [("note", 1)]


def test_a_device_that_was_ended_forgets_everything(
    page: Page, plug: Plug, service: Service
) -> None:
    number = job(service, "Telefonen er borte")
    sign_in(page)
    device = page.evaluate('import("/static/js/crew/device.js").then((m) => m.deviceId())')
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE device SET ended_at = now() WHERE id = %s", [device])
    plug.pull()
    page.goto("/felt/")
    expect(page.locator(f"[data-number='{number}']")).to_be_visible()
    does(page, "note", number, message="Skrevet av den som fant den")
    plug.put_back()
    page.goto("/felt/")
    expect(page.locator("main")).to_contain_text("Denne enheten er avsluttet")
    has_no_faults(page)
    kept = page.evaluate(
        """async () => {
          const store = await import("/static/js/crew/store.js");
          const pictures = (await caches.keys()).includes("felt-pictures");
          const all = await store.allActions();
          return [await store.snapshot(), await store.session(), all.length, pictures];
        }"""
    )
    assert kept == [None, None, 0, False]


def test_jobs_are_forgotten_when_the_service_is_silent_for_too_long(
    page: Page, plug: Plug, service: Service
) -> None:
    number = job(service, "Lenge uten dekning")
    sign_in(page)
    plug.pull()
    page.goto("/felt/")
    is_up(page)
    does(page, "note", number, message="Dette skal ikke glemmes")
    page.evaluate(
        """async () => {
          const { getMeta, putMeta } = await import("/static/js/crew/database.js");
          const { keep_hours } = await getMeta("session");
          await putMeta("contact", Date.now() - (keep_hours * 3600 + 60) * 1000);
        }"""
    )
    page.goto("/felt/")
    is_up(page)
    expect(page.locator(f"[data-number='{number}']")).to_have_count(0)
    assert states(page) == [["note", "saved"]]
    plug.put_back()
    sends(page)
    assert asked(service, HISTORY, number) == [("note", 1)]
    page.goto("/felt/")
    expect(page.locator(f"[data-number='{number}']")).to_be_visible()


def test_the_app_says_what_to_do_before_anyone_has_signed_in(page: Page) -> None:
    page.goto("/felt/")
    is_up(page)
    expect(page.locator("main")).to_contain_text("Logg inn for å se oppdragene dine")
    has_no_faults(page)
    page.locator("#sign-in").click()
    expect(page).to_have_url(re.compile(r"/logg-inn\?til=/felt/$"))
