"""The dataset of what reporters thought of how it went: means of marks from 1 to 6, never of few."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from app.i18n import lazy_gettext as _l
from app.jurisdictions.models import Jurisdiction
from app.open_data.codes import TOTAL
from app.open_data.columns import HIDDEN, Column, Dataset, Key, Kind, Part, Row
from app.open_data.cubes import FIGURES, HIDES, YEAR
from app.open_data.kept import in_order
from app.scorecard.satisfaction import MARKS, SatisfactionRow, satisfaction
from app.service_requests.filter import Filter

ANSWERS, MEAN, ASKED, RATE = "answers", "mean_score", "asked", "response_rate"
MARKED = tuple(f"mark_{mark}" for mark in MARKS)


def _rows(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    """The rows of services and departments; categories are sums of services."""
    rows = [
        _row(found)
        for found in satisfaction(replace(wanted, jurisdiction_id=jurisdiction.id))
        if found.service != TOTAL or found.group == TOTAL
    ]
    return in_order(rows, ("year", "service", "department"), after)


def _row(found: SatisfactionRow) -> Row:
    values = {
        ANSWERS: found.count,
        MEAN: found.mean,
        **dict(zip(MARKED, found.distribution or (None,) * len(MARKED), strict=True)),
        ASKED: found.asked,
        RATE: found.response_rate,
    }
    return {
        "year": found.year,
        "service": found.service,
        "department": found.department,
        **values,
        HIDDEN: " ".join(values) if found.is_hidden else None,
    }


def _marked(mark: int) -> Column:
    return Column(
        code=MARKED[mark - 1],
        kind=Kind.INTEGER,
        label=_l("Mark %(mark)s", mark=mark),
        meaning=_l("How many gave the mark %(mark)s, from 1 (worst) to 6.", mark=mark),
        part=Part.METRIC,
        unit="reports",
    )


SATISFACTION = Dataset(
    code="satisfaction",
    label=_l("What reporters thought"),
    meaning=_l(
        "Marks from 1 (worst) to 6 that reporters gave when their report was closed: how many and"
        " their mean, by the year of receipt, service and department. Fewer than four are hidden."
    ),
    columns=(
        YEAR,
        FIGURES.column("service"),
        FIGURES.column("department"),
        Column(
            code=ANSWERS,
            kind=Kind.INTEGER,
            label=_l("Marks given"),
            meaning=_l("How many gave a mark."),
            part=Part.METRIC,
            unit="reports",
        ),
        Column(
            code=MEAN,
            kind=Kind.NUMBER,
            label=_l("Mean mark"),
            meaning=_l("From 1 (worst) to 6."),
            part=Part.METRIC,
            unit="score",
        ),
        *map(_marked, MARKS),
        Column(
            code=ASKED,
            kind=Kind.INTEGER,
            label=_l("Asked"),
            meaning=_l("Reporters who got an e-mail about how their report ended."),
            part=Part.METRIC,
            unit="reports",
        ),
        Column(
            code=RATE,
            kind=Kind.NUMBER,
            label=_l("Response rate"),
            meaning=_l(
                "From 0 to 1, of those who were asked; missing when they are fewer than four."
            ),
            part=Part.METRIC,
            unit="share",
        ),
        HIDES,
    ),
    key=("year", "service", "department"),
    rows=_rows,
    is_cube=True,
    filters=frozenset({"year", "service", "group", "department"}),
)
