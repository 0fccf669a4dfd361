"""Someone is invited, comes in, switches the second step on, and signs in with a code."""

import re
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import expect

from app.accounts.operations import add_account
from app.accounts.queries import by_email
from app.database import session, transaction
from app.roles import Role
from app.security import Member

from .crews import inside
from .steps import PASSWORD, fits, has_no_faults, letters

pytestmark = pytest.mark.journey
ADMINISTRATOR = "people-administrator@example.org"
NEW = "nine herrings on a wet roof"
LINK = re.compile(r"/invitasjon/\S+")


@pytest.fixture
def administrator(service, tmp_path):
    with inside(service.database_url, tmp_path) as jurisdiction:
        known = by_email(ADMINISTRATOR) is not None
        session().rollback()
        if not known:
            member = Member(
                jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
            )
            with transaction():
                add_account(ADMINISTRATOR, PASSWORD, [member])


def sign_in(page, email, password):
    page.goto("/logg-inn")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [390, 1440])
def test_from_the_invitation_to_a_code(visit, service, administrator, width):
    email = f"{uuid4().hex[:10]}@example.org"
    at_work = visit(width)
    page = at_work.page
    sign_in(page, ADMINISTRATOR, PASSWORD)
    page.goto("/styring/folk/ny")
    page.locator("#email").fill(email)
    page.get_by_label("Førstelinje").check()
    has_no_faults(page)
    page.get_by_role("button", name="Send invitasjonen").click()
    expect(page.locator(".people")).to_contain_text(email)
    fits(page)

    letter = letters(service.mail, email, 1)[0]
    link = LINK.search(letter.get_body(("plain",)).get_content())[0]
    page = visit(width).page
    page.goto(link)
    has_no_faults(page)
    page.locator("#password").fill(NEW)
    page.locator("#repeated").fill(NEW)
    page.get_by_role("button", name="Lagre passordet").click()
    expect(page).to_have_url(re.compile("/innboks"))

    page.goto("/konto")
    page.locator("#two_steps").fill(NEW)
    page.get_by_role("button", name="Slå på totrinns innlogging").click()
    expect(page.locator(".account__qr svg")).to_be_visible()
    has_no_faults(page)
    fits(page)
    secret = page.locator(".account__secret").inner_text().replace(" ", "").replace("\n", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Slå på").click()
    expect(page.locator(".account__codes li")).to_have_count(10)
    code = page.locator(".account__codes li").first.inner_text()
    has_no_faults(page)
    page.get_by_role("link", name="Jeg har tatt vare på dem").click()
    page.locator("main").get_by_role("button", name="Logg ut").click()

    sign_in(page, email, NEW)
    expect(page).to_have_url(re.compile("/logg-inn/kode"))
    has_no_faults(page)
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Logg inn").click()
    expect(page).to_have_url(re.compile("/innboks"))
