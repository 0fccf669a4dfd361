"""The administrators' pages of set-up, answers and looks: axe finds nothing, and a change is seen."""

import json
import re

import pytest
from playwright.sync_api import expect

from app.accounts.operations import add_account
from app.accounts.queries import by_email
from app.database import session, transaction
from app.roles import Role
from app.security import Member

from .crews import inside
from .steps import PASSWORD, has_no_faults, has_started

pytestmark = pytest.mark.journey
EMAIL = "set-up@example.org"
PAGES = (
    "/styring/",
    "/styring/avdelinger",
    "/styring/avdelinger/roads",
    "/styring/tjenester",
    "/styring/tjenester/ROAD-POTHOLE",
    "/styring/historikk",
    "/styring/oppslag",
    "/styring/folk",
    "/styring/folk/ny",
    "/styring/folk/tilbydere",
    "/styring/folk/innlogginger",
    "/styring/oppbevaring",
    "/styring/person",
    "/styring/arbeid",
    "/styring/arbeid/nytt",
    "/styring/telefoner",
    "/konto",
    "/styring/ansvar",
    "/styring/ansvar/roads",
    "/konto/fravaer",
    "/styring/fravaer",
    "/styring/svar",
    "/styring/svar/ny",
    "/styring/svar/thanks",
)


@pytest.fixture
def administrator(service, tmp_path):
    """Someone who may change the set-up."""
    with inside(service.database_url, tmp_path) as jurisdiction:
        known = by_email(EMAIL) is not None
        session().rollback()
        if not known:
            member = Member(
                jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
            )
            with transaction():
                add_account(EMAIL, PASSWORD, [member])


def come_in(visitor, to):
    page = visitor.page
    page.goto(f"/logg-inn?til={to}")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(re.escape(to)))
    has_started(page)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_on_the_set_up_pages(visit, service, administrator, width, scheme):
    page = come_in(visit(width), "/styring/")
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        answer = page.goto(path)
        assert answer.status == 200, path
        has_started(page)
        has_no_faults(page)


def test_an_answer_is_changed_and_a_wrong_one_is_told(visit, service, administrator):
    page = come_in(visit(390), "/styring/svar/thanks")
    kept = page.locator("#text-nb").input_value()
    page.locator("#text-nb").fill("Hei {nummer}")
    page.get_by_role("button", name="Lagre svaret").click()
    expect(page.locator("#errors")).to_contain_text("{nummer}")
    has_no_faults(page)
    page.locator("#text-nb").fill(f"{kept} Hilsen oss.")
    page.get_by_role("button", name="Lagre svaret").click()
    expect(page.locator("main")).to_contain_text("Hilsen oss.")
    expect(page.locator("main")).to_contain_text("er lagret")
    has_no_faults(page)


def test_the_area_of_planned_work_is_drawn_where_it_is(visit, administrator):
    page = come_in(visit(1440), "/styring/arbeid/nytt")
    for field in page.locator("input[id^=title], textarea[id^=description]").all():
        field.fill("Ny kum i veien")
    page.locator("#starts_on").fill("2026-06-01")
    page.locator("#ends_on").fill("2026-06-30")
    page.get_by_text("Bruk GeoJSON i stedet for å tegne").click()
    ring = [[7.70, 63.10], [7.71, 63.10], [7.71, 63.11], [7.70, 63.10]]
    page.locator("#boundary").fill(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    page.get_by_role("button", name="Lagre det planlagte arbeidet").click()
    page.get_by_role("link", name="Ny kum i veien").first.click()
    has_started(page)
    expect(page.locator("#draw-map path.area-shape--now")).to_be_visible()
    has_no_faults(page)
