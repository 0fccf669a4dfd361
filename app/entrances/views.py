"""Our map in other people's pages, and the form on paper."""

from collections.abc import Sequence

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog import queries as catalog
from app.catalog.models import Service
from app.i18n import LANGUAGES, force_locale, gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, visible_to

blueprint = Blueprint("entrances", __name__)
MAX_PRESET = 200
BUTTON = (
    "display:inline-block;padding:14px 24px;border-radius:6px;background:#0b4a6f;color:#fff;"
    "font:600 17px/1.2 system-ui,sans-serif;text-decoration:none"
)
"""How the button looks on other people's pages, which do not have our style sheets."""
FRAME = 'width="100%" height="600" loading="lazy" allow="geolocation" style="border:0"'


@blueprint.app_context_processor
def _frame() -> dict[str, object]:
    return {"embedded": g.get("embedded")}


@blueprint.get("/innbygg")
@visible_to(ANYONE)
def embedding() -> ResponseReturnValue:
    """How to put a button and the map on the municipality's own pages."""
    jurisdiction = current_jurisdiction()
    map_title = gettext("Map of reports")
    form_url = url_for("report.where", _external=True)
    map_url = url_for("entrances.embedded_map", sprak=language(), _external=True)
    words = gettext("Report a fault")
    return render_template(
        "entrances/embedding.html",
        link=f'<a href="{form_url}">{words}</a>',
        button=f'<a href="{form_url}" style="{BUTTON}">{words}</a>',
        frame=f'<iframe src="{map_url}" title="{map_title}" {FRAME}></iframe>',
        origins=jurisdiction.embed_origins,
        groups=[(group.code, localised(group.name)) for group in catalog.groups(jurisdiction.id)],
    )


@blueprint.get("/innbygg/kart")
@visible_to(ANYONE)
def embedded_map() -> ResponseReturnValue:
    """The map and list without header and footer; may stand in frames of the web sites in the settings."""
    g.frame_origins = current_jurisdiction().embed_origins
    g.embedded = {
        "groups": request.args.get("gruppe", "")[:MAX_PRESET],
        "view": request.args.get("kart", "")[:MAX_PRESET],
    }
    start = current_app.view_functions["reporting.start"]
    wanted = request.args.get("sprak", "")
    if wanted not in LANGUAGES:
        return current_app.ensure_sync(start)()  # type: ignore[no-any-return]
    with force_locale(wanted):
        return current_app.ensure_sync(start)()  # type: ignore[no-any-return]


@blueprint.get("/meld/skjema")
@visible_to(ANYONE)
def sheet() -> ResponseReturnValue:
    """The form on one sheet of A4, to be filled in by hand."""
    jurisdiction = current_jurisdiction()
    offered = catalog.services(jurisdiction.id)
    groups = [
        (localised(group.name), [localised(service.name) for service in _under(group.id, offered)])
        for group in catalog.groups(jurisdiction.id)
    ]
    numbers = [(item["number"], localised(item["text"])) for item in jurisdiction.emergency_numbers]
    return render_template("entrances/sheet.html", groups=groups, emergency=numbers)


def _under(group_id: int, offered: Sequence[Service]) -> list[Service]:
    return [service for service in offered if service.group_id == group_id]
