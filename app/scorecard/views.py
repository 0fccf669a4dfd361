"""The scorecard's page and its CSV."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from app.jurisdictions.views import current_jurisdiction
from app.scorecard import csv_file
from app.scorecard.page import page, scorecard
from app.security import ANYONE, visible_to
from app.statistics.views import local_now

blueprint = Blueprint("scorecard", __name__)


@blueprint.get("/statistikk/styringskort")
@visible_to(ANYONE)
def show() -> ResponseReturnValue:
    """Figures from elsewhere and our own, with what is aimed at."""
    card = scorecard(current_jurisdiction(), now=local_now())
    return render_template("scorecard/card.html", card=page(card))


@blueprint.get("/statistikk/styringskort.csv")
@visible_to(ANYONE)
def csv() -> ResponseReturnValue:
    """The scorecard, one row for each figure."""
    jurisdiction = current_jurisdiction()
    response = Response(csv_file.write(scorecard(jurisdiction, now=local_now()), jurisdiction))
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    name = f"styringskort-{jurisdiction.slug}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response
