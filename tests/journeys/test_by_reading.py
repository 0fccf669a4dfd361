"""Reporting a fault by what a screen reader is told, and by keys: roles and names, never the page's looks."""

import re
import time

import pytest
from playwright.sync_api import CDPSession, Page, expect

from .steps import has_started

pytestmark = pytest.mark.journey
PATIENCE = 15


class Reader:
    """Finds things in Chromium's accessibility tree and uses them with the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.line: CDPSession = page.context.new_cdp_session(page)
        self.line.send("Accessibility.enable")
        self.line.send("DOM.enable")

    def find(self, role: str, name: str) -> int:
        """The first thing of this role whose name fits, as the browser's key of it."""
        until = time.monotonic() + PATIENCE
        while True:
            heard = []
            for node in self.line.send("Accessibility.getFullAXTree")["nodes"]:
                is_told = not node.get("ignored") and node.get("role", {}).get("value") == role
                words = str(node.get("name", {}).get("value", ""))
                if is_told and re.search(name, words):
                    return int(node["backendDOMNodeId"])
                heard += [words] if is_told else []
            if time.monotonic() > until:
                raise AssertionError(f"no {role} is called {name!r}; there are {heard}")
            self.page.wait_for_timeout(100)

    def use(self, role: str, name: str, *keys: str) -> None:
        """Go to it and press keys."""
        has_started(self.page)
        self.line.send("DOM.focus", {"backendNodeId": self.find(role, name)})
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, role: str, name: str, words: str) -> None:
        """Go to a field and type."""
        self.use(role, name)
        self.page.keyboard.type(words)


def test_a_dark_lamp_is_reported_by_names_and_keys_alone(visit, service):
    page = visit(390).page
    reader = Reader(page)
    page.goto("/")
    reader.use("link", "^Meld feil$", "Enter")
    reader.find("heading", "^Hvor er feilen")
    reader.write("combobox", "adresse", "langveien 3")
    reader.find("option", "Langveien 3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reader.use("button", "^Neste", "Enter")
    reader.find("heading", "^Hva er galt")
    reader.use("radio", "^Gatelys", "Space")
    reader.use("radio", "^Lykta er mørk", "Space")
    reader.write("textbox", "^Beskriv", "Lykta har vært mørk siden mandag")
    reader.use("button", "^Neste", "Enter")
    reader.find("heading", "^Se over og send inn")
    reader.use("button", "^Send inn", "Enter")
    reader.find("heading", "Vi har fått meldingen")
    expect(page).to_have_url(re.compile("/kvittering"))
