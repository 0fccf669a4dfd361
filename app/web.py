"""HTTP for all: security headers, the JSON interface's frame, language, health, static addresses."""

import hashlib
import logging
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    redirect,
    request,
    url_for,
)
from flask_compress import Compress
from flask_smorest import Api
from flask_talisman import Talisman
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from app import caching
from app.database import session
from app.errors import AppError
from app.i18n import COOKIE, LANGUAGES, language
from app.problems import (
    MAX_BODY_BYTES,
    ProblemSchema,
    answer_app_error,
    answer_database_away,
    answer_http_error,
    answer_unstorable,
    json_response,
    require_json,
)
from app.security import ANYONE, doors, identity, limiter, visible_to
from app.settings import Settings
from app.web_addresses import own_path

log = logging.getLogger(__name__)
blueprint = Blueprint("web", __name__)
PRIVATE = {
    "accounts",
    "counter",
    "fieldwork",
    "casework",
    "privacy",
    "replies",
    "contractors",
    "administration",
    "forwarding",
    "residents",
}
PERSONAL = {
    "reporting.follow",
    "reporting.receipt",
    "reporting.act",
    "reporting.confirm_erasure",
    "reporting.erase",
}


COMPRESSED = [
    "text/csv",
    "text/turtle",
    "application/json",
    "application/geo+json",
    "application/ld+json",
    "application/rdf+xml",
    "application/atom+xml",
    "application/vnd.mapbox-vector-tile",
    "image/svg+xml",
    "text/css",
    "text/javascript",
    "application/manifest+json",
    "text/html",
]
"""Data, scripts and styles. GeoPackage, Parquet, fonts and pictures are compressed within."""


class Packing(Compress):
    """Compresses what is large. Of the pages only those that say in `g.is_without_token` that they hold no
    token: the compressed length of others would tell of it.
    """

    def after_request(self, response: Response | None) -> Response:
        """The answer, packed or as it is."""
        if response and response.mimetype == "text/html" and not g.get("is_without_token"):
            return response
        return super().after_request(response)


class ProblemApi(Api):
    """flask-smorest, answering errors in this project's way."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer any HTTP error, from Flask, webargs or a view."""
        return answer_http_error(error)


def start(app: Flask, settings: Settings) -> None:
    """Headers, error pages and the few addresses that belong to no room."""
    _compress(app)
    caching.start(app)
    app.after_request(_allow_frames)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.crew_keep_hours),
        SESSION_REFRESH_EACH_REQUEST=False,  # what is cached, or answered late, signs nobody in
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
    app.before_request(require_json)
    app.register_error_handler(AppError, answer_app_error)
    app.register_error_handler(OperationalError, answer_database_away)
    app.register_error_handler(DataError, answer_unstorable)
    app.register_error_handler(UnicodeEncodeError, answer_unstorable)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_blueprint(blueprint)
    app.after_request(_keep_private)
    app.jinja_env.globals.update(static_url=static_url)
    app.context_processor(_page_values)


def _compress(app: Flask) -> None:
    """Send data compressed to whoever can read that, also what streams. To be called before `caching.start`,
    so that answers are compressed after all else.
    """
    app.config.update(
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
    )
    Packing(app)


def _allow_frames(response: Response) -> Response:
    """Let the web sites that a view names in `g.frame_origins` show its page in a frame; others never."""
    if origins := g.get("frame_origins"):
        policy = response.headers["Content-Security-Policy"]
        wanted = f"frame-ancestors {' '.join(origins)}"
        response.headers["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", wanted
        )
        del response.headers["X-Frame-Options"]
    return response


def _keep_private(response: Response) -> Response:
    """Pages behind a personal link or a sign-in stay out of caches and search engines."""
    if request.blueprint in PRIVATE or request.endpoint in PERSONAL:
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
        "doors": doors(),
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


@blueprint.get("/sprak/<code>")
@visible_to(ANYONE)
def set_language(code: str) -> BaseResponse:
    """Remember the language in a cookie and go back to a path on this site."""
    response = redirect(own_path(request.args.get("til", "")) or "/", 303)
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
