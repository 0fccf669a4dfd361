"""A report goes to an outside body by e-mail, and its answer comes back by the link."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from .steps import has_no_faults, letters, report

pytestmark = pytest.mark.journey
ADDRESS = "mottak@example.org"
ROOM = (
    "UPDATE department SET kind = :kind, receives = :receives, email = :email WHERE code = 'waste'"
)


@pytest.fixture(scope="module")
def outside(service):
    """Waste collection is another body that receives by e-mail."""
    engine = create_engine(service.database_url)

    def become(**values):
        with engine.begin() as connection:
            connection.execute(text(ROOM), values)

    become(kind="external", receives="email", email=ADDRESS)
    yield
    become(kind="internal", receives="inbox", email=None)
    engine.dispose()


@pytest.fixture
def link(visit, service, outside):
    """The link in the letter about a new report."""
    before = len(letters(service.mail, ADDRESS, 0))
    words = "En sofa i skogen, like ved stien"
    report(visit().page, group="waste", service="WASTE-DUMPED", text=words)
    letter = letters(service.mail, ADDRESS, before + 1)[-1]
    assert words in letter.get_body(("plain",)).get_content()
    found = re.search(r"http://\S+/svar/\S+", letter.get_body(("plain",)).get_content())
    return found[0]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_answer_page_has_no_faults(visit, link, width):
    page = visit(width).page
    page.goto(link)
    page.wait_for_timeout(300)
    has_no_faults(page)
    for answer in ("accepted", "refused", "done"):
        page.locator(f"#answer-{answer}").check()
        expect(page.locator(f"#message_{answer}")).to_be_visible()
        has_no_faults(page)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#improved-error")).to_be_visible()
    has_no_faults(page)
    page.locator("#improved-yes").check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main form")).to_have_count(0)
    has_no_faults(page)


def test_they_answer_without_scripts_and_the_open_page_says_so(visit, link):
    page = visit(390, scripts=False).page
    page.goto(link)
    page.locator("#answer-accepted").check()
    page.locator("#message_accepted").fill("Vi henter den på torsdag.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Vi henter den på torsdag.")
    expect(page.locator("#answer-accepted")).to_have_count(0)
    page.locator("#answer-done").check()
    page.locator("#improved-yes").check()
    page.locator("#message_done").fill("Hentet.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main form")).to_have_count(0)
    page.locator("main .actions a").click()
    expect(page.locator("main")).to_contain_text("Hentet.")


def test_a_dark_answer_page_has_no_faults(visit, link):
    page = visit(1280).page
    page.emulate_media(color_scheme="dark")
    page.goto(link)
    page.locator("#answer-refused").check()
    has_no_faults(page)
