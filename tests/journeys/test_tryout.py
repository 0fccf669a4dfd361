"""The administrators try a draft: the finding, the map with its list, no faults at any width."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from app.accounts.operations import add_account
from app.database import db, session, transaction
from app.factory import create_app
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.routing.models import RoutingDraft
from app.security import Member
from tests.conftest import settings_for

from .steps import PASSWORD, has_no_faults, report

pytestmark = pytest.mark.journey
EMAIL = "tryout@example.org"


@pytest.fixture
def draft(visit, service, tmp_path: Path):
    """A report about a road, an empty draft that sends it to the first line, and an administrator."""
    report(visit().page, group="road", service="ROAD-POTHOLE", text="Hull")
    app = create_app(settings_for(service.database_url, tmp_path))
    with app.app_context():
        with transaction() as current:
            jurisdiction = by_number("1505")
            assert jurisdiction is not None
            member = Member(
                jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
            )
            add_account(EMAIL, PASSWORD, [member])
            now = datetime.now(UTC)
            keys = {"jurisdiction_id": jurisdiction.id, "version": 1}
            current.add(RoutingDraft(**keys, rules=[], updated_at=now))
        yield
        with transaction():
            session().execute(text("DELETE FROM routing_draft"))
            session().execute(text("DELETE FROM account WHERE email = :email"), {"email": EMAIL})
        db.session.remove()
        db.engine.dispose()


def opened(page: Page) -> Page:
    page.goto("/logg-inn?til=/styring/regler/prov")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/styring/regler/prov"))
    return page


def test_the_try_out_has_no_faults_and_map_and_list_answer_each_other(visit, draft):
    for width, scheme in ((1280, "light"), (320, "dark"), (390, "light")):
        page = visit(width).page
        page.emulate_media(color_scheme=scheme)
        opened(page)
        expect(page.locator(".moved-marker").first).to_be_visible()
        has_no_faults(page)
    page.locator(".moved-marker").last.click(force=True)
    expect(page.locator(".moved__chosen a")).to_be_focused()
    has_no_faults(page)


def test_the_try_out_is_whole_without_scripts(visit, draft):
    page = opened(visit(390, scripts=False).page)
    page.locator(".moved__flow summary").first.click()
    expect(page.locator(".moved__flow a").first).to_be_visible()
