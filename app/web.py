"""HTTP for all: security headers, errors as problem+json or a page, language, health, static addresses.

Answers to errors follow RFC 9457. One table says what each status means to a person.
"""

import hashlib
import logging
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import marshmallow
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_smorest import Api
from flask_talisman import Talisman
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from app.database import session
from app.errors import AppError, Invalid, MalformedQuery
from app.i18n import COOKIE, LANGUAGES, gettext, language
from app.security import ANYONE, identity, limiter, visible_to
from app.settings import Settings

log = logging.getLogger(__name__)
blueprint = Blueprint("web", __name__)
MAX_BODY_BYTES = 256 * 1024
PERSONAL = {"reporting.follow", "reporting.receipt"}


class ProblemSchema(marshmallow.Schema):
    """RFC 9457 problem details, with the message for each field under `errors`."""

    type = marshmallow.fields.String()
    title = marshmallow.fields.String()
    status = marshmallow.fields.Integer()
    detail = marshmallow.fields.String()
    errors = marshmallow.fields.Dict()


class ProblemApi(Api):
    """flask-smorest, answering errors in this project's way."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer any HTTP error, from Flask, webargs or a view."""
        return answer_http_error(error)


def start(app: Flask, settings: Settings) -> None:
    """Headers, error pages and the few addresses that belong to no room."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_SECURE=secure, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax"
    )
    Talisman(
        app,
        force_https=False,
        strict_transport_security=secure,
        session_cookie_secure=secure,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "(self)", "camera": "()", "microphone": "()"},
        content_security_policy={
            "default-src": "'self'",
            "img-src": ["'self'", "data:", tile_origin(settings.tile_url)],
            "connect-src": "'self'",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        },
    )
    app.before_request(_require_json)
    app.register_error_handler(AppError, answer_app_error)
    app.register_error_handler(OperationalError, answer_database_away)
    app.register_error_handler(DataError, answer_unstorable)
    app.register_error_handler(UnicodeEncodeError, answer_unstorable)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_blueprint(blueprint)
    app.after_request(_keep_private)
    app.jinja_env.globals.update(static_url=static_url)
    app.context_processor(_page_values)


def _keep_private(response: Response) -> Response:
    """Pages behind a personal link or a sign-in stay out of caches and search engines."""
    if request.blueprint == "fieldwork" or request.endpoint in PERSONAL:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def tile_origin(tile_url: str) -> str:
    """The origin of the map tiles, for the Content-Security-Policy; wildcard for `{s}` sub-domains."""
    parts = urlsplit(tile_url.replace("{s}.", "*."))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"


def _page_values() -> dict[str, Any]:
    offered = g.get("languages") or list(LANGUAGES)
    return {
        "identity": identity(),
        "language": language(),
        "languages": [(code, LANGUAGES.get(code, code)) for code in offered],
    }


@cache
def _fingerprint(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def static_url(path: str) -> str:
    """The address of a static file, changing when the file does."""
    folder = current_app.static_folder or ""
    return url_for("static", filename=path, v=_fingerprint(f"{folder}/{path}"))


# --- errors -----------------------------------------------------------------------------------------


def json_response(content: Any, *, content_type: str = "application/json") -> Response:
    """JSON with its own media type."""
    text_ = current_app.json.dumps(content, separators=(",", ":"))
    return Response(text_, content_type=content_type)


def wants_json() -> bool:
    """Whether the caller is a machine."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(
        ["text/html", "application/json", "application/problem+json"]
    )
    return best in {"application/json", "application/problem+json"}


def _require_json() -> None:
    """Refuse what a machine sends that is not JSON (415), or none that can be read (400)."""
    is_sent = request.method in {"POST", "PUT", "PATCH"} and request.path.startswith("/api/")
    if not is_sent or request.routing_exception is not None:
        return
    if not request.is_json:
        abort(415)
    try:
        request.get_json()
    except RecursionError:
        abort(400)


def answer_app_error(error: AppError) -> Response:
    """An AppError as problem+json or a page."""
    errors: dict[str, Any] | None = None
    if isinstance(error, Invalid):
        errors = {field: [sentence] for field, sentence in error.errors.items()}
    elif isinstance(error, MalformedQuery):
        errors = {error.field: [error.detail]}
    return problem(error.status, error.detail, errors=errors)


