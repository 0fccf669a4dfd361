"""The dataset of what reporters thought of how it went: means of marks from 1 to 6, never of few."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Double, cast, func, select, tuple_

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.i18n import lazy_gettext as _l
from app.jurisdictions.models import Jurisdiction
from app.open_data.codes import TOTAL
from app.open_data.columns import HIDDEN, Column, Dataset, Key, Kind, Part, Row
from app.open_data.cubes import BY, FIGURES, HIDES, YEAR
from app.open_data.kept import in_order
from app.service_requests.additions import Satisfaction
from app.service_requests.conditions import conditions
from app.service_requests.filter import Filter
from app.service_requests.models import ServiceRequest
from app.statistics.questions import Dimension, FigureRow, Question
from app.statistics.small_cells import hide

ANSWERS, MEAN = "answers", "mean_score"


def _rows(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    year, service, department = ServiceRequest.received_year, Service.code, Department.code
    sets = func.grouping_sets(
        tuple_(year, service, department),
        tuple_(year, service),
        tuple_(year, department),
        tuple_(year),
    )
    query = (
        select(
            year.label("year"),
            service.label("service"),
            department.label("department"),
            func.count().label(ANSWERS),
            cast(func.avg(Satisfaction.score), Double).label(MEAN),
        )
        .join(Satisfaction, Satisfaction.service_request_id == ServiceRequest.id)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(*conditions(wanted))
        .group_by(sets)
    )
    counted = [_figure(row) for row in session().execute(query).mappings()]
    shown = hide(counted, fixed=Question(filter=wanted).fixed, always=True)
    rows = [_row(row) for row in shown]
    return in_order(rows, ("year", "service", "department"), after)


def _figure(row: Any) -> FigureRow:
    """As a row of figures, whose rule for small cells is the one that holds here."""
    return FigureRow(
        period=str(row["year"]),
        keys={
            Dimension.SERVICE: row["service"] or TOTAL,
            Dimension.DEPARTMENT: row["department"] or TOTAL,
        },
        values={"received": row[ANSWERS], MEAN: row[MEAN]},
        made_of={"received": row[ANSWERS], MEAN: row[ANSWERS]},
    )


def _row(shown: FigureRow) -> Row:
    return {
        "year": int(shown.period or 0),
        **{str(dimension): shown.keys[dimension] for dimension in BY},
        ANSWERS: shown.values["received"],
        MEAN: shown.values[MEAN],
        HIDDEN: f"{ANSWERS} {MEAN}" if shown.values["received"] is None else None,
    }


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
        HIDES,
    ),
    key=("year", "service", "department"),
    rows=_rows,
    is_cube=True,
    filters=frozenset({"year", "service", "group", "department", "district"}),
)
