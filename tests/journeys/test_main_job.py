"""Report → route → close → counted, in a real browser, on phone and desktop, with and without scripts."""

import re
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .steps import (
    choose,
    has_no_faults,
    letters,
    next_step,
    number_on,
    report,
    sign_in,
    to_review,
    type_coordinates,
)

pytestmark = pytest.mark.journey
SCREENS = [
    pytest.param(390, True, id="phone"),
    pytest.param(1280, True, id="desktop"),
    pytest.param(390, False, id="phone without scripts"),
    pytest.param(1280, False, id="desktop without scripts"),
]


def counted(service, category):
    figures = httpx.get(f"{service.url}/api/v1/statistics/yearly").json()["figures"]
    last = max(figure["year"] for figure in figures)
    found = next(item for item in figures if item["year"] == last and item["category"] == category)
    return found["received"], found["led_to_improvement"]


@pytest.mark.parametrize(("width", "scripts"), SCREENS)
def test_a_fault_is_reported_routed_closed_and_counted(visit, service, width, scripts):
    before = counted(service, "road")
    resident = visit(width, scripts=scripts).page
    email = f"resident-{width}-{scripts}@example.org".lower()
    number = report(
        resident,
        group="road",
        service="ROAD-POTHOLE",
        text="Dypt hull midt i veien",
        email=email,
        scripts=scripts,
    )
    has_no_faults(resident) if scripts else None
    expect(resident.locator("main")).to_contain_text("Kommunalteknikk – vei")
    receipt = letters(service.mail, email, 1)[0]
    assert number in receipt["Subject"]
    assert "Dypt hull midt i veien" in receipt.get_body(("plain",)).get_content()
    assert counted(service, "road") == (before[0] + 1, before[1])

    crew = visit(390, scripts=scripts).page
    sign_in(crew, "roads@example.org")
    expect(crew.locator(f"[data-number={number}]")).to_be_visible()
    crew.locator(f"[data-number={number}] a").click()
    crew.get_by_role("button", name="Start oppdraget").click()
    expect(crew.locator(".status__word").first).to_have_text("Under arbeid")
    close_as_fixed(crew, "Vi har fylt hullet.")
    expect(crew.locator(".status__word").first).to_have_text("Utført")

    assert counted(service, "road") == (before[0] + 1, before[1] + 1)
    last = letters(service.mail, email, 3)[-1]
    assert "Utført" in last["Subject"]
    assert "Vi har fylt hullet." in last.get_body(("plain",)).get_content()
    link = re.search(r"http://\S+/m/\S+", last.get_body(("plain",)).get_content())
    resident.goto(link[0])
    expect(resident.locator("main")).to_contain_text("Vi har fylt hullet.")
    expect(resident.locator("main")).to_contain_text("Dypt hull midt i veien")


def close_as_fixed(page, message):
    page.locator("#verb-utfort > summary").click()
    form = page.locator("#verb-utfort form")
    form.locator("input[value=yes]").check()
    form.locator("textarea").fill(message)
    form.locator("button[type=submit]").click()


def test_closing_without_an_answer_about_improvement_is_refused_on_the_page(visit, service):
    number = report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    crew = visit(390).page
    sign_in(crew, "roads@example.org")
    crew.goto(f"/oppdrag/{number}")
    crew.locator("#verb-utfort > summary").click()
    crew.locator("#verb-utfort form button[type=submit]").click()
    expect(crew.locator("#errors")).to_contain_text("forbedring")
    expect(crew.locator("#errors")).to_be_focused()
    has_no_faults(crew)


def test_two_crews_on_one_job_meet_a_clear_conflict(visit, service):
    number = report(visit().page, group="street_light", service="LIGHT-DARK", text="Mørkt")
    first, second = visit(390).page, visit(390).page
    for crew in (first, second):
        sign_in(crew, "street_lights@example.org")
        crew.goto(f"/oppdrag/{number}")
    first.get_by_role("button", name="Start oppdraget").click()
    close_as_fixed(second, "Byttet lampe")
    expect(second.locator("h1")).to_have_text("Noen var her før deg")
    expect(second.locator("main")).to_contain_text("Byttet lampe")
    has_no_faults(second)
    second.get_by_role("link", name="Åpne meldingen slik den er nå").click()
    expect(second.locator(".status__word").first).to_have_text("Under arbeid")


def test_pressing_send_twice_makes_one_report(visit, service):
    page = visit().page
    page.goto("/meld")
    type_coordinates(page)
    next_step(page)
    choose(page, "water", "WATER-LEAK", scripts=True)
    page.locator("#description").fill("Vann i gata, trykket to ganger")
    to_review(page)
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    page.locator(".bar--form button").dblclick()
    number = number_on(page)
    found = httpx.get(
        f"{service.url}/api/v1/service-requests", params={"service": "WATER-LEAK"}
    ).json()
    assert [feature["id"] for feature in found["features"]] == [number]


