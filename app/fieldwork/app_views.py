"""The field app's door: its one page, the worker that keeps it, and what makes it installable."""

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fieldwork.app_texts import texts
from app.i18n import gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.page_assets import assets_of
from app.security import ANYONE, limiter, visible_to
from app.web import static_url

blueprint = Blueprint("crew_app", __name__, url_prefix="/felt")
WORKER = "js/crew/worker.js"
COLOUR = "#0b4a6f"
LATER = ("vendor/inter/inter-latin-ext.woff2",)
"""What the worker keeps only once it has been used: letters that Norwegian does without."""
ICONS = (
    ("icons/crew-192.png", 192, "any"),
    ("icons/crew-512.png", 512, "any"),
    ("icons/crew-maskable-512.png", 512, "maskable"),
)


@blueprint.get("/")
@blueprint.get("/jobb/<path:name>")
@blueprint.get("/konflikt/<name>")
@blueprint.get("/<any(ny, runde, ko, kart, mer):name>")
@visible_to(ANYONE)
def shell(name: str = "") -> ResponseReturnValue:
    """The app's page, the same at all its addresses. It holds nothing about anyone, and no token:
    a browser keeps it.
    """
    g.is_without_token = True
    response = Response(_page(), content_type="text/html; charset=utf-8")
    return _asked_anew(response)


@blueprint.get("/sw.js")
@limiter.exempt
@visible_to(ANYONE)
def worker() -> Response:
    """The app's worker with the list of what it is to keep; it changes when one of the files does."""
    page = _page()
    static = url_for("static", filename="")
    folder = Path(current_app.static_folder or "")
    kept = kept_files(page, folder, static)
    digest = hashlib.sha256(page.encode())
    for address in kept:
        digest.update((folder / address.split("?")[0].removeprefix(static)).read_bytes())
    facts = {
        "page": url_for("crew_app.shell"),
        "assets": kept,
        "version": digest.hexdigest()[:16],
        "icon": static_url(ICONS[0][0]),
        "alert": {
            "title": gettext("Danger is reported"),
            "body": gettext("Open the app to see it."),
        },
    }
    script = (folder / WORKER).read_text(encoding="utf-8")
    script = script.replace('"KEPT"', json.dumps(facts), 1)
    script = script.replace('from "./', f'from "{static}js/crew/')
    return _asked_anew(Response(script, content_type="text/javascript; charset=utf-8"))


@blueprint.get("/manifest.webmanifest")
@limiter.exempt
@visible_to(ANYONE)
def manifest() -> Response:
    """What a phone needs to put the app among the others."""
    name = localised(current_jurisdiction().name)
    facts: dict[str, Any] = {
        "id": url_for("crew_app.shell"),
        "name": gettext("Jobs in %(municipality)s", municipality=name),
        "short_name": gettext("Jobs"),
        "description": gettext("The crew's jobs, with or without coverage."),
        "lang": language(),
        "dir": "ltr",
        "start_url": url_for("crew_app.shell"),
        "scope": url_for("crew_app.shell"),
        "display": "standalone",
        "orientation": "any",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "icons": [
            {
                "src": static_url(path),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for path, size, purpose in ICONS
        ],
    }
    body = json.dumps(facts, ensure_ascii=False)
    return _asked_anew(Response(body, content_type="application/manifest+json; charset=utf-8"))


def kept_files(page: str, folder: Path, static: str) -> list[str]:
    """The addresses that the worker keeps: all that the app needs, but what is seldom used."""
    return [
        address for address in assets_of(page, folder, static) if not _is_later(address, static)
    ]


def _is_later(address: str, static: str) -> bool:
    path = address.split("?")[0].removeprefix(static)
    return path in LATER or path.startswith("icons/")


def _page() -> str:
    return render_template("fieldwork/app.html", texts=texts(), colour=COLOUR)


def _asked_anew(response: Response) -> Response:
    """Kept by the browser, and asked for each time whether it still counts."""
    response.cache_control.no_cache = True
    response.vary.update(("Cookie", "Accept-Language"))
    response.add_etag()
    response.make_conditional(request)
    return response
