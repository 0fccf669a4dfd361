"""The yearly table, figures of any selection, and the measures with their rules, as JSON."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import RAISE

from app.i18n import localised
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, limiter, visible_to
from app.service_requests.selection import filter_of
from app.statistics import measures as all_measures
from app.statistics.figures import behind
from app.statistics.figures import figures as rows_of
from app.statistics.names import names_of
from app.statistics.page import counting_rules, labels, yearly_table
from app.statistics.questions import FigureRow, Question
from app.statistics.schemas import FiguresQuerySchema, FiguresSchema, MeasureSchema, YearlySchema
from app.statistics.size import QUESTIONS, check_size
from app.statistics.views import local_now

blueprint = Blueprint(
    "statistics_api", __name__, url_prefix="/api/v1/statistics", description="Figures"
)


@blueprint.get("/yearly")
@visible_to(ANYONE)
@blueprint.response(200, YearlySchema)
def yearly() -> dict[str, Any]:
    """Every figure of the yearly table: published years as published, later years counted from the reports."""
    jurisdiction = current_jurisdiction()
    table, names = yearly_table(jurisdiction, this_year=local_now().year), labels(jurisdiction)
    figures = []
    for year in table.years:
        for code in table.categories:
            figure = table.figure(year.year, code)
            figures.append(
                {
                    "year": year.year,
                    "category": code,
                    "label": names[code],
                    "received": figure.received,
                    "led_to_improvement": figure.led_to_improvement,
                    "kind": year.kind,
                    "source": year.source,
                    "note": localised(figure.note) or None,
                }
            )
    return {"jurisdiction": jurisdiction.number, "rules": counting_rules(), "figures": figures}


@blueprint.get("/figures")
@limiter.limit(QUESTIONS)
@visible_to(ANYONE)
@blueprint.arguments(FiguresQuerySchema, location="query", error_status_code=400, unknown=RAISE)
@blueprint.response(200, FiguresSchema)
def figures(query: dict[str, Any]) -> dict[str, Any]:
    """Figures of a selection of reports, by period and up to two dimensions, counted now."""
    jurisdiction = current_jurisdiction()
    question = Question(
        filter=filter_of(jurisdiction, query),
        period=query["period"],
        by=query["by"],
        measures=query["measure"],
    )
    now = datetime.now(UTC)
    check_size(question, jurisdiction, now)
    return {
        "jurisdiction": jurisdiction.number,
        "period": query["period"].value,
        "by": [dimension.value for dimension in query["by"]],
        "rules": {code: all_measures.rule(code) for code in query["measure"]},
        "names": {by.value: names_of(jurisdiction, by) for by in query["by"]},
        "figures": [
            _figure(question, row, jurisdiction.time_zone) for row in rows_of(question, now=now)
        ],
    }


def _figure(question: Question, row: FigureRow, zone: str) -> dict[str, Any]:
    page = url_for("statistics.reports", _external=True)
    reports = {
        code: f"{page}?{urlencode(behind(question, row, code, zone))}"
        for code in row.values
        if row.made_of[code]
    }
    return {
        "period": row.period,
        "keys": {dimension.value: code for dimension, code in row.keys.items()},
        "values": dict(row.values),
        "hidden": sorted(row.hidden),
        "reports": reports,
    }


@blueprint.get("/measures")
@visible_to(ANYONE)
@blueprint.response(200, MeasureSchema(many=True))
def measures() -> list[dict[str, Any]]:
    """What can be measured, and the rule of each measure."""
    return [
        {
            "code": measure.code,
            "title": all_measures.title(measure.code),
            "unit": measure.unit.value,
            "decimals": measure.decimals,
            "rule": all_measures.rule(measure.code),
        }
        for measure in all_measures.MEASURES
    ]
