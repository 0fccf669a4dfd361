"""The session cookie of residents: found before each request, renewed or taken away after it."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, g, request

from app.database import transaction
from app.residents import operations
from app.residents.sealing import Visit
from app.security import RESIDENT_COOKIE, Resident

QUIET = {"static", "web.healthz"}


def start(app: Flask) -> None:
    """To be called after the municipality of a request is known."""
    app.before_request(_find)
    app.after_request(_keep)
    app.context_processor(_page_values)


def visit() -> Visit | None:
    """Who is here by a link or by a provider."""
    found: Visit | None = g.get("visit")
    return found


def secret() -> str | None:
    """What the cookie holds, whether or not a session belongs to it."""
    return request.cookies.get(RESIDENT_COOKIE)


def has_ended() -> bool:
    """Whether this browser brought the cookie of a session that is over."""
    return secret() is not None and "visit" not in g


def begin(new_secret: str) -> None:
    """Give the browser the cookie of its new session with the answer to this request."""
    g.new_resident_secret = new_secret


def leave() -> None:
    """Take the cookie away with the answer to this request; the page shows nobody."""
    g.new_resident_secret = None
    g.pop("visit", None)
    g.pop("resident", None)


def _find() -> None:
    given = secret()
    if given is None or request.endpoint in QUIET or "jurisdiction_id" not in g:
        return
    now = datetime.now(UTC)
    found = operations.find(given, g.jurisdiction_id, now=now)
    if found is None:
        return
    visit, is_to_be_noted = found
    if is_to_be_noted:
        with transaction():
            operations.note_use(given, now=now)
    g.visit = visit
    if visit.subject and visit.provider:
        g.resident = Resident(subject=visit.subject, provider=visit.provider)


def _keep(response: Response) -> Response:
    """A session's pages are for its browser alone. The cookie ends with the browser, and is never renewed."""
    if "visit" in g and request.endpoint not in QUIET:
        response.headers["Cache-Control"] = "no-store"
    is_over = has_ended() and request.endpoint not in QUIET
    given: str | None = g.get("new_resident_secret", None)
    if given:
        response.set_cookie(
            RESIDENT_COOKIE,
            given,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
    elif "new_resident_secret" in g or is_over:
        response.delete_cookie(RESIDENT_COOKIE, httponly=True, samesite="Lax")
    return response


def _page_values() -> dict[str, Any]:
    return {"is_resident_here": "visit" in g}
