"""What reporters thought of how it went, as figures. Few answers are never told, alone or as a difference.

A mark counts when it was given after the report's latest end, in the year of receipt, as everything does.
Asked are those to whom a letter about the end went, for it asks the question; that can be told even after an
address is erased.

What is kept from view are the answers of groups of fewer than four. All tables are parts of the same figures:
of each year its categories with their services, and its departments. They are hidden together, so that no two
tables can be held against each other; services are not crossed with departments, where nearly all would be
small. A selection takes rows and never counts anew, and years are never added up. Of larger groups everything
is told: a mark that one of twenty gave says nothing of who it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.notifications.models import Delivery, DeliveryChannel, DeliveryKind
from app.service_requests.additions import Satisfaction
from app.service_requests.conditions import conditions
from app.service_requests.filter import Filter
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import RATED
from app.statistics.questions import TOTAL, Dimension, FigureRow
from app.statistics.small_cells import FEWEST, hide

MARKS = range(1, 7)
BY = (Dimension.GROUP, Dimension.SERVICE, Dimension.DEPARTMENT)


@dataclass(frozen=True, kw_only=True)
class SatisfactionRow:
    """The marks of one year of receipt. Codes are `total` where everything is together.

    Hidden: all figures are None. Otherwise `distribution` counts the marks 1 to 6, `mean` is None without
    marks, and `response_rate` (0 to 1) is None when fewer than four were asked. Marks of people who were not
    asked count in the mean and not in the rate.
    """

    year: int
    group: str = TOTAL
    service: str = TOTAL
    department: str = TOTAL
    count: int | None
    mean: float | None
    distribution: tuple[int, ...] | None
    asked: int | None
    response_rate: float | None
    is_hidden: bool


def satisfaction(wanted: Filter) -> list[SatisfactionRow]:
    """The rows of all tables, by year and codes, sums last. What nobody was asked of or answered has no row.

    :param wanted: `year`, `groups`, `services` and `department_codes` choose rows: sums over more than was
        chosen are left out. No other condition is read, since slices could be held against each other.
    """
    counted = [*session().execute(_statement(wanted.jurisdiction_id)).mappings()]
    rows = []
    for year in {line["year"] for line in counted}:
        lines = [line for line in counted if line["year"] == year]
        shown = hide([_cell(line) for line in lines], always=True)
        rows += [
            _row(line, is_hidden=cell.is_hidden) for line, cell in zip(lines, shown, strict=True)
        ]
    return sorted((row for row in rows if _is_wanted(row, wanted)), key=_place)


def mean_by_year(jurisdiction_id: int) -> dict[int, tuple[float | None, int]]:
    """By year of receipt, the mean of all marks (None without any) and their number; no hidden years."""
    rows = satisfaction(Filter(jurisdiction_id=jurisdiction_id))
    return {
        row.year: (row.mean, row.count)
        for row in totals(rows)
        if row.count is not None and not row.is_hidden
    }


def totals(rows: Sequence[SatisfactionRow]) -> list[SatisfactionRow]:
    """The rows of whole years."""
    return [row for row in rows if row.group == row.service == row.department == TOTAL]


def divided(rows: Sequence[SatisfactionRow], by: Dimension) -> list[SatisfactionRow]:
    """The rows of one year each and one value of a dimension, everything else together."""
    others = {dimension for dimension in BY if dimension != by}
    if by == Dimension.SERVICE:
        others.remove(Dimension.GROUP)  # a service is of one category
    return [
        row
        for row in rows
        if getattr(row, by) != TOTAL and all(getattr(row, other) == TOTAL for other in others)
    ]


def _asked() -> Any:
    """The keys of reports whose reporter got a letter about an end.

    Of a follower who was forgotten the letter looks like one to a reporter whose address was erased; the
    receipt, which only reporters get, tells them apart.
    """
    receipt = aliased(Delivery)
    is_reporters = exists().where(
        Contact.id == Delivery.contact_id,
        Contact.service_request_id == Delivery.service_request_id,
    )
    was_reporters = and_(
        Delivery.contact_id.is_(None),
        exists().where(
            receipt.service_request_id == Delivery.service_request_id,
            receipt.kind == DeliveryKind.RECEIPT,
            receipt.contact_id.is_(None),
        ),
    )
    return (
        select(Delivery.service_request_id)
        .join(HistoryEntry, HistoryEntry.id == Delivery.history_entry_id)
        .where(
            Delivery.kind == DeliveryKind.UPDATE,
            Delivery.channel == DeliveryChannel.EMAIL,
            Delivery.sent_at.is_not(None),
            Delivery.subscription_id.is_(None),
            HistoryEntry.status.in_(RATED),
            or_(is_reporters, was_reporters),
        )
        .distinct()
        .subquery()
    )


def _statement(jurisdiction_id: int) -> Select[*tuple[Any, ...]]:
    """All tables in one statement."""
    year, group = ServiceRequest.received_year, ServiceGroup.code
    service, department = Service.code, Department.code
    asked, mark = _asked(), Satisfaction.score
    sets = func.grouping_sets(
        tuple_(year, group, service),
        tuple_(year, group),
        tuple_(year, department),
        tuple_(year),
    )
    is_asked = asked.c.service_request_id.is_not(None)
    query: Select[*tuple[Any, ...]] = (
        select(
            year.label("year"),
            group.label("group"),
            service.label("service"),
            department.label("department"),
            *[func.count().filter(mark == score).label(f"mark_{score}") for score in MARKS],
            func.count().filter(is_asked).label("asked"),
            func.count().filter(is_asked, mark.is_not(None)).label("asked_answered"),
        )
        .select_from(ServiceRequest)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .outerjoin(
            Satisfaction,
            and_(
                Satisfaction.service_request_id == ServiceRequest.id,
                Satisfaction.answered_at >= ServiceRequest.closed_at,
            ),
        )
        .outerjoin(asked, asked.c.service_request_id == ServiceRequest.id)
        .where(
            *conditions(Filter(jurisdiction_id=jurisdiction_id)),
            ServiceRequest.status.in_(RATED),
            or_(is_asked, mark.is_not(None)),
        )
        .group_by(sets)
    )
    return query


def _marks(line: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(line[f"mark_{score}"] for score in MARKS)


def _cell(line: Mapping[str, Any]) -> FigureRow:
    """As a row of figures, whose rule for small cells is the one that holds here. Years are not added up."""
    return FigureRow(
        period=None,
        keys={dimension: line[dimension] or TOTAL for dimension in BY},
        values={"received": sum(_marks(line))},
        made_of={},
    )


def _row(line: Mapping[str, Any], *, is_hidden: bool) -> SatisfactionRow:
    marks, asked = _marks(line), line["asked"]
    count = sum(marks)
    points = sum(score * number for score, number in zip(MARKS, marks, strict=True))
    return SatisfactionRow(
        year=line["year"],
        group=line["group"] or TOTAL,
        service=line["service"] or TOTAL,
        department=line["department"] or TOTAL,
        count=None if is_hidden else count,
        mean=points / count if count and not is_hidden else None,
        distribution=None if is_hidden else marks,
        asked=None if is_hidden else asked,
        response_rate=line["asked_answered"] / asked if asked >= FEWEST and not is_hidden else None,
        is_hidden=is_hidden,
    )


def _is_wanted(row: SatisfactionRow, wanted: Filter) -> bool:
    return (
        wanted.year in {None, row.year}
        and (not wanted.groups or row.group in wanted.groups)
        and (not wanted.services or row.service in wanted.services)
        and (not wanted.department_codes or row.department in wanted.department_codes)
    )


def _place(row: SatisfactionRow) -> tuple[Any, ...]:
    codes = (row.group, row.service, row.department)
    return row.year, [(code == TOTAL, code) for code in codes]
