"""The field app's screens: a crew works through jobs with one hand, and sees what is kept until it is sent."""

import io
import re
import time
from collections.abc import Callable

import httpx
import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .looks import State
from .steps import PASSWORD, has_no_faults

pytestmark = pytest.mark.journey
AT = {"latitude": 63.1104, "longitude": 7.7279}
STATES = {
    "320, nynorsk": State(width=320, language="nn"),
    "360, dark": State(width=360, is_dark=True),
    "390, English": State(width=390, language="en"),
    "390, forced colours": State(width=390, is_forced=True),
}
SCREENS = ["", "kart", "ny", "mer", "jobb/{number}", "jobb/{number}/ferdig"]


def made(service, text: str, *, east: float = 0.0) -> str:
    report = {
        "service_code": "ROAD-POTHOLE",
        "position": {"type": "Point", "coordinates": [7.7279 + east, 63.1104]},
        "description": text,
    }
    answer = httpx.post(f"{service.url}/api/v1/service-requests", json=report)
    return str(answer.raise_for_status().json()["number"])


def jpeg(colour: str = "grey") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "JPEG")
    return file.getvalue()


def photo(colour: str = "grey") -> dict:
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(colour)}


@pytest.fixture
def crew(browser, service):
    """Open the app, signed in: crew(State(...))."""
    contexts, complaints = [], []

    def opened(state: State, *, has_position: bool = True) -> Page:
        context = browser.new_context(
            base_url=service.url,
            viewport={"width": state.width, "height": 844},
            locale={"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}[state.language],
            has_touch=True,
            geolocation=AT,
            permissions=["geolocation"] if has_position else [],
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        state.prepare(page)
        page.goto("/logg-inn")
        page.locator("#email").fill("roads@example.org")
        page.locator("#password").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda address: "logg-inn" not in address)
        page.goto("/felt/")
        expect(page.locator(".app-job").first).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def opens(page: Page, number: str) -> None:
    page.goto(f"/felt/jobb/{number}")
    expect(page.locator("#title")).to_have_text(number)


def saves(page: Page) -> None:
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator(".app-sheet")).to_have_count(0)


def ask(service, query: str, *values: object) -> list[tuple]:
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query, values).fetchall()


def wait_until(is_so: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def status_of(service, number: str) -> str:
    return str(ask(service, "SELECT status FROM service_request WHERE number = %s", number)[0][0])


def test_the_nearest_first_only_after_a_yes(crew, service) -> None:
    far = made(service, "Langt unna", east=0.02)
    near = made(service, "Nær")
    page = crew(State(width=390))
    expect(page.locator(".app-job__distance").first).to_have_text("")
    page.locator("#order-nearest").click()
    expect(page.locator(".app-sheet")).to_contain_text("blir på telefonen")
    page.locator(".app-sheet .app-big").click()
    expect(page.locator(f"[data-number='{far}'] .app-job__distance")).to_have_text("1,0\u00a0km")
    order = page.locator(".app-job").evaluate_all("rows => rows.map(row => row.dataset.number)")
    assert order.index(near) < order.index(far)
    page.locator("#order-deadline").click()
    expect(page.locator("#order-deadline")).to_have_attribute("aria-pressed", "true")


def test_the_filter_says_how_many_are_left(crew, service) -> None:
    made(service, "Til filteret")
    page = crew(State(width=390), has_position=False)
    page.locator("#filter").click()
    page.locator(".app-tick", has_text="Farlig").locator("input").check()
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator(".app-list__count")).to_have_text(re.compile(r"^0 av \d+ oppdrag vises"))
    expect(page.locator("#filter")).to_be_focused()
    page.locator("#filter").click()
    page.locator(".app-sheet__end .app-quiet").click()
    expect(page.locator(".app-job").first).to_be_visible()


