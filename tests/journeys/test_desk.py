"""A day at the desk in a browser: triage by keys, answers, merging, two people at one report, many at once."""

import re
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from app.accounts.queries import by_email
from app.database import session

from .crews import add_foreman, inside
from .steps import PASSWORD, fits, has_no_faults, has_started, letters

pytestmark = pytest.mark.journey
ONE, TWO = "desk-one@example.org", "desk-two@example.org"


@pytest.fixture
def people(service, tmp_path):
    """Two case handlers of the roads."""
    for email in (ONE, TWO):
        with inside(service.database_url, tmp_path):
            known = by_email(email) is not None
            session().rollback()
        if not known:
            add_foreman(service.database_url, tmp_path, email)


def reported(service, word, *, east=0.0, email=None):
    """The number of a report with a word of its own, at a place where no other journey reports."""
    report = {
        "service_code": "ROAD-POTHOLE",
        "position": {"type": "Point", "coordinates": [7.7461 + east, 63.1147]},
        "description": f"Stort hull {word}",
    }
    if email:
        report["contact"] = {"email": email}
    answer = httpx.post(f"{service.url}/api/v1/service-requests", json=report)
    return answer.raise_for_status().json()["number"]


def come_in(visitor, email, to):
    page = visitor.page
    page.goto("/logg-inn?til=/innboks/samlet")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(to)
    has_started(page)
    visitor.complaints[:] = [said for said in visitor.complaints if "405" not in said]
    return page


def test_triage_by_keys_and_an_answer_with_its_preview(visit, service, people):
    word, address = f"krater{uuid4().hex[:6]}", f"{uuid4().hex}@example.org"
    first = reported(service, word, email=address)
    reported(service, word, east=0.002)
    visitor = visit(1440)
    page = come_in(visitor, ONE, f"/innboks?ko=apne&sok={word}")
    expect(page.locator(".desk-row")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(f"[data-number={first}] a")).to_be_focused()
    page.keyboard.press("Enter")
    pane = page.locator("#desk-case article")
    expect(pane.locator(".case__title")).to_contain_text("Hull")
    expect(page).to_have_url(re.compile(f"#{first}$"))
    has_no_faults(page)
    page.locator("#desk-case").focus()
    page.keyboard.press("m")
    expect(page.locator(f"[data-number={first}]")).to_contain_text(ONE)
    expect(pane.locator(".case__why")).to_contain_text(ONE)
    page.locator("#desk-case").focus()
    page.keyboard.press("s")
    expect(page.locator("#message-svar")).to_be_focused()
    pane.get_by_role("link", name="Standardsvar").click()
    pane.get_by_role("searchbox").fill("i gang ved")
    pane.get_by_role("button", name="I gang").click()
    expect(page.locator("#message-svar")).to_have_value(re.compile("Vi er i gang"))
    page.locator("#message-svar").fill("Vi er i gang ved broen.")
    pane.get_by_role("button", name="Forhåndsvis").click()
    expect(pane.locator(".preview__letter")).to_contain_text("Vi er i gang ved broen.")
    has_no_faults(page)
    before = len(letters(service.mail, address, 1))
    pane.get_by_role("button", name="Send svaret").click()
    expect(page.locator(".crew-flash")).to_contain_text("Svaret er sendt.")
    letter = letters(service.mail, address, before + 1)[-1]
    assert "Vi er i gang ved broen." in letter.get_body(("plain",)).get_content()


def test_what_is_half_written_stays_until_it_is_sent(visit, service, people):
    number = reported(service, "utkast", east=0.004)
    page = come_in(visit(1440), ONE, f"/innboks/{number}")
    page.locator("#message-svar").fill("Halvferdig")
    page.reload()
    has_started(page)
    expect(page.locator("#message-svar")).to_have_value("Halvferdig")
    page.locator("#message-svar").press("Control+Enter")
    expect(page.locator(".crew-flash")).to_contain_text("Svaret er sendt.")
    expect(page.locator("#message-svar")).to_have_value("")


