"""Following a report to its end: on the open page and by the personal link, with and without scripts."""

import re
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from .steps import has_no_faults, sign_in

pytestmark = pytest.mark.journey
PLACE = {"type": "Point", "coordinates": [7.7279, 63.1104]}


@dataclass(frozen=True, kw_only=True)
class Made:
    number: str
    link: str


@pytest.fixture
def made(service):
    """A report about a hole with an address, and its personal link."""
    body = {
        "service_code": "ROAD-POTHOLE",
        "position": PLACE,
        "description": "Dypt hull ved gangfeltet",
        "contact": {"email": f"{uuid4().hex}@example.org"},
    }
    answer = httpx.post(f"{service.url}/api/v1/service-requests", json=body)
    found = answer.raise_for_status().json()
    return Made(number=found["number"], link=found["links"]["follow"])


@pytest.fixture
def comments(service):
    """Comments are shown at once, for the length of a test."""
    engine = create_engine(service.database_url)

    def become(openness):
        with engine.begin() as connection:
            connection.execute(text("UPDATE jurisdiction SET comments = :now"), {"now": openness})

    become("on")
    yield
    become("off")
    engine.dispose()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def open_verb(page, name):
    page.locator("summary", has_text=name).click()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_both_pages_of_a_report_have_no_faults(visit, made, comments, width):
    page = visit(width).page
    page.goto(f"/meldinger/{made.number}")
    page.wait_for_timeout(300)
    has_no_faults(page)
    page.locator("#comment").fill("Det er verre i regn")
    press(page, "Send kommentaren")
    expect(page.get_by_role("status").first).to_contain_text("Kommentaren din vises.")
    has_no_faults(page)
    page.get_by_role("link", name="Meld fra om innholdet").first.click()
    has_no_faults(page)
    press(page, "Meld fra")
    page.goto(made.link)
    page.wait_for_timeout(300)
    open_verb(page, "Legg til tekst eller bilder")
    has_no_faults(page)
    press(page, "Send")
    expect(page.locator("#errors")).to_be_focused()
    has_no_faults(page)
    page.get_by_role("link", name="Slett det du har lagt igjen").click()
    has_no_faults(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_me_too_to_not_fixed_and_erased(visit, made, scripts):
    neighbour = visit(390, scripts=scripts).page
    neighbour.goto(f"/meldinger/{made.number}")
    press(neighbour, "Jeg også")
    expect(neighbour.locator("#jeg-ogsa")).to_contain_text("Du har sagt «Jeg også».")
    expect(neighbour.locator("#jeg-ogsa")).to_contain_text("1 har det samme problemet.")
    press(neighbour, "Angre")
    expect(neighbour.get_by_role("button", name="Jeg også", exact=True)).to_be_visible()

    page = visit(390, scripts=scripts).page
    page.goto(made.link)
    open_verb(page, "Legg til tekst eller bilder")
    page.locator("#message-legg-til").fill("Hullet er blitt større")
    press(page, "Send")
    expect(page.locator(".message--mine")).to_contain_text("Hullet er blitt større")
    press(page, "Slå av varsler")
    expect(page.get_by_role("button", name="Slå på varsler")).to_be_visible()

    crew = visit().page
    sign_in(crew, "roads@example.org")
    expect(crew.locator("main")).to_contain_text("Nytt fra den som meldte")
    crew.goto(f"/oppdrag/{made.number}")
    expect(crew.locator("main")).to_contain_text("Hullet er blitt større")
    open_verb(crew, "Meld utført")
    crew.locator("#improved-yes").check()
    crew.locator("#verb-utfort button.btn-lg[type=submit]").click()
    expect(crew.get_by_role("status").first).to_be_visible()

    page.goto(made.link)
    page.locator("#score-1").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    press(page, "Send svaret")
    expect(page.locator("#score-5")).to_be_checked()
    if scripts:
        has_no_faults(page)
    open_verb(page, "Det er ikke rettet")
    page.locator("#message-ikke-rettet").fill("Asfalten har sunket igjen")
    press(page, "Åpne meldingen igjen")
    expect(page.locator(".status").first).to_contain_text("Vurderes")
    neighbour.goto(f"/meldinger/{made.number}")
    expect(neighbour.locator(".log")).to_contain_text("sier at det ikke er rettet")
    assert "Asfalten" not in neighbour.content()

    page.get_by_role("link", name="Slett det du har lagt igjen").click()
    press(page, "Slett nå")
    expect(page).to_have_url(re.compile("/m/"))
    assert "Dypt hull" not in page.content()
    expect(page.locator("main")).to_contain_text("Slettet etter ønske")


def test_on_paper_the_page_has_a_number_an_address_and_a_date(visit, made):
    page = visit().page
    page.goto(f"/meldinger/{made.number}")
    page.emulate_media(media="print")
    foot = page.locator(".print-only")
    expect(foot).to_be_visible()
    expect(foot).to_contain_text(f"/meldinger/{made.number}")
    expect(foot).to_contain_text("Skrevet ut")
    expect(page.locator(".bar--follow")).to_be_hidden()
    expect(page.locator(".voices form")).to_be_hidden()