def test_from_start_to_fixed_with_photos_before_and_after(crew, service) -> None:
    number = made(service, "Dypt hull midt i veien")
    page = crew(State(width=390))
    opens(page, number)
    way = page.locator("#way").get_attribute("href") or ""
    assert way.startswith("geo:63.1104")
    page.locator("#primary").click()
    expect(page.locator(".app-body .status")).to_have_text("Under arbeid")
    expect(page.locator("#said")).to_contain_text("Lagret på enheten")

    page.locator("#material").click()
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator("#words-error")).to_contain_text("2 sekker kaldasfalt")
    expect(page.locator("#words")).to_be_focused()
    page.locator("#words").fill("1 sekk kaldasfalt")
    saves(page)
    expect(page.locator("#material")).to_be_focused()

    page.locator("#primary").click()
    expect(page).to_have_url(re.compile(r"/ferdig$"))
    page.locator(".app-sheet input[type=file]").first.set_input_files(photo("black"))
    expect(page.locator("figcaption", has_text="Før, tatt nå")).to_be_visible()
    page.locator(".app-sheet input[type=file]").first.set_input_files(photo("white"))
    expect(page.locator("figcaption", has_text="Etter, tatt nå")).to_be_visible()
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator("#improved-error")).to_be_visible()
    page.locator("input[name=improved][value=yes]").check()
    has_no_faults(page)
    saves(page)
    expect(page.locator(".app-body .status")).to_have_text("Utført")
    wait_until(lambda: status_of(service, number) == "fixed")
    shows = ask(
        service,
        "SELECT p.shows FROM service_request_photo p JOIN service_request r"
        " ON r.id = p.service_request_id WHERE r.number = %s ORDER BY p.shows",
        number,
    )
    assert [row[0] for row in shows] == ["fault", "fix"]


def test_the_sheet_for_fixed_closes_without_a_trace(crew, service) -> None:
    number = made(service, "Angrer")
    page = crew(State(width=390))
    page.goto(f"/felt/jobb/{number}/ferdig")
    expect(page.locator(".app-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(rf"/felt/jobb/{number}$"))
    expect(page.locator(".app-kept")).to_have_count(0)
    assert status_of(service, number) == "assigned"


def test_the_other_endings_ask_for_what_they_need(crew, service) -> None:
    original, number = made(service, "Den første"), made(service, "Den andre")
    page = crew(State(width=390))
    opens(page, number)
    page.locator("#endings").click()
    page.locator("[data-ending=duplicate]").click()
    page.locator("#number").fill("Storgata")
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator("#number-error")).to_contain_text("ikke nummeret på en melding")
    page.locator("#number").fill(str(int(number.rsplit("-", 1)[1])))
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator("#number-error")).to_contain_text("den samme meldingen")
    page.locator("#number").fill(str(int(original.rsplit("-", 1)[1])))
    saves(page)
    wait_until(lambda: status_of(service, number) == "duplicate")

    later = made(service, "Trenger lift")
    opens(page, later)
    page.locator("#endings").click()
    page.locator("[data-ending=return]").click()
    page.locator(".app-sheet__end .app-big").click()
    expect(page.locator("#words-error")).to_be_visible()
    page.locator("#words").fill("Trenger lift")
    saves(page)
    wait_until(lambda: status_of(service, later) == "assessing")


def test_a_new_report_is_made_where_one_stands(crew, service) -> None:
    page = crew(State(width=360))
    page.locator("#new-report").click()
    page.locator("#primary").click()
    expect(page.locator("#position-error")).to_be_visible()
    page.locator("#locate").click()
    expect(page.locator(".app-part [role=status]").first).to_contain_text("63,11040")
    page.locator("#primary").click()
    expect(page.locator("#service-error")).to_be_visible()
    page.locator("#service").fill("hull")
    page.locator("#found button").first.click()
    page.locator("#description").fill("Nytt hull ved kaia, sett fra bilen")
    page.locator(".app-page input[type=file]").set_input_files(photo())
    page.locator("#danger").check()
    page.locator("#primary").click()
    expect(page).to_have_url(re.compile(r"/felt/jobb/"))
    query = "SELECT is_acute, ST_X(ST_Transform(position, 4326)) FROM service_request"
    text = "Nytt hull ved kaia, sett fra bilen"
    wait_until(lambda: ask(service, f"{query} WHERE description = %s", text))
    [(is_acute, longitude)] = ask(service, f"{query} WHERE description = %s", text)
    assert is_acute
    assert longitude == pytest.approx(7.7279, abs=1e-4)


