"""A foreman plans a round by dragging, by keyboard and without scripts; the crew ticks it off."""

import re
from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.accounts.operations import add_account
from app.database import db, transaction
from app.departments.queries import by_code
from app.factory import create_app
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.security import Member
from tests.conftest import settings_for

from .looks import REPORT
from .steps import PASSWORD, fits, has_no_faults, has_started, sign_in

pytestmark = pytest.mark.journey
FOREMAN = "foreman@example.org"
crews = count(1)


@pytest.fixture(scope="module")
def foreman(service, tmp_path_factory) -> Iterator[str]:
    """A case handler of the roads, and three holes to mend."""
    app = create_app(settings_for(service.database_url, tmp_path_factory.mktemp("foreman")))
    with app.app_context():
        with transaction():
            jurisdiction = by_number("1505")
            department = by_code(jurisdiction.id, "roads")
            member = Member(
                jurisdiction_id=jurisdiction.id,
                department_id=department.id,
                role=Role.CASE_HANDLER,
            )
            add_account(FOREMAN, PASSWORD, [member])
        db.session.remove()
        db.engine.dispose()
    return FOREMAN


def reported(url: str) -> list[str]:
    """The numbers of three new reports along a street."""
    numbers = []
    for step in range(3):
        place = {"type": "Point", "coordinates": [7.7279 + step * 0.002, 63.1104]}
        answer = httpx.post(f"{url}/api/v1/service-requests", json=REPORT | {"position": place})
        numbers.append(answer.raise_for_status().json()["number"])
    return numbers


def planned(page: Page, numbers: list[str]) -> None:
    """Make a round and choose these jobs."""
    page.goto("/oppdrag/runder")
    page.locator("#title").fill(f"Lag {next(crews)}")
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/velg$"))
    has_started(page)
    for number in numbers:
        page.locator(f"input[name=jobs][value={number}]").check()
    looked_at(page)
    page.locator(".round-bar button").click()
    expect(page.locator(".round-stops > li")).to_have_count(len(numbers))


def looked_at(page: Page) -> None:
    """axe-core cannot look where no scripts run."""
    if page.locator("html.js").count():
        has_no_faults(page)
    else:
        fits(page)


def order(page: Page) -> list[str]:
    return page.locator(".round-stops > li").evaluate_all("rows => rows.map(r => r.dataset.number)")


def expect_order(page: Page, numbers: list[str]) -> None:
    for place, number in enumerate(numbers, 1):
        row = page.locator(f".round-stops > li[data-place='{place}']")
        expect(row).to_have_attribute("data-number", number)


def test_by_dragging(service, visit, foreman):
    first, second, third = reported(service.url)
    visitor = visit()
    page = visitor.page
    sign_in(page, foreman)
    planned(page, [first, second, third])
    has_started(page)
    has_no_faults(page)
    handle = page.locator(f"[data-number={first}] .round-act--handle")
    handle.scroll_into_view_if_needed()
    start = handle.bounding_box()
    below = page.locator(f"[data-number={second}]").bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 20, below["y"] + below["height"] - 4, steps=8)
    page.mouse.up()
    expect(page).to_have_url(re.compile("#stopp-"))
    expect_order(page, [second, first, third])


def test_by_keyboard(service, visit, foreman):
    first, second, third = reported(service.url)
    page = visit().page
    sign_in(page, foreman)
    planned(page, [first, second, third])
    has_started(page)
    handle = page.locator(f"[data-number={third}] .round-act--handle")
    handle.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#move-status")).to_have_text("Løftet. Plass 3 av 3.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#move-status")).to_have_text("Plass 1 av 3.")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#stopp-"))
    expect_order(page, [third, first, second])
    has_started(page)
    expect(page.locator(f"[data-number={third}] .round-act--handle")).to_be_focused()


def test_without_scripts_on_a_small_phone(service, visit, foreman):
    first, second, third = reported(service.url)
    page = visit(360, scripts=False).page
    sign_in(page, foreman)
    planned(page, [first, second, third])
    fits(page)
    page.locator(f"[data-number={first}] form[action$='/ned'] button").click()
    expect_order(page, [second, first, third])
    page.locator(f"[data-number={second}] form[action$='/fjern'] button").click()
    expect_order(page, [first, third])
    page.locator(f"[data-number={first}] form[action$='/kryss'] button").click()
    expect(page.locator(f"[data-number={first}]")).to_have_class(re.compile("stop--done"))
    small = page.locator(".round-act:visible").evaluate_all(
        "all => all.filter(e => e.offsetHeight < 64 || e.offsetWidth < 64).length"
    )
    assert small == 0
    page.locator("a[href$='/utskrift']").click()
    expect(page.locator(".round-table tbody tr")).to_have_count(2)
    fits(page)
    page.goto("/oppdrag/runder")
    fits(page)


def test_two_foremen_at_one_round(service, visit, foreman):
    first, second, third = reported(service.url)
    one, other = visit().page, visit().page
    sign_in(one, foreman)
    sign_in(other, foreman)
    planned(one, [first, second, third])
    other.goto(one.url)
    one.locator(f"[data-number={third}] form[action$='/fjern'] button").click()
    expect_order(one, [first, second])
    other.locator(f"[data-number={first}] form[action$='/ned'] button").click()
    expect(other.locator("main")).to_contain_text(f"Ikke lenger i runden: {third}")
    has_no_faults(other)
    assert order(one) == [first, second]
