"""The statistics page and its CSV."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import MalformedQuery
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, visible_to
from app.statistics import csv_file
from app.statistics.page import labels, page, yearly_table

blueprint = Blueprint("statistics", __name__)


def local_now() -> datetime:
    """Now, by the municipality's clock."""
    return datetime.now(UTC).astimezone(ZoneInfo(current_jurisdiction().time_zone))


@blueprint.get("/statistikk")
@visible_to(ANYONE)
def show() -> ResponseReturnValue:
    """The yearly table with charts."""
    written = request.args.get("aar", "")
    if written and not (written.isascii() and written.isdecimal() and len(written) <= 4):
        raise MalformedQuery("aar", gettext("Write the year with four digits."))
    selected = int(written) if written else None
    values = page(current_jurisdiction(), now=local_now(), selected=selected)
    return render_template("statistics/page.html", statistics=values)


@blueprint.get("/statistikk.csv")
@visible_to(ANYONE)
def csv() -> ResponseReturnValue:
    """The yearly table, one row for each figure."""
    jurisdiction = current_jurisdiction()
    table = yearly_table(jurisdiction, this_year=local_now().year)
    response = Response(csv_file.write(table, jurisdiction, labels(jurisdiction)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    name = f"meldinger-{jurisdiction.slug}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)
