"""Someone calls: the first line registers while they talk, and adds the next call to what is there."""

import re
from datetime import UTC, datetime
from secrets import token_bytes

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.accounts.operations import add_account
from app.counter.models import IncomingLetter, LetterState, Reason
from app.database import session, transaction
from app.departments.queries import by_code
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.security import Member

from .steps import PASSWORD, fits, has_no_faults, has_started, letters
from .test_rules import database

pytestmark = pytest.mark.journey
EMAIL = "counter@example.org"
NUMBER = re.compile(r"KSU-\d{4}-\d{6}")


@pytest.fixture
def desk(service, tmp_path):
    """Someone at the first line."""
    with database(service.database_url, tmp_path), transaction():
        known = text("SELECT 1 FROM account WHERE email = :email")
        if session().scalar(known, {"email": EMAIL}):
            return
        jurisdiction = by_number("1505")
        department = by_code(jurisdiction.id, "service_desk")
        member = Member(
            jurisdiction_id=jurisdiction.id, department_id=department.id, role=Role.FIRST_LINE
        )
        add_account(EMAIL, PASSWORD, [member])


def signed_in(visit, width, **more):
    page = visit(width, **more).page
    page.goto("/logg-inn?til=/registrer")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/registrer$"))
    has_started(page)
    return page


def number_on(page):
    expect(page.locator(".counter__number")).to_be_visible()
    return NUMBER.search(page.locator(".counter__number").inner_text())[0]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_call_is_registered_while_they_talk(visit, service, desk, width):
    page = signed_in(visit, width)
    has_no_faults(page)
    house = 3 if width == 1440 else 5
    page.get_by_label("Hvor er feilen?").press_sequentially(f"Langveien {house}")
    page.get_by_role("option", name=f"Langveien {house}").first.click()
    expect(page.locator("#place-fact")).to_contain_text("Langveien")
    page.locator("#description").press_sequentially(f"Dypt hull i asfalten {width}")
    page.locator("#suggested button", has_text="Hull").first.click()
    expect(page.locator("#around .counter__answer")).to_be_visible()
    page.get_by_label("Hvor dypt er det").fill("12")
    page.get_by_label("Som et bildekk").check()
    page.locator("#email").fill(f"caller{width}@example.org")
    expect(page.locator("[name=receipt][value=email]")).to_be_checked()
    has_no_faults(page)
    page.get_by_role("button", name="Send meldingen").click()
    number = number_on(page)
    has_started(page)
    has_no_faults(page)
    expect(page.locator("#description")).to_have_value("")
    expect(page.get_by_label("Hvor dypt er det")).to_be_hidden()
    (receipt,) = letters(service.mail, f"caller{width}@example.org", 1)
    assert number in receipt["Subject"]

    page.get_by_label("Hvor er feilen?").press_sequentially(f"Langveien {house}")
    page.get_by_role("option", name=f"Langveien {house}").first.click()
    page.locator("#service").select_option("ROAD-POTHOLE")
    card = page.locator(".near__card", has_text=number)
    expect(card).to_be_visible()
    has_no_faults(page)
    page.locator("#description").fill("Jeg punkterte her")
    card.get_by_role("button", name="Legg til på denne").click()
    expect(page.locator(".counter__done")).to_contain_text("Lagt til på")
    assert number_on(page) == number
    page.goto(f"/registrer/{number}/kvittering")
    expect(page.locator(".number")).to_have_text(number)
    has_no_faults(page)
    page.goto("/registrer/brev")
    has_no_faults(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_call_is_registered_without_scripts(visit, desk, width):
    page = signed_in(visit, width, scripts=False)
    fits(page)
    page.get_by_label("Hvor er feilen?").fill("Vågeveien")
    page.locator("#description").fill(f"Rot i veien {width}")
    page.locator("#service").select_option("ROAD-POTHOLE")
    page.get_by_label("Noen kan bli skadet nå").check()
    page.get_by_role("button", name="Slå opp sted").click()
    found = page.get_by_label(re.compile(r"Vågeveien 2")).first
    expect(found).to_be_visible()
    fits(page)
    found.check()
    page.get_by_role("button", name="Send meldingen").click()
    number = number_on(page)
    fits(page)
    page.goto(f"/meldinger/{number}")
    expect(page.locator("main")).to_contain_text(number)


@pytest.fixture
def waiting(service, tmp_path):
    """A letter that waits."""
    with database(service.database_url, tmp_path), transaction():
        row = IncomingLetter(
            jurisdiction_id=by_number("1505").id,
            mailbox="ksu",
            key=token_bytes(32),
            received_at=datetime.now(UTC),
            state=LetterState.WAITING,
            reason=Reason.NO_PLACE,
            subject="Til kommunen",
            words="Kan noen se på det store hullet?",
        )
        session().add(row)
        session().flush()
        return row.id


@pytest.mark.parametrize("width", [1440, 390])
def test_a_letter_that_names_no_place_is_given_one(visit, desk, waiting, width):
    page = signed_in(visit, width)
    page.goto("/registrer/brev")
    has_no_faults(page)
    page.goto(f"/registrer/brev/{waiting}")
    has_no_faults(page)
    page.get_by_role("link", name="Lag en melding av det").click()
    has_started(page)
    expect(page.locator("#description")).to_have_value(re.compile("det store hullet"))
    has_no_faults(page)
    page.get_by_label("Hvor er feilen?").press_sequentially("Langveien 7")
    page.get_by_role("option", name="Langveien 7").first.click()
    page.locator("#service").select_option("ROAD-POTHOLE")
    page.get_by_role("button", name="Send meldingen").click()
    number_on(page)
    page.goto(f"/registrer/brev/{waiting}")
    expect(page.locator("main")).to_contain_text("Noen har allerede tatt seg av dette brevet.")