def test_signing_out_warns_of_what_is_not_sent(crew, service) -> None:
    number = made(service, "Uten dekning")
    page = crew(State(width=390))
    opens(page, number)
    page.context.set_offline(True)
    page.locator("#note").click()
    page.locator("#words").fill("Ligger bare her")
    saves(page)
    expect(page.locator(".app-kept")).to_contain_text("Ligger bare her")
    page.context.set_offline(False)
    page.route("**/api/v1/crew/**", lambda route: route.abort())
    page.goto("/felt/mer")
    page.locator("#sign-out").click()
    expect(page.locator(".app-sheet")).to_contain_text("1 ting er bare på denne telefonen")
    page.locator("#sign-out-now").click()
    expect(page.locator(".app-sheet [role=alert]")).to_contain_text("uten dekning")


@pytest.mark.parametrize("name", STATES)
def test_every_screen_is_for_everyone(crew, service, name: str) -> None:
    number = made(service, "Et langt ord: vedlikeholdsavdelingslederoverføringspapirer")
    state = STATES[name]
    page = crew(state)
    for screen in SCREENS:
        page.goto(f"/felt/{screen.format(number=number)}")
        expect(page.locator("#innhold[data-screen]")).to_be_attached()
        state.settle(page)
        has_no_faults(page)


def test_what_is_pressed_is_large_enough_for_gloves(crew, service) -> None:
    number = made(service, "For hansker")
    page = crew(State(width=320))
    for screen in SCREENS:
        page.goto(f"/felt/{screen.format(number=number)}")
        expect(page.locator("#innhold[data-screen]")).to_be_attached()
        small = page.locator(
            "#innhold :is(button, a[href]):not(.leaflet-container *), dialog button"
        ).evaluate_all(
            "all => all.filter(one => one.checkVisibility()"
            " && one.getBoundingClientRect().height < 48).map(one => one.outerHTML.slice(0, 90))"
        )
        assert small == [], screen


def test_the_phone_forgets_everything_when_asked_twice(crew, service) -> None:
    number = made(service, "Glemmes")
    page = crew(State(width=360))
    opens(page, number)
    page.route("**/api/v1/crew/sync", lambda route: route.abort())
    page.locator("#note").click()
    page.locator("#words").fill("Aldri sendt")
    saves(page)
    page.goto("/felt/mer")
    expect(page.locator("[data-part=devices]")).to_contain_text("Etter 3 døgn uten kontakt")
    expect(page.locator("a[href='/konto/enheter']")).to_be_visible()
    expect(page.locator("a[href='/oppdrag/enheter']")).to_have_count(0)
    page.locator("#forget").click()
    expect(page.locator(".app-sheet")).to_contain_text("1 ting er bare på denne telefonen")
    has_no_faults(page)
    page.locator(".app-sheet .app-big").first.click()
    expect(page.locator("#forget")).to_be_focused()
    page.locator("#forget").click()
    page.locator("#forget-now").click()
    expect(page).to_have_url(re.compile("/logg-inn"))
    kept = page.evaluate(
        """async () => {
          const { database } = await import("/static/js/crew/database.js");
          const open = await database();
          return (await Promise.all(["actions", "photos", "meta"].map((name) => open.count(name))));
        }"""
    )
    assert kept == [0, 0, 0]
    page.goto("/felt/")
    expect(page.locator("#sign-in")).to_be_visible()
    assert page.request.get("/oppdrag", max_redirects=0).status == 303


def test_the_phone_forgets_without_coverage_and_says_that_nobody_is_signed_out(crew) -> None:
    page = crew(State(width=390))
    page.goto("/felt/mer")
    expect(page.locator("#forget")).to_be_visible()
    page.route("**/api/v1/crew/**", lambda route: route.abort())
    page.locator("#forget").click()
    page.locator("#forget-now").click()
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("kunne du ikke logges ut")
    expect(page.locator(".app-job")).to_have_count(0)
