"""The inbox in a browser: it opens after signing in, fits, and has no faults that axe can find."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import fits, has_no_faults, has_started
from tests.journeys.test_counter import EMAIL, PASSWORD, desk

__all__ = ["desk"]
pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", [1440, 320])
def test_the_desk_begins_at_its_inbox(visit, service, desk, width):
    page = visit(width).page
    page.goto("/logg-inn")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/innboks$"))
    has_started(page)
    fits(page)
    has_no_faults(page)
