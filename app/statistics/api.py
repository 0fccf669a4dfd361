"""The yearly table as JSON."""

from typing import Any

from flask_smorest import Blueprint

from app.i18n import localised
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, visible_to
from app.statistics.page import counting_rules, labels, yearly_table
from app.statistics.schemas import YearlySchema
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
