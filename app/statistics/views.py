"""The statistics page and its CSV, and the reports behind a figure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.datastructures import MultiDict

from app.errors import MalformedQuery
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.security import ANYONE, visible_to
from app.service_requests.selection import filter_of
from app.statistics import csv_file
from app.statistics.listing import listing
from app.statistics.page import labels, page, yearly_table
from app.statistics.schemas import ReportsQuerySchema

blueprint = Blueprint("statistics", __name__)


@blueprint.app_template_test("a_page")
def is_a_page(endpoint: str) -> bool:
    """Whether this installation has the page: `{% if "statistics.show" is a_page %}`."""
    return endpoint in current_app.view_functions


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
    return response


@blueprint.get("/statistikk/meldinger")
@visible_to(ANYONE)
def reports() -> ResponseReturnValue:
    """The reports behind a figure, the newest first."""
    query = read_query(ReportsQuerySchema(), request.args)
    jurisdiction = current_jurisdiction()
    values = listing(
        jurisdiction,
        filter_of(jurisdiction, query),
        query["measure"],
        after=query["cursor"],
        now=datetime.now(UTC),
    )
    return render_template(
        "statistics/reports.html",
        listing=values,
        first_url=address("statistics.reports", cursor=None),
        next_url=address("statistics.reports", cursor=values.next_cursor),
        is_first_page=query["cursor"] is None,
    )


def read_query(schema: Schema, args: MultiDict[str, str]) -> dict[str, Any]:
    """A page's query as its schema reads it. Several values of one name are a list.

    :raises MalformedQuery: a parameter is unknown, or cannot be read.
    """
    try:
        query: dict[str, Any] = schema.load(flat(args), unknown=RAISE)
    except ValidationError as fault:
        name, texts = next(iter(first_messages(fault).items()))
        if name not in {field.data_key or key for key, field in schema.fields.items()}:
            known = sorted(field.data_key or key for key, field in schema.fields.items())
            texts = gettext("Use %(known)s.", known=", ".join(known))
        message = gettext("The address has a filter that cannot be read: %(name)s.", name=name)
        raise MalformedQuery(name, f"{message} {texts}") from fault
    return query


def flat(args: MultiDict[str, str]) -> dict[str, str]:
    """The query with one text for each name, without empty ones: several values have commas between."""
    values = {name: ",".join(filter(None, texts)) for name, texts in args.lists()}
    return {name: text for name, text in values.items() if text}


def address(endpoint: str, **changes: str | None) -> str:
    """The address of a page with this one's query, some of it changed, or left out for None."""
    values = {**flat(request.args), **changes}
    return with_query(endpoint, {name: text for name, text in values.items() if text})


def with_query(endpoint: str, query: Mapping[str, str]) -> str:
    """The address of a page with a query, whatever words stand in it: `url_for` has some of its own."""
    page = url_for(endpoint)
    return f"{page}?{urlencode(query)}" if query else page
