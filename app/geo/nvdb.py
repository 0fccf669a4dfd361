"""NVDB API Les v4: the road network of a municipality, page by page (NLOD, © Statens vegvesen).

Asked for in EPSG:5973, UTM zone 33 with heights: in degrees NVDB turns the axes round.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from app.geo.segments import inner

CLIENT = "melde-feil-i-gata-mi"
PATH = "/vegnett/api/v4/veglenkesekvenser/segmentert"
SRID = 5973
PAGE_SIZE = 1000
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 120.0
ENOUGH = 0.9
"""The share of the announced segments that must have come when the pages end."""


class NvdbAway(Exception):
    """NVDB did not answer as expected, several times; the message says what happened."""


class _BrokenPage(NvdbAway):
    """A page that may come whole another time, after the seconds that NVDB asked for."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Page:
    """One answer. `announced` is the number of segments on all pages, when NVDB says so."""

    objects: list[Any]
    announced: int | None
    next_start: str | None


def fetch(
    base_url: str,
    number: str,
    *,
    contact: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Page]:
    """The pages of a municipality's segments, one after the other; broken ones are asked for again.

    :raises NvdbAway: a page stays broken, is refused, repeats an earlier one, or too few have come.
    """
    headers = {"X-Client": CLIENT, "Accept": "application/json"}
    if contact:
        headers["X-Kontaktperson"] = contact
    query = {
        "kommune": number.lstrip("0"),
        "srid": str(SRID),
        "antall": str(PAGE_SIZE),
        "inkluderAntall": "true",
    }
    seen: set[str] = set()
    came, announced = 0, 0
    with httpx.Client(headers=headers, timeout=60, follow_redirects=True) as client:
        while True:
            page = _page(client, f"{base_url}{PATH}", query, sleep)
            came += len(page.objects)
            announced = max(announced, page.announced or 0)
            if page.objects:
                yield page
            if not page.objects or page.next_start is None:
                break
            if page.next_start in seen:
                raise NvdbAway(
                    f"{base_url} repeats itself: page {len(seen) + 1} leads back to an earlier page"
                )
            seen.add(page.next_start)
            query["start"] = page.next_start
    if came < ENOUGH * announced:
        raise NvdbAway(f"{base_url} announced {announced} segments and sent only {came}")


def page_of(content: Any) -> Page:
    """An answer taken apart. :raises ValueError: it is not one."""
    objects = content.get("objekter") if isinstance(content, dict) else None
    if not isinstance(objects, list):
        raise ValueError("an answer with «objekter» is needed")
    announced = inner(content, "metadata", "antall")
    start = inner(content, "metadata", "neste", "start")
    return Page(
        objects=objects,
        announced=announced if isinstance(announced, int) else None,
        next_start=start if isinstance(start, str) and start else None,
    )


def _page(
    client: httpx.Client, url: str, query: Mapping[str, str], sleep: Callable[[float], None]
) -> Page:
    retrying = Retrying(
        retry=retry_if_exception_type(_BrokenPage),
        stop=stop_after_attempt(ATTEMPTS),
        wait=_pause,
        sleep=sleep,
        reraise=True,
    )
    try:
        return retrying(_ask, client, url, query)
    except _BrokenPage as fault:
        raise NvdbAway(f"{fault} ({ATTEMPTS} attempts)") from fault


def _ask(client: httpx.Client, url: str, query: Mapping[str, str]) -> Page:
    try:
        response = client.get(url, params=query)
    except httpx.TransportError as fault:
        raise _BrokenPage(f"{url} did not answer: {fault or type(fault).__name__}") from fault
    except httpx.HTTPError as fault:
        raise NvdbAway(f"{url} cannot be asked: {fault}") from fault
    status = response.status_code
    if status in {408, 429} or status >= 500:
        raise _BrokenPage(f"{url} answered {status}", _retry_after(response))
    if status != 200:
        raise NvdbAway(f"{url} answered {status}: {' '.join(response.text.split())[:200]}")
    try:
        return page_of(response.json())
    except ValueError as fault:
        raise _BrokenPage(f"{url} sent a page that cannot be read: {fault}") from fault


def _pause(state: RetryCallState) -> float:
    """Seconds: what NVDB asked for, else twice as long each time."""
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.retry_after if isinstance(fault, _BrokenPage) else None
    seconds = FIRST_PAUSE_SECONDS * 2 ** (state.attempt_number - 1) if asked is None else asked
    return min(seconds, LONGEST_PAUSE_SECONDS)


def _retry_after(response: httpx.Response) -> float | None:
    """The header's seconds, given as a number or a date."""
    written = response.headers.get("Retry-After", "").strip()
    if written.isdecimal():
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
