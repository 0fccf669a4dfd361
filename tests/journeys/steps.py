"""What people do on the pages, in words."""

import re
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PASSWORD = "correct horse battery staple"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def has_no_faults(page: Page) -> None:
    """axe-core finds nothing, and nothing goes sideways."""
    page.wait_for_load_state()
    expect(page.locator("main")).to_be_visible()
    found: dict[str, Any] = Axe().run(page, options=RULES).response
    told = [
        f"{fault['id']}: {[(node['html'][:160], node['failureSummary']) for node in fault['nodes']]}"
        for fault in found["violations"]
    ]
    assert not told, told
    fits(page)


def fits(page: Page) -> None:
    """Nothing goes sideways. To be asked without scripts too; axe-core needs them."""
    page.wait_for_load_state()
    wide = page.locator("html").evaluate("page => page.scrollWidth")
    assert wide <= page.viewport_size["width"], f"{wide} px wide, goes sideways"


def has_started(page: Page) -> None:
    """All scripts of the page have begun, where scripts run: a press before that is lost."""
    page.wait_for_load_state("domcontentloaded")
    if page.locator("html.js").count():
        expect(page.locator("[data-module]:not([data-started])")).to_have_count(0)


def type_coordinates(page: Page, latitude: str = "63,1104", longitude: str = "7,7279") -> None:
    has_started(page)
    if page.locator("#without-map[aria-expanded=false]").is_visible():
        page.locator("#without-map").click()
    if not page.locator("#latitude").is_visible():
        page.locator("details.coordinates summary").click()
    page.locator("#latitude").fill(latitude)
    page.locator("#longitude").fill(longitude)
    page.locator("#longitude").press("Tab")


def choose(page: Page, group: str, service: str, *, scripts: bool) -> None:
    has_started(page)
    if scripts:
        page.locator(f"input[name=group][value={group}]").check()
    page.locator(f"input[name=service][value={service}]").check()


def report(
    page: Page, *, group: str, service: str, text: str, email: str = "", scripts: bool = True
) -> str:
    """Report a fault from the start page to the receipt; the number."""
    page.goto("/meld")
    type_coordinates(page)
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    choose(page, group, service, scripts=scripts)
    page.locator("#description").fill(text)
    page.locator("#email").fill(email)
    to_review(page)
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    next_step(page)
    return number_on(page)


def to_review(page: Page) -> None:
    """From the second step to the third, over the pages that only browsers without scripts meet."""
    next_step(page)
    if page.locator(".questions__of:visible").count() and page.locator("#what-form").count():
        next_step(page)  # the questions of the kind that was chosen
    if page.locator("h1", has_text="Er det meldt før?").count():
        next_step(page)  # no, another fault


def next_step(page: Page) -> None:
    has_started(page)
    page.locator(".bar--form button[type=submit]:not([formaction])").click()


def number_on(page: Page) -> str:
    expect(page.locator(".number")).to_be_visible()
    number = page.locator(".number").inner_text().strip()
    assert re.fullmatch(r"KSU-\d{4}-\d{6}", number)
    return number


def sign_in(page: Page, email: str) -> None:
    """To the jobs' pages; without their address crews come to their app."""
    page.goto("/logg-inn?til=/oppdrag")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/oppdrag"))


def letters(folder: Path, recipient: str, count: int) -> list[Any]:
    """The letters to an address, oldest first, once there are as many as expected."""
    until = time.monotonic() + 20
    while True:
        files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
        mine = [letter for letter in read if letter["To"] == recipient]
        if len(mine) >= count or time.monotonic() > until:
            return mine
        time.sleep(0.2)
