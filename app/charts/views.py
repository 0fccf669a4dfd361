"""The pages of charts and of comparison, and each chart as a file."""

from datetime import UTC, datetime
from typing import Any

import cairosvg
from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.charts.ask import Ask
from app.charts.page import NAMES, charts_page, comparison_page, one_chart, source
from app.charts.picture import WIDTH, picture
from app.charts.schemas import (
    ChartQuerySchema,
    ComparisonQuerySchema,
    PictureQuerySchema,
    load,
)
from app.charts.selection_words import selection_words
from app.errors import NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, limiter, visible_to
from app.service_requests.list_schemas import SelectionSchema
from app.service_requests.selection import filter_of, query_of

blueprint = Blueprint("charts", __name__)
PICTURES = "60 per minute"
SHARPNESS = 2
"""Pixels of a PNG for each unit of the drawing."""


@blueprint.get("/statistikk/diagrammer")
@visible_to(ANYONE)
def show() -> ResponseReturnValue:
    """All charts of a selection."""
    loaded = _loaded(ChartQuerySchema())
    values = charts_page(_ask(loaded), measure=loaded["measure"], on=loaded["date"])
    return render_template("charts/show.html", page=values, files=_files, reports=_reports)


@blueprint.get("/statistikk/sammenlign")
@visible_to(ANYONE)
def compare() -> ResponseReturnValue:
    """Years, districts, departments or municipalities beside each other."""
    loaded = _loaded(ComparisonQuerySchema())
    values = comparison_page(_ask(loaded), beside=loaded["by"], measure=loaded["measure"])
    return render_template("charts/compare.html", page=values, files=_files, reports=_reports)


@blueprint.get("/statistikk/diagram/<name>.<any(svg, png):kind>")
@limiter.limit(PICTURES)
@visible_to(ANYONE)
def file(name: str, kind: str) -> ResponseReturnValue:
    """One chart as a picture that stands alone."""
    if name not in NAMES:
        raise NotFound(
            gettext("There is no such chart. Use one of %(names)s.", names=", ".join(NAMES))
        )
    loaded = _loaded(PictureQuerySchema())
    ask = _ask(loaded)
    chart = one_chart(ask, name, measure=loaded["measure"], on=loaded["date"], beside=loaded["by"])
    if chart is None:
        raise NotFound(
            gettext("There is nothing to draw: no enquiries match. Choose a wider selection.")
        )
    laid = picture(chart, selection=selection_words(ask), source=source(ask))
    svg = render_template(
        "charts/picture.svg", picture=laid, chart=chart, width=loaded["width"] or WIDTH
    )
    response = _picture(svg, kind, loaded["width"])
    stem = f"{name}-{ask.jurisdiction.slug}-{ask.today:%Y-%m-%d}"
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response


def _picture(svg: str, kind: str, width: int | None) -> Response:
    if kind == "svg":
        return Response(svg, content_type="image/svg+xml; charset=utf-8")
    drawn = cairosvg.svg2png(bytestring=svg.encode(), output_width=width or WIDTH * SHARPNESS)
    return Response(drawn, content_type="image/png")


def _loaded(schema: SelectionSchema) -> dict[str, Any]:
    """The query; a name that stands there several times is a list."""
    given = {name: ",".join(filter(None, values)) for name, values in request.args.lists()}
    return load(schema, given)


def _ask(loaded: dict[str, Any]) -> Ask:
    jurisdiction = current_jurisdiction()
    wanted = filter_of(jurisdiction, loaded)
    return Ask(
        jurisdiction=jurisdiction,
        filter=wanted,
        now=datetime.now(UTC),
        query=query_of(wanted, jurisdiction.time_zone),
    )


def _files(name: str, kind: str) -> str:
    """The address of a chart's file, with the query of this page."""
    query: dict[str, Any] = {key: value for key, value in request.args.items() if value}
    return url_for("charts.file", name=name, kind=kind, **query)


def _reports(query: dict[str, Any]) -> str:
    """The page of the reports behind a figure."""
    return url_for("statistics.reports", **query)
