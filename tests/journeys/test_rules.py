"""An administrator changes the rules in the browser and puts them in force."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.accounts.operations import add_account
from app.database import db, session, transaction
from app.factory import create_app
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.security import Member

from ..conftest import settings_for
from .steps import PASSWORD, has_no_faults

pytestmark = pytest.mark.journey
EMAIL = "administrator@example.org"


@contextmanager
def database(url, folder):
    app = create_app(settings_for(url, folder))
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def administrator(service, tmp_path):
    """An administrator; the rules and areas are as before when the test is over."""
    with database(service.database_url, tmp_path), transaction():
        jurisdiction = by_number("1505")
        member = Member(
            jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
        )
        if not session().scalar(
            text("SELECT 1 FROM account WHERE email = :email"), {"email": EMAIL}
        ):
            add_account(EMAIL, PASSWORD, [member])
        for table in ("routing_rule", "area"):
            session().execute(text(f"CREATE TABLE kept_{table} AS TABLE {table}"))
    yield
    with database(service.database_url, tmp_path), transaction():
        session().execute(text("TRUNCATE rule_change, routing_draft"))
        session().execute(text("UPDATE service_request SET routing_rule_id = NULL"))
        session().execute(text("DELETE FROM routing_rule"))
        session().execute(text("DELETE FROM area"))
        for table in ("area", "routing_rule"):
            session().execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))
            session().execute(text(f"DROP TABLE kept_{table}"))


def signed_in(visit, width, **more):
    page = visit(width, **more).page
    page.goto("/logg-inn?til=/styring/regler")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    # Not the sign-in page, whose address names this one as where to go on.
    expect(page).to_have_url(re.compile(r"^[^?]*/styring/regler$"))
    expect(page.locator(".rule__name").first).to_be_visible()
    return page


def names(page):
    return page.locator(".rule__name").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280])
def test_an_administrator_changes_the_rules_and_puts_them_in_force(visit, administrator, width):
    page = signed_in(visit, width)
    before = names(page)
    has_no_faults(page)
    page.locator("form[action$='/regler/utkast'] button").click()
    expect(page.locator("#draft-heading")).to_be_visible()
    has_no_faults(page)

    handle = page.locator(".rule__handle").nth(2)
    handle.focus()
    for key in ("Enter", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".rule__name").first).to_have_text(before[2])
    moved = [before[2], *before[:2], *before[3:]]
    assert names(page) == moved
    expect(page.locator(".rule__handle").first).to_be_focused()

    page.locator("details.more > summary").nth(1).click()
    page.locator(".more[open] form[action$='/av'] button").click()
    expect(page.locator(".rule").nth(1).locator(".tag")).to_be_visible()

    page.locator(".rule").nth(3).locator("a.square").click()
    page.locator("#road-F").check()
    page.locator("#from_day").select_option("1")
    page.locator("main form[data-module=form] button[type=submit]").click()
    expect(page.locator("#errors")).to_be_visible()
    has_no_faults(page)
    page.locator("[name=from_month]").select_option("11")
    page.locator("[name=to_day]").select_option("31")
    page.locator("[name=to_month]").select_option("3")
    page.locator("main form[data-module=form] button[type=submit]").click()
    expect(page.locator(".rule__sentence").nth(3)).to_contain_text("1. november–31. mars")

    page.locator("a[href$='/regler/kraft']").click()
    expect(page.locator(".changes").first.locator("li")).to_have_count(3)
    has_no_faults(page)
    page.locator("form[action$='/regler/kraft'] button").click()
    expect(page.locator(".admin__done")).to_be_visible()
    assert names(page) == moved
    page.goto("/styring/regler/historikk")
    expect(page.locator(".changes li")).to_have_count(3)
    expect(page.locator(".past__head")).to_contain_text(EMAIL)
    has_no_faults(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_an_area_is_drawn_on_the_map(visit, administrator, width):
    page = signed_in(visit, width)
    page.goto("/styring/omrader/nytt")
    page.locator("#name_nb").fill("Tegnet område")
    drawn = page.locator("#draw-map.leaflet-container")
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    for number, (across, down) in enumerate(((0.3, 0.3), (0.6, 0.3), (0.5, 0.7)), start=1):
        drawn.click(position={"x": box["width"] * across, "y": box["height"] * down})
        expect(page.locator(".corner")).to_have_count(number)
    page.locator("#add-corner").click()
    expect(page.locator(".corner")).to_have_count(4)
    page.locator("#undo-corner").click()
    expect(page.locator("#draw-status")).to_contain_text("3")
    has_no_faults(page)
    page.locator("main form.draw button[type=submit]").click()
    expect(page).to_have_url(re.compile("/omrader$"))
    expect(page.locator("[data-code=tegnet-omrade]")).to_be_visible()
    has_no_faults(page)


def test_rules_can_be_moved_without_scripts(visit, administrator):
    page = signed_in(visit, 390, scripts=False)
    page.locator("form[action$='/regler/utkast'] button").click()
    before = names(page)
    page.locator("form[action$='/ned'] button").first.click()
    assert names(page)[:2] == [before[1], before[0]]