def test_a_repetition_is_merged_and_taken_apart_again_on_a_phone(visit, service, people):
    original = reported(service, "original", east=0.006)
    again = reported(service, "igjen", east=0.0061)
    page = come_in(visit(390), ONE, f"/innboks/{again}")
    page.get_by_role("button", name="Slå sammen med den").first.click()
    expect(page.locator("#original-number")).to_have_value(original)
    has_no_faults(page)
    page.locator("#verb-sla-sammen button[type=submit]:not([data-preview])").click()
    expect(page.locator(".case__line")).to_contain_text("Meldt før")
    expect(page.locator(".case__why")).to_contain_text(original)
    has_started(page)
    page.get_by_role("link", name="Åpne igjen").click()
    page.locator("#verb-apne-igjen button[type=submit]:not([data-preview])").click()
    expect(page.locator(".case__line")).to_contain_text("Vurderes")
    has_no_faults(page)


def test_two_people_see_each_other_and_never_overwrite(visit, service, people):
    number = reported(service, "to personer", east=0.008)
    mine = come_in(visit(1440), ONE, f"/innboks/{number}")
    visitor = visit(1440)
    theirs = come_in(visitor, TWO, f"/innboks/{number}")
    expect(theirs.locator(".case__presence")).to_contain_text(ONE)
    mine.locator("#message-svar").fill("Vi kommer i morgen.")
    mine.get_by_role("button", name="Send svaret").click()
    expect(mine.locator(".crew-flash")).to_contain_text("Svaret er sendt.")
    theirs.locator("#message-svar").fill("Vi kan ikke komme.")
    theirs.get_by_role("button", name="Send svaret").click()
    expect(theirs.locator("h1")).to_have_text("Noen var der først")
    expect(theirs.locator("main")).to_contain_text("Vi kommer i morgen.")
    expect(theirs.locator("main")).to_contain_text("Vi kan ikke komme.")
    has_no_faults(theirs)
    visitor.complaints[:] = [said for said in visitor.complaints if "409" not in said]
    theirs.get_by_role("button", name="Send mitt likevel").click()
    expect(theirs.locator(".case__log")).to_contain_text("Vi kan ikke komme.")
    expect(theirs.locator(".case__log")).to_contain_text("Vi kommer i morgen.")


def test_many_at_once_without_scripts(visit, service, people):
    word = f"mange{uuid4().hex[:6]}"
    numbers = [reported(service, word, east=0.01 + step / 500) for step in range(2)]
    page = come_in(visit(390, scripts=False), ONE, f"/innboks?ko=apne&sok={word}")
    for tick in page.locator("input[name=merk]").all():
        tick.check()
    page.locator("#bulk-verb").select_option("ta")
    page.get_by_role("button", name="Endre de avkryssede").click()
    expect(page.locator("h1")).to_have_text("2 meldinger er endret")
    fits(page)
    page.get_by_role("link", name="Tilbake til listen").click()
    for number in numbers:
        expect(page.locator(f"[data-number={number}]")).to_contain_text(ONE)


def test_a_list_is_kept_by_name_and_tells_what_is_new(visit, service, people):
    word = f"nytt{uuid4().hex[:6]}"
    reported(service, word, east=0.016)
    page = come_in(visit(1440), ONE, f"/innboks?ko=apne&sok={word}")
    page.get_by_text("Lagrede søk").click()
    page.locator("#search-name").fill(f"Søk {word}")
    page.get_by_role("button", name="Lagre søket").click()
    expect(page.locator(".crew-flash")).to_contain_text(f"Søk {word}")
    has_started(page)
    reported(service, word, east=0.018)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("button", name="1 ny eller endret melding").click()
    expect(page.locator(".desk-row")).to_have_count(2)
    page.get_by_text("Lagrede søk").click()
    page.goto("/innboks?ko=mine")
    has_started(page)
    page.get_by_text("Lagrede søk").click()
    page.get_by_role("link", name=f"Søk {word}").click()
    expect(page.locator(".desk-row")).to_have_count(2)
    has_no_faults(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_axe_finds_nothing_at_the_desk(visit, service, people, width, scheme):
    number = reported(service, "axe", east=0.02)
    page = come_in(visit(width), ONE, "/innboks?ko=apne&fare=1&gruppe=road")
    page.emulate_media(color_scheme=scheme)
    for path in (
        "/innboks?ko=apne",
        f"/innboks/{number}?kontakt=1",
        "/innboks?ko=lukket&sok=ingenting",
    ):
        page.goto(path)
        has_started(page)
        has_no_faults(page)


def test_the_keys_are_told(visit, service, people):
    page = come_in(visit(1440), ONE, "/innboks?ko=apne")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    has_no_faults(page)