def answer_http_error(error: HTTPException) -> Response:
    """Werkzeug's and webargs' errors as problem+json or a page; redirects pass through."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    data = getattr(error, "data", None) or {}
    messages = data.get("errors") or data.get("messages")
    detail = str(data.get("message") or explanation(status))
    response = problem(status, detail, errors=_flat(messages) if messages else None)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    if status == 429:
        response.headers.setdefault("Retry-After", "60")
    if isinstance(error, InternalServerError) and error.original_exception:
        log.error("unhandled error", exc_info=error.original_exception)
    return response


def answer_database_away(error: OperationalError) -> Response:
    """The database cannot be reached: say so, keep nothing back, ask to try again."""
    log.error("database error: %s", type(error.orig).__name__)
    g._login_user = None  # who is signed in cannot be looked up now
    response = problem(503, explanation(503))
    response.headers["Retry-After"] = "30"
    return response


def answer_unstorable(error: DataError | UnicodeEncodeError) -> Response:
    """A value that PostgreSQL's text cannot hold (NUL,
    half of a surrogate pair) or that is out of any range.
    """
    log.warning("unstorable value: %s", type(error).__name__)
    return problem(
        400,
        gettext("A value holds characters or numbers that cannot be used. Check it and try again."),
    )


def _flat(messages: dict[str, Any]) -> dict[str, Any]:
    """webargs nests messages under the location (`json`, `query`); the caller knows the field names only."""
    flat: dict[str, Any] = {}
    for place, fields in messages.items():
        if place in {"json", "query", "form", "headers", "json_or_form"} and isinstance(
            fields, dict
        ):
            flat.update(fields)
        else:
            flat[place] = fields
    return flat


def problem(status: int, detail: str, *, errors: dict[str, Any] | None = None) -> Response:
    """RFC 9457 for machines, a page with a way on for people."""
    if wants_json():
        body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if errors:
            body["errors"] = errors
        response = json_response(body, content_type="application/problem+json")
    else:
        actions = [(gettext("Go to the map"), url_for("reporting.start"))]
        page = render_template(
            "errors/error.html",
            status_code=status,
            title=title(status),
            explanation=detail,
            actions=actions,
        )
        response = Response(page)
    response.status_code = status
    return response


def title(status: int) -> str:
    """What happened, in a few words."""
    match status:
        case 400 | 422:
            return gettext("We could not read that")
        case 401 | 403:
            return gettext("You do not have access to this")
        case 404 | 405:
            return gettext("We cannot find this page")
        case 409:
            return gettext("Someone was here before you")
        case 413:
            return gettext("This is too large")
        case 415:
            return gettext("We cannot read this format")
        case 429:
            return gettext("Too many attempts")
        case _:
            return gettext("Something is wrong at our end")


def explanation(status: int) -> str:
    """What to do now."""
    match status:
        case 400:
            return gettext("The request could not be read. Check it and try again.")
        case 401:
            return gettext("Sign in and try again.")
        case 403:
            return gettext("Your account does not have access to this. Ask an administrator.")
        case 404:
            return gettext("The address may be wrong, or the page may have been moved.")
        case 405:
            return gettext("This address cannot be used in this way.")
        case 413:
            return gettext("Send at most %(size)s kB.", size=MAX_BODY_BYTES // 1024)
        case 415:
            return gettext("Send JSON, with the header Content-Type: application/json.")
        case 422:
            return gettext("Some fields need to be corrected.")
        case 429:
            return gettext("Wait a minute and try again.")
        case _:
            return gettext("Nothing you sent has been lost or half stored. Try again in a minute.")


# --- addresses that belong to no room -----------------------------------------------------------------


@blueprint.get("/sprak/<code>")
@visible_to(ANYONE)
def set_language(code: str) -> BaseResponse:
    """Remember the language in a cookie and go back to a path on this site."""
    target = request.args.get("til", "/")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        target = "/"
    response = redirect(target, 303)
    if code in LANGUAGES:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            COOKIE, code, max_age=31_536_000, samesite="Lax", secure=secure, httponly=True
        )
    return response


@blueprint.get("/healthz")
@limiter.exempt
@visible_to(ANYONE)
def healthz() -> Response:
    """200 with `{"status": "ok"}` when the database answers."""
    session().execute(text("SELECT 1"))
    return json_response({"status": "ok"})


def device_class() -> str:
    """phone, tablet, computer or unknown, from the browser's own hint or name; nothing else is kept."""
    agent = request.headers.get("User-Agent", "")
    if "iPad" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobile" in agent:
        return "phone"
    return "computer" if "Mozilla/" in agent else "unknown"
