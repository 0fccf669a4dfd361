"""Labels with a QR code on lamps, bins and other numbered things, and where they lead."""

import io
import re
from dataclasses import dataclass
from typing import Any

import segno
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.entrances import queries
from app.entrances.queries import Labelled
from app.entrances.views import blueprint
from app.errors import NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.routing.models import LAMP
from app.security import ANYONE, visible_to

MOST_LABELS = 240
MOST_CIRCUITS = 500
MAX_NUMBER = 60
MAX_SELECTION = 10_000
QUIET_ZONE = 4
"""White modules around the code, as ISO/IEC 18004 asks."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label as it is printed."""

    number: str
    address: str
    code: Markup


@blueprint.get("/l/<path:number>")
@visible_to(ANYONE)
def open_label(number: str) -> ResponseReturnValue:
    """From the label to the form, with the place and the service filled in."""
    jurisdiction = current_jurisdiction()
    found = queries.thing(jurisdiction.id, number) if len(number) <= MAX_NUMBER else None
    if found is None:
        page = render_template("entrances/unknown_label.html", number=number[:MAX_NUMBER])
        return page, 404
    service = queries.service_for(jurisdiction, found.kind)
    values: dict[str, Any] = {
        "latitude": f"{found.position.latitude:.6f}",
        "longitude": f"{found.position.longitude:.6f}",
    }
    if service:
        values["service"] = service.code
    if found.kind == LAMP:
        values["lamp"] = found.number
    return redirect(url_for("report.where", **values), 303)


@blueprint.get("/styring/qr")
@visible_to(Deed.LABELS)
def labels() -> ResponseReturnValue:
    """Choose things by number or circuit, and print their labels."""
    jurisdiction_id = current_jurisdiction().id
    written = request.args.get("numre", "")[:MAX_SELECTION]
    circuit = request.args.get("krets", "")[:MAX_NUMBER]
    numbers = [part for part in re.split(r"[\s,;]+", written) if part]
    found: list[Labelled] = []
    if numbers or circuit:
        found = queries.things(
            jurisdiction_id, numbers=numbers, circuit=circuit, limit=MOST_LABELS + 1
        )
    known = {item.number.upper() for item in found}
    return render_template(
        "entrances/labels.html",
        labels=[_label(item) for item in found[:MOST_LABELS]],
        is_cut=len(found) > MOST_LABELS,
        most=MOST_LABELS,
        missing=[number for number in numbers if number.upper() not in known][:MOST_LABELS],
        is_asked=bool(numbers or circuit),
        form={"numre": written, "krets": circuit},
        circuits=queries.circuits(jurisdiction_id, MOST_CIRCUITS),
    )


@blueprint.get("/qr/<path:number>.svg")
@visible_to(Deed.LABELS)
def label_file(number: str) -> ResponseReturnValue:
    """One label's code as a file, for whoever prints labels elsewhere."""
    found = queries.thing(current_jurisdiction().id, number) if len(number) <= MAX_NUMBER else None
    if found is None:
        raise NotFound(gettext("There is nothing with the number %(number)s.", number=number))
    out = io.BytesIO()
    title = gettext("Report a fault: %(number)s", number=found.number)
    _code(found.number).save(
        out, kind="svg", border=QUIET_ZONE, scale=8, title=title, svgclass=None, lineclass=None
    )
    return out.getvalue(), 200, {"Content-Type": "image/svg+xml", "Cache-Control": "private"}


def _label(item: Labelled) -> Label:
    drawn = _code(item.number).svg_inline(
        border=QUIET_ZONE, omitsize=True, svgclass="label__code", lineclass=None
    )
    return Label(
        number=item.number,
        address=_address(item.number).partition("://")[2],
        code=Markup(drawn),  # noqa: S704 -- drawn here, from squares
    )


def _code(number: str) -> segno.QRCode:
    """Level Q: a quarter may be scratched away."""
    return segno.make(_address(number), error="q", micro=False)


def _address(number: str) -> str:
    return url_for("entrances.open_label", number=number, _external=True)
