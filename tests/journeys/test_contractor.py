"""A firm without an account: staff give out a link for one job, and the firm works on it from a small phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.photos.samples import jpeg

from .crews import add_foreman, reported
from .steps import fits, has_no_faults, has_started, sign_in

pytestmark = pytest.mark.journey
FOREMAN = "foreman-of-firms@example.org"
FIRM = "Lys og Ledning"


@pytest.fixture(scope="module")
def foreman(service, tmp_path_factory) -> str:
    folder: Path = tmp_path_factory.mktemp("foreman-of-firms")
    add_foreman(service.database_url, folder, FOREMAN)
    return FOREMAN


@pytest.fixture
def photo(tmp_path) -> Iterator[Path]:
    file = tmp_path / "fixed.jpg"
    file.write_bytes(jpeg(1))
    return file


def opens(page: Page, selector: str) -> None:
    """Unfold a part of the page, unless it is open."""
    has_started(page)
    part = page.locator(selector)
    if part.get_attribute("open") is None:
        part.locator("> summary").click()


def link_for(page: Page, number: str, firm: str) -> str:
    """Staff make a link on the job's page; its address."""
    page.goto(f"/oppdrag/{number}")
    opens(page, "#lenker")
    page.locator("#label").fill(firm)
    page.locator("form[action$='/lenker'] button[type=submit]").click()
    expect(page.locator(".crew-flash")).to_contain_text("Lenken er laget")
    link = page.locator(".job-links input").first.input_value()
    assert "/arbeid/" in link
    return link


def verb(page: Page, step: str) -> str:
    return f"details.verb:has(form[action$='/{step}'])"


def sends(page: Page, step: str, told: str) -> None:
    page.locator(f"{verb(page, step)} button[type=submit]").click()
    expect(page.locator(".crew-flash")).to_contain_text(told)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_link_to_the_open_page(visit, service, foreman, photo, scripts) -> None:
    is_fine = has_no_faults if scripts else fits
    number = reported(service.url, "Lampen er mørk")
    desk = visit(1280, scripts=scripts).page
    sign_in(desk, foreman)
    link = link_for(desk, number, FIRM)

    firm = visit(360, scripts=scripts).page
    firm.goto(link)
    expect(firm.locator(".crew-top")).to_contain_text(f"Til {FIRM}")
    expect(firm.locator("main")).to_contain_text("Lampen er mørk")
    is_fine(firm)
    firm.locator(".bar button").click()
    expect(firm.locator(".crew-flash")).to_contain_text("Du har startet")

    opens(firm, verb(firm, "merknad"))
    firm.locator("#message-merknad").fill("Trenger strømmen av i kretsen")
    sends(firm, "merknad", "Kommunen har fått kommentaren din")

    opens(firm, verb(firm, "bilde"))
    attach(firm, "#photo-bilde", photo, scripts=scripts)
    sends(firm, "bilde", "Bildene er sendt")

    opens(firm, "#verb-utfort")
    firm.locator("#verb-utfort button[type=submit]").click()
    expect(firm.locator("#improved-error")).to_be_visible()
    is_fine(firm)
    firm.locator("#improved-yes").check()
    firm.locator("#message-utfort").fill("Pæren er skiftet")
    attach(firm, "#photo-utfort", photo, scripts=scripts)
    sends(firm, "utfort", "Oppdraget er meldt utført")
    expect(firm.locator("main")).to_contain_text("Oppdraget er lukket")
    is_fine(firm)

    desk.goto(f"/oppdrag/{number}")
    expect(desk.locator("main")).to_contain_text("Trenger strømmen av i kretsen")
    expect(desk.locator("main")).to_contain_text(FIRM)
    expect(desk.locator("#bilder img")).to_have_count(2)

    anyone = visit(390, scripts=scripts).page
    anyone.goto(f"/meldinger/{number}")
    expect(anyone.locator("main")).to_contain_text("Pæren er skiftet")
    expect(anyone.locator("main")).to_contain_text("Utført")
    expect(anyone.locator("main")).not_to_contain_text("Trenger strømmen")
    expect(anyone.locator("main")).not_to_contain_text(FIRM)


def attach(page: Page, field: str, photo: Path, *, scripts: bool) -> None:
    """Choose a photo; with scripts it is stored before the form is sent."""
    page.locator(field).set_input_files(photo)
    if scripts:
        part = page.locator(f".photos:has({field})")
        expect(part.locator("[data-state=stored]")).to_have_count(1)


def test_a_link_that_was_ended_says_so(visit, service, foreman) -> None:
    number = reported(service.url, "Gis til et annet firma")
    desk, firm = visit(390).page, visit(360).page
    sign_in(desk, foreman)
    link = link_for(desk, number, "Asfalt og Grus")
    has_no_faults(desk)
    firm.goto(link)
    opens(firm, verb(firm, "merknad"))
    firm.locator("#message-merknad").fill("Skrevet for sent")
    desk.reload()
    opens(desk, "#lenker")
    desk.locator("form[action$='/avslutt'] button").click()
    expect(desk.locator(".crew-flash")).to_contain_text("er avsluttet")
    firm.locator(f"{verb(firm, 'merknad')} button[type=submit]").click()
    expect(firm.locator("main")).to_contain_text("Kommunen har avsluttet denne lenken")
    has_no_faults(firm)
    answer = firm.goto(link)
    assert answer is not None
    assert answer.status == 410
    expect(firm.locator("main")).to_contain_text("Kommunen har avsluttet denne lenken")
