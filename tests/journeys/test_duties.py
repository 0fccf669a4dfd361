"""Somebody answers, is away, and the deputy gets the report with one press."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from app.accounts.operations import add_account
from app.accounts.queries import by_email
from app.database import session, transaction
from app.departments.queries import by_code
from app.duties.models import Absence, Duty
from app.roles import Role
from app.security import Member

from .crews import inside, reported
from .steps import PASSWORD, fits, has_no_faults, has_started

pytestmark = pytest.mark.journey
ADMINISTRATOR = "duties-administrator@example.org"
MAIN, DEPUTY = "duties-main@example.org", "duties-deputy@example.org"
TODAY = datetime.now(UTC).astimezone(ZoneInfo("Europe/Oslo")).date()


@pytest.fixture
def people(service, tmp_path):
    """An administrator and two case handlers of the roads; what they set up goes afterwards."""
    with inside(service.database_url, tmp_path) as jurisdiction:
        roads = by_code(jurisdiction.id, "roads").id
        for email, role in (
            (ADMINISTRATOR, Role.ADMINISTRATOR),
            (MAIN, Role.CASE_HANDLER),
            (DEPUTY, Role.CASE_HANDLER),
        ):
            known = by_email(email) is not None
            session().rollback()
            if not known:
                member = Member(jurisdiction_id=jurisdiction.id, department_id=roads, role=role)
                with transaction():
                    add_account(email, PASSWORD, [member])
    yield
    with inside(service.database_url, tmp_path), transaction():
        session().execute(delete(Duty))
        session().execute(delete(Absence))


def come_in(visitor, email, to):
    page = visitor.page
    page.goto(f"/logg-inn?til={to}")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(re.escape(to)))
    return page


def test_the_deputy_gets_the_report_while_the_other_is_away(visit, service, people):
    number = reported(service.url, "Hull med vikar", east=0.003)
    page = come_in(visit(390), ADMINISTRATOR, "/styring/ansvar/roads")
    page.locator("#service").select_option("ROAD-POTHOLE")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("#account-error")).to_be_visible()
    has_no_faults(page)
    page.locator("#account").select_option(label=MAIN)
    page.locator("#deputy").select_option(label=DEPUTY)
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("#roads")).to_contain_text(MAIN)

    page = come_in(visit(320), MAIN, "/konto/fravaer")
    page.locator("#first_day").fill(str(TODAY))
    page.locator("#last_day").fill(str(TODAY + timedelta(days=7)))
    page.get_by_role("button", name="Lagre dagene").click()
    expect(page.locator("main")).to_contain_text(f"{DEPUTY} er vikar")
    has_no_faults(page)
    fits(page)

    page = come_in(visit(1440), MAIN, f"/innboks/{number}")
    has_started(page)
    expect(page.locator(".case__suggestion")).to_contain_text(f"Vikar for {MAIN}")
    has_no_faults(page)
    page.get_by_role("button", name=f"Gi den til {DEPUTY}").click()
    expect(page.locator(".case__why")).to_contain_text(DEPUTY)
    expect(page.locator(".case__suggestion")).to_have_count(0)
