"""Reporting without coverage: the page that a browser keeps, and the worker that keeps it and sends later."""

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog import queries as catalog
from app.catalog.models import Service
from app.i18n import localised
from app.jurisdictions.views import current_jurisdiction
from app.page_assets import assets_of
from app.reporting.views import blueprint
from app.security import ANYONE, limiter, visible_to

NOBODY: dict[str, Any] = {
    "identity": None,
    "doors": frozenset(),
    "is_resident_here": False,
    "csrf_token": str,
}
"""The page's frame for no one: the page outlives the session of whoever was here when it was kept."""
WORKER = "js/offline/worker.js"


@blueprint.get("/meld/uten-nett")
@visible_to(ANYONE)
def offline() -> ResponseReturnValue:
    """The whole form in one page, for a browser to keep. It holds nothing about anyone."""
    return _page()


@blueprint.get("/sw.js")
@limiter.exempt
@visible_to(ANYONE)
def service_worker() -> Response:
    """The service worker with the list of what it is to keep; it changes when one of the files does."""
    page = _page()
    static = url_for("static", filename="")
    folder = Path(current_app.static_folder or "")
    kept = assets_of(page, folder, static)
    digest = hashlib.sha256(page.encode())
    for address in kept:
        digest.update((folder / address.split("?")[0].removeprefix(static)).read_bytes())
    facts = {"page": url_for("reporting.offline"), "assets": kept, "version": digest.hexdigest()}
    worker = (folder / WORKER).read_text(encoding="utf-8")
    response = Response(
        worker.replace('"KEPT"', json.dumps(facts), 1).replace(
            'from "./', f'from "{static}js/offline/'
        ),
        content_type="text/javascript; charset=utf-8",
    )
    response.cache_control.no_cache = True
    response.vary.update(("Cookie", "Accept-Language"))
    response.add_etag()
    response.make_conditional(request)
    return response


def _page() -> str:
    numbers = current_jurisdiction().emergency_numbers
    return render_template(
        "reporting/offline.html",
        **NOBODY,
        groups=_groups(),
        emergency=[(item["number"], localised(item["text"])) for item in numbers],
    )


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every group with its services, as the form shows them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service in catalog.services(current_jurisdiction().id):
        found.setdefault(localised(service.group.name), []).append(_choice(service))
    return list(found.items())


def _choice(service: Service) -> tuple[str, str]:
    return service.code, localised(service.name)
