"""The one statement that a table of figures is counted by."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)

from app.catalog.models import Service, ServiceGroup
from app.departments.models import Department
from app.jurisdictions.models import District, Jurisdiction
from app.service_requests.conditions import basis_condition, conditions
from app.service_requests.filter import NONE, Basis, Filter
from app.service_requests.models import ServiceRequest
from app.statistics import periods
from app.statistics.questions import Dimension, Period, Question

DAY = 86_400
COUNTED = (
    Basis.IMPROVED,
    Basis.OUTCOME_KNOWN,
    Basis.ANSWER_DUE,
    Basis.ANSWERED_IN_TIME,
    Basis.ANSWERED,
    Basis.FIXED,
    Basis.OPEN,
)
PERCENTILES = {
    "first_answer_days_median": (0.5, "answer_days"),
    "first_answer_days_p90": (0.9, "answer_days"),
    "fix_days_median": (0.5, "fix_days"),
    "fix_days_p90": (0.9, "fix_days"),
}


def statement(question: Question, zone: str, now: datetime) -> Select[Any]:
    """One row for each combination of period and codes, and sums; the very last row is all together."""
    facts = _facts(question, zone, now)
    dims = [facts.c[dimension] for dimension in question.by]
    spread = [] if question.period is None else [facts.c.period]
    sizes = range(len(dims) + 1) if question.with_totals else [len(dims)]
    sets = [tuple_(*spread, *kept) for size in sizes for kept in combinations(dims, size)]
    if question.period is not None or not question.with_totals:
        sets.append(tuple_())
    keys = [*spread, *dims]
    grouping = func.grouping(*keys) if keys else literal(0)
    began = (
        select(func.min(ServiceRequest.requested_at))
        .where(ServiceRequest.jurisdiction_id == question.filter.jurisdiction_id)
        .scalar_subquery()
    )
    columns = [*keys, grouping.label("summed"), began.label("began"), *_aggregates(question, facts)]
    query = select(*columns)
    return query.group_by(func.grouping_sets(*sets)).order_by(grouping) if keys else query


def _facts(question: Question, zone: str, now: datetime) -> Subquery:
    """The selected reports, each with its period, its codes and what is measured."""
    request = ServiceRequest
    local = func.timezone(zone, request.requested_at)
    wanted = replace(question.filter, moment=now)
    columns: list[ColumnElement[Any]] = [_code(by).label(by) for by in question.by]
    match question.period:
        case Period.YEAR:
            columns.append(cast(request.received_year, Text).label("period"))
        case Period.QUARTER:
            columns.append(func.to_char(local, 'YYYY-"Q"Q').label("period"))
        case Period.MONTH:
            columns.append(func.to_char(local, "YYYY-MM").label("period"))
    is_fixed = basis_condition(Basis.FIXED, now)
    columns += [basis_condition(basis, now).label(basis) for basis in COUNTED]
    columns += [
        _days(request.first_response_at).label("answer_days"),
        case((is_fixed, _days(request.closed_at))).label("fix_days"),
    ]
    query: Select[Any] = (
        select(*columns)
        .select_from(request)
        .join(Service, Service.id == request.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .join(Department, Department.id == request.department_id)
        .join(Jurisdiction, Jurisdiction.id == request.jurisdiction_id)
        .outerjoin(District, District.id == request.district_id)
    )
    if question.period == Period.ROLLING_12:
        query, wanted = _rolled(query, wanted, zone, now)
    return query.where(*conditions(wanted)).subquery()


def _rolled(
    query: Select[Any], wanted: Filter, zone: str, now: datetime
) -> tuple[Select[Any], Filter]:
    """Each report in the twelve windows that it is in, where these may end."""
    first, last = periods.ends(wanted, zone, now)
    later = func.generate_series(0, 11).table_valued("months").render_derived("later")
    month = func.date_trunc("month", func.timezone(zone, ServiceRequest.requested_at))
    period = func.to_char(month + func.make_interval(0, later.c.months), "YYYY-MM")
    start = None if first is None else periods.begin(first - 11, zone)
    reach = replace(wanted, year=None, start=start, end=periods.begin(last + 1, zone))
    query = query.add_columns(period.label("period")).join(later, true())
    query = query.where(period <= periods.code_of(Period.MONTH, last))
    if first is not None:
        query = query.where(period >= periods.code_of(Period.MONTH, first))
    return query, reach


def _code(dimension: Dimension) -> ColumnElement[Any]:
    request = ServiceRequest
    columns: Mapping[Dimension, Any] = {
        Dimension.GROUP: ServiceGroup.code,
        Dimension.SERVICE: Service.code,
        Dimension.DEPARTMENT: Department.code,
        Dimension.DISTRICT: func.coalesce(District.code, NONE),
        Dimension.ROAD: func.coalesce(request.road_category, NONE),
        Dimension.CHANNEL: request.channel,
        Dimension.DEVICE: request.device_class,
        Dimension.JURISDICTION: Jurisdiction.number,
    }
    found: ColumnElement[Any] = columns[dimension]
    return found


def _days(moment: Any) -> ColumnElement[Any]:
    seconds = func.extract("epoch", moment - ServiceRequest.requested_at)
    return cast(seconds, Double) / DAY


def _aggregates(question: Question, facts: Subquery) -> list[ColumnElement[Any]]:
    """What is counted, by the names of bases; and the percentiles that are asked for."""
    counts = [func.count().filter(facts.c[basis]).label(basis) for basis in COUNTED]
    percentiles = [
        func.percentile_cont(share).within_group(facts.c[column]).label(code)
        for code, (share, column) in PERCENTILES.items()
        if code in question.measures
    ]
    return [func.count().label("received"), *counts, *percentiles]