def test_going_back_loses_nothing(visit, service):
    page = visit(390).page
    page.goto("/meld")
    type_coordinates(page)
    next_step(page)
    choose(page, "waste", "WASTE-DUMPED", scripts=True)
    page.locator("#description").fill("En sofa i skogen")
    next_step(page)
    page.locator("button.back:visible, button.bar__back:visible").first.click()
    expect(page.locator("#description")).to_have_value("En sofa i skogen")
    expect(page.locator("input[value=WASTE-DUMPED]")).to_be_checked()
    page.locator("button.back:visible, button.bar__back:visible").first.click()
    expect(page.locator("#latitude")).to_have_value(re.compile("63[.,]1104"))


def test_enter_in_a_field_goes_forward(visit, service):
    page = visit().page
    page.goto("/meld")
    type_coordinates(page)
    next_step(page)
    choose(page, "waste", "WASTE-DUMPED", scripts=True)
    page.locator("#description").fill("En sofa")
    page.locator("#email").press("Enter")
    expect(page.locator("h1")).to_have_text("Se over og send inn")


def test_outside_the_boundary_is_told_and_no_report_is_taken(visit, service):
    page = visit(390).page
    page.goto("/meld")
    type_coordinates(page, "59,91", "10,75")
    next_step(page)
    expect(page.locator("[role=alert]")).to_contain_text("utenfor kommunen")
    has_no_faults(page)


class Finger:
    """Taps and counts them; what is typed into a field that was tapped costs no tap."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.started = page, 0, time.monotonic()

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.tap()
        self.taps += 1

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def test_the_fastest_full_report_is_a_dark_lamp_with_a_photo_on_a_phone(visit, tmp_path: Path):
    page = visit(390).page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 63.1104, "longitude": 7.7279})
    picture = tmp_path / "lamp.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(picture, "JPEG")
    page.goto("/")
    finger = Finger(page)
    finger.tap(".bar a[href='/meld']")
    expect(page.locator("[data-module=where][data-started]")).to_be_attached()
    finger.tap("#locate")
    expect(page.locator("#latitude")).to_have_value(re.compile("63[.,]11"))
    finger.tap(".bar--form button[type=submit]:not([formaction])")
    expect(page.locator("#what-form[data-started]")).to_be_attached()
    finger.tap(".card:has(input[value=street_light])")
    finger.tap("label:has(> input[value=LIGHT-DARK])")
    finger.tap("#description")
    page.keyboard.type("Lykta utenfor porten er mørk")
    with page.expect_file_chooser() as chooser:
        finger.tap(".photos__input")
    chooser.value.set_files(picture)
    expect(page.locator(".photos__item")).to_have_count(1)
    finger.tap(".bar--form .btn-lg")
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    expect(page.locator(".thumbs img")).to_have_count(1)
    finger.tap(".bar--form .btn-lg")
    number = number_on(page)
    told = f"{number}: {finger.taps} taps, {finger.seconds:.1f} s by a machine's hand"
    print(told)
    assert finger.taps <= 9, told
    assert finger.seconds < 60, told


def test_who_reports_is_remembered_on_the_device_only_when_wanted(visit, service):
    page = visit(390).page

    def second_step() -> None:
        page.goto("/meld?latitude=63.1104&longitude=7.7279")
        next_step(page)
        expect(page.locator("h1")).to_have_text("Hva er galt?")

    second_step()
    choose(page, "waste", "WASTE-OTHER", scripts=True)
    page.locator("#description").fill("En dunk")
    page.locator("#email").fill("remembered@example.org")
    page.locator("#remember").check()
    to_review(page)
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    second_step()
    expect(page.locator("#email")).to_have_value("remembered@example.org")
    has_no_faults(page)
    page.get_by_role("button", name="Glem meg her").click()
    expect(page.locator("#email")).to_have_value("")
    second_step()
    expect(page.locator("#email")).to_have_value("")


def test_a_fault_that_is_reported_already_is_followed_instead(visit, service):
    number = report(visit().page, group="road", service="ROAD-SIGN", text="Skilt")
    page = visit(390).page
    page.goto("/meld?latitude=63.1104&longitude=7.7279")
    next_step(page)
    page.locator("#service-search").fill("trafikkskilt")
    page.locator("#service-matches button").first.click()
    expect(page.locator("#near")).to_contain_text("Meldt før?")
    has_no_faults(page)
    page.get_by_role("button", name="Ja, følg denne").first.click()
    expect(page).to_have_url(re.compile(f"/meldinger/{number}"))


def test_the_words_of_the_description_suggest_a_kind(visit, service):
    page = visit(390).page
    page.goto("/meld?latitude=63.1104&longitude=7.7279")
    next_step(page)
    page.locator("#description").fill("Det lukter kloakk ved bekken")
    suggested = page.locator("#suggested button", has_text="Kloakklukt")
    suggested.click()
    expect(page.locator("input[value=SEWAGE-SMELL]")).to_be_checked()
