"""Every page for everyone, and the states it is looked at in. A new page is one line in PAGES or STEPS."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from playwright.sync_api import Page

from .steps import next_step, type_coordinates

REPORT = {
    "service_code": "ROAD-POTHOLE",
    "position": {"type": "Point", "coordinates": [7.7279, 63.1104]},
    "description": "Hull ved gangfeltet",
}

PAGES = {
    "annual report": "/statistikk/arsrapport/2018",
    "sealed years": "/statistikk/forseglet",
    "start": "/",
    "list": "/meldinger",
    "list without matches": "/meldinger?group=water&status=no_action",
    "report": "/meldinger/{number}",
    "something is out of place": "/meldinger/{number}/meld-fra",
    "follow a report": "/meldinger/{number}/folg",
    "personal page": "/m/{token}",
    "receipt": "/m/{token}/kvittering",
    "erasure": "/m/{token}/slett",
    "form, where": "/meld",
    "form without coverage": "/meld/uten-nett",
    "follow": "/folg",
    "follow, asked": "/folg/spurt",
    "my reports": "/mine-meldinger",
    "my reports, link sent": "/mine-meldinger/lenke-sendt",
    "statistics": "/statistikk",
    "own table": "/statistikk/tabell?by=group,service&period=quarter&improved=false",
    "reports behind a figure": "/statistikk/meldinger?measure=answered_in_time_share",
    "marks": "/statistikk/tilfredshet",
    "scorecard": "/statistikk/styringskort",
    "charts": "/statistikk/diagrammer",
    "charts of a selection": "/statistikk/diagrammer?group=road&measure=improvement_share&date=2025-06-01",
    "comparison": "/statistikk/sammenlign",
    "comparison of departments": "/statistikk/sammenlign?by=department&measure=fix_days_median",
    "open data": "/apne-data",
    "a dataset": "/apne-data/service-requests",
    "nightly files": "/apne-data/filer",
    "map service": "/ogc",
    "features of the map service": "/ogc/collections/service-requests/items",
    "map service in words": "/ogc/api",
    "catalogue of open data": "/catalog",
    "sign in": "/logg-inn",
    "not found": "/finnes-ikke",
    "about": "/om",
    "help": "/hjelp",
    "privacy": "/personvern",
    "cookies": "/informasjonskapsler",
    "accessibility": "/tilgjengelighet",
    "sheet of paper": "/meld/skjema",
    "embedding": "/innbygg",
    "embedded map": "/innbygg/kart",
    "unknown label": "/l/ukjent",
    "shared computer, asked": "/kiosk",
    "shared computer, sent": "/kiosk/takk/{number}",
}
"""By name, the address. `{number}` and `{token}` are those of a report that is there."""

CREW_PAGES = {
    "jobs": "/oppdrag",
    "job": "/oppdrag/{number}",
    "rounds": "/oppdrag/runder",
    "round": "/oppdrag/runder/{round}",
    "jobs for a round": "/oppdrag/runder/{round}/velg",
    "conflicts": "/oppdrag/konflikter",
    "devices of crews": "/oppdrag/enheter",
    "end a device of crews": "/oppdrag/enheter/{device}",
    "own devices": "/konto/enheter",
    "end an own device": "/konto/enheter/{device}",
    "contractor": "/arbeid/{link}",
    "contractor, link ended": "/arbeid/{ended_link}",
}
"""Pages for a foreman who is signed in, and for contractors; looked at with all that folds open."""
CREW_SCREENS = {
    "app, list": "/felt/",
    "app, job": "/felt/jobb/{number}",
    "app, fixed": "/felt/jobb/{number}/ferdig",
    "app, new": "/felt/ny",
    "app, map": "/felt/kart",
    "app, round": "/felt/runde",
    "app, more": "/felt/mer",
    "app, queue": "/felt/ko",
    "app, conflict": "/felt/konflikt/{conflict}",
}
"""The screens of the field app. The conflict is the last, and has to be there."""


@dataclass(frozen=True, kw_only=True)
class State:
    """How pages are looked at. `text` is the size of the browser's text, in percent."""

    width: int = 1280
    language: str = "nb"
    is_dark: bool = False
    is_forced: bool = False
    has_motion: bool = False
    text: int = 100

    def prepare(self, page: Page) -> None:
        """Before the first page."""
        page.emulate_media(
            color_scheme="dark" if self.is_dark else "light",
            forced_colors="active" if self.is_forced else "none",
            reduced_motion="no-preference" if self.has_motion else "reduce",
        )

    def settle(self, page: Page) -> None:
        """On each page, before it is looked at."""
        if self.text != 100:
            page.evaluate(f"document.documentElement.style.fontSize = '{self.text}%'")
        page.wait_for_timeout(250)


STATES = {
    "wide": State(width=1440),
    "narrow, nynorsk": State(width=320, language="nn"),
    "narrow, English": State(width=320, language="en"),
    "dark": State(is_dark=True, language="en"),
    "dark phone, with motion": State(width=390, is_dark=True, has_motion=True),
    "text at 200 %": State(width=768, text=200),
    "forced colours": State(is_forced=True, width=360),
}


def made(url: str) -> dict[str, str]:
    """A report: what stands for `{number}` and `{token}`."""
    answer = httpx.post(f"{url}/api/v1/service-requests", json=REPORT).raise_for_status().json()
    return {"number": answer["number"], "token": answer["links"]["follow"].rsplit("/", 1)[1]}


def _where_with_errors(page: Page) -> None:
    page.goto("/meld")
    next_step(page)


def _what(page: Page) -> None:
    page.goto("/meld")
    type_coordinates(page)
    next_step(page)


def _what_with_errors(page: Page) -> None:
    _what(page)
    next_step(page)


def _outside(page: Page) -> None:
    page.goto("/meld")
    type_coordinates(page, "62,95", "7,60")
    next_step(page)


def _sign_in_with_errors(page: Page) -> None:
    page.goto("/logg-inn")
    page.locator("#email").fill("nobody@example.org")
    page.locator("#password").fill("wrong")
    page.locator("main button[type=submit]").click()


def _open_menu(page: Page) -> None:
    page.goto("/om")
    page.locator(".menu > summary, .tongue > summary").locator("visible=true").first.click()


def _shared_computer(page: Page) -> None:
    page.goto("/kiosk")
    page.locator("main button[type=submit]").click()


STEPS: dict[str, Callable[[Page], None]] = {
    "form, where, with errors": _where_with_errors,
    "form, place elsewhere": _outside,
    "form, what": _what,
    "form, what, with errors": _what_with_errors,
    "sign in, with errors": _sign_in_with_errors,
    "open menu": _open_menu,
    "shared computer": _shared_computer,
}
"""Pages that somebody comes to by doing something."""
