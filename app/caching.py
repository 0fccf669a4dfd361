"""Pages that are the same for everyone: what caches may keep of them, and a small cache of our own.

A page is public when its address is in LIVE or CALM and nobody is known to have asked: no sign-in, no shared
computer, no cookie but the language. Everything else is for the one who asked, and is not stored.

Our own cache is exact. An answer counts for as long as the database has the same snapshot, that is, as long as
nothing at all has been committed since; asking for the snapshot costs one short statement.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy import text

from app import database
from app.cookies import personal_cookies
from app.i18n import COOKIE as LANGUAGE
from app.security import identity

LIVE = frozenset(
    {
        "reporting.start",
        "reporting.index",
        "reporting.show",
        "statistics.show",
        "yearbook.report",
        "yearbook.sealed_year",
        "yearbook.sealed_years",
        "satisfaction.show",
        "scorecard.show",
        "charts.show",
        "charts.compare",
        "charts.file",
        "statistics.csv",
        "statistics.reports",
        "statistics.table",
        "statistics.table_csv",
        "statistics_api.figures",
        "statistics_api.yearly",
        "statistics_api.index",
        "api.index",
        "api.show",
        "entrances.embedded_map",
    }
)
"""What changes with each report."""
CALM = frozenset(
    {
        "api.services",
        "assistant.services",
        "entrances.embedding",
        "entrances.sheet",
        "open_data.index",
        "open_data.show",
        "open_data_files.night",
        "open_data_files.show",
        "statistics_api.measures",
        "texts.show",
    }
)
"""What changes when an administrator changes it."""
LIVE_HEADER = "public, max-age=0, s-maxage=20"
"""A browser asks each time and mostly hears 304, so that nobody sees an old status; a shared cache asks
three times a minute.
"""
CALM_HEADER = "public, max-age=60, s-maxage=300, stale-while-revalidate=3600"
VARY = ("Accept-Language", "Cookie")
KEPT = 256
"""Answers in each process; of at most LARGEST bytes, so 64 MB at the very most."""
LARGEST = 256 * 1024
SECONDS = 20
"""An answer is made anew after this time even when nothing was changed: words such as «today» move on."""
SNAPSHOT = text("SELECT pg_current_snapshot()::text")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, the database's snapshot before it was made, and until when it counts."""

    snapshot: str
    until: float
    response: Response


class Shelf:
    """The answers of one process, the least used thrown out first. Safe for threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._lock = Lock()

    def find(self, key: tuple[str, ...], snapshot: str) -> Response | None:
        """The answer, if nothing has happened since it was made."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.snapshot != snapshot or kept.until < monotonic():
                return None
            self._kept.move_to_end(key)
        return _copy(kept.response)

    def put(self, key: tuple[str, ...], snapshot: str, response: Response) -> None:
        """Keep a copy."""
        kept = Kept(snapshot=snapshot, until=monotonic() + SECONDS, response=_copy(response))
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def start(app: Flask) -> None:
    """To be called before everything else that looks at requests: its last word on answers comes last."""
    app.extensions["shelf"] = Shelf()
    app.config.setdefault("PAGE_CACHE", True)
    app.before_request(_answer_from_shelf)
    app.after_request(_finish)


def is_for_everyone() -> bool:
    """Whether nobody is known to have asked for this public address."""
    if request.endpoint not in LIVE | CALM or request.method not in {"GET", "HEAD"}:
        return False
    return not personal_cookies() & request.cookies.keys()


def _answer_from_shelf() -> Response | None:
    if not is_for_everyone() or not current_app.config["PAGE_CACHE"]:
        return None
    snapshot = str(database.session().scalar(SNAPSHOT))
    g.snapshot = snapshot
    shelf: Shelf = current_app.extensions["shelf"]
    found = shelf.find(_key(), snapshot)
    if found is not None:
        g.from_shelf = _copy(
            found
        )  # what comes after changes the headers of the one that is returned
    return found


def _key() -> tuple[str, ...]:
    """What a public answer depends on."""
    return (
        request.scheme,
        request.host,
        request.full_path,
        request.cookies.get(LANGUAGE, ""),
        request.headers.get("Accept-Language", ""),
        request.headers.get("Accept", "") if request.path.startswith("/api/") else "",
    )


def _finish(response: Response) -> Response:
    """Say who may keep the answer; 304 for whoever has it already."""
    if request.endpoint == "static" or response.direct_passthrough:
        return response
    kept: Response | None = g.get("from_shelf")
    if kept is not None:
        return _conditional(kept)  # with the headers that it was made with
    if "Cache-Control" in response.headers:
        return response
    if not _is_public(response):
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "private, no-cache"
        return response
    response.headers["Cache-Control"] = LIVE_HEADER if request.endpoint in LIVE else CALM_HEADER
    response.vary.update(VARY)
    response.add_etag()
    if "snapshot" in g and (response.calculate_content_length() or 0) <= LARGEST:
        shelf: Shelf = current_app.extensions["shelf"]
        shelf.put(_key(), g.snapshot, response)
    return _conditional(response)


def _conditional(response: Response) -> Response:
    response.make_conditional(request)
    return response


def _is_public(response: Response) -> bool:
    if response.status_code != 200 or not is_for_everyone() or session.modified:
        return False
    return "Set-Cookie" not in response.headers and identity() is None


def _copy(response: Response) -> Response:
    """The same body and headers, to be changed without harm to the other."""
    headers: Any = response.headers.copy()
    return Response(response.get_data(), status=response.status_code, headers=headers)
