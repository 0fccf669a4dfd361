"""Every page of crews, foremen and contractors for everyone, as `test_everyone.py` looks at the residents."""

import pytest
from playwright.sync_api import Error, Page, expect

from .crews import add_foreman, furnish, reported
from .looks import CREW_PAGES, CREW_SCREENS, STATES
from .steps import has_no_faults, sign_in

pytestmark = pytest.mark.journey
FOREMAN = "foreman-of-pages@example.org"
SENDS = """async (number) => {
  const { ask } = await import("/static/js/crew/api.js");
  const store = await import("/static/js/crew/store.js");
  const { refreshSession } = await import("/static/js/crew/session.js");
  const { syncNow } = await import("/static/js/crew/sync.js");
  await syncNow({ isWanted: true });
  const { account, device } = await store.session();
  const { action: mine } = await store.addAction(
    { kind: "no_action", job: number, data: { message: "Fant ikke hullet" } });
  const theirs = { ...mine, id: crypto.randomUUID(), kind: "fixed",
    data: { led_to_improvement: true, message: "Tettet" } };
  await refreshSession();
  await ask("sync", { method: "POST", json: { account, device: device.id, actions: [theirs] } });
  await syncNow();
  return mine.id;
}"""
"""Close a job in two ways, as two phones without coverage: the id of the action that is to be decided."""


@pytest.fixture(scope="module")
def values(service, tmp_path_factory) -> dict[str, str]:
    """What stands for the names in the addresses."""
    folder = tmp_path_factory.mktemp("foreman-of-pages")
    add_foreman(service.database_url, folder, FOREMAN)
    numbers = [
        reported(service.url, "Vedlikeholdsavdelingslederoverføringspapirer", east=step / 500)
        for step in range(3)
    ]
    found = furnish(service.database_url, folder, FOREMAN, numbers)
    return found | {"number": numbers[0]}


def look(page: Page, name: str, state, found: list[str]) -> None:
    """Note what is wrong with the page that is open."""
    state.settle(page)
    try:
        has_no_faults(page)
    except (AssertionError, Error) as fault:
        found.append(f"{name} ({page.url}): {str(fault)[:600]}")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_pages_have_no_faults(visit, service, values, state) -> None:
    page = visit(state.width, language=state.language).page
    state.prepare(page)
    found: list[str] = []
    sign_in(page, FOREMAN)
    page.goto("/felt/")
    expect(page.locator(".app-job").first).to_be_visible()
    conflict = page.evaluate(SENDS, reported(service.url, "Lukket av to"))
    for name, path in CREW_SCREENS.items():
        page.goto(path.format(**values, conflict=conflict))
        expect(page.locator("#innhold[data-screen]")).to_be_attached()
        look(page, name, state, found)
    expect(page.locator("#keep-mine")).to_be_visible()
    for name, path in CREW_PAGES.items():
        page.goto(path.format(**values))
        for closed in page.locator("details.verb > summary").all():
            closed.click()
        expect(page.locator("html")).to_have_attribute("lang", state.language)
        look(page, name, state, found)
    assert not found, "\n".join(found)
