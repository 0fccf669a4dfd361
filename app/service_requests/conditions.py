"""A filter as SQL conditions over reports."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Float, and_, false, func, or_, select

from app.catalog.models import Service, ServiceGroup
from app.departments.models import Department
from app.geo.positions import Position
from app.jurisdictions.models import District
from app.routing.models import Channel
from app.service_requests.filter import NONE, Basis, Filter, Shown
from app.service_requests.grid import range_of
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status

NUMBER = re.compile(r"^(?:[A-Z]{2,5}-\d{4}-)?\d{1,12}$")
"""A report's number, or its last part."""


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """The conditions of a list over reports joined with their service and its group."""
    request = ServiceRequest
    # What is rejected (spam, not a fault) is nobody's to see but staff's.
    found = [
        request.jurisdiction_id == wanted.jurisdiction_id,
        request.status != Status.REJECTED,
    ]
    if wanted.bbox:
        box = wanted.bbox
        envelope = func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4326)
        squares = range_of(box)
        # The index compares rounded boxes, to about half a metre; the grid is exact.
        found += [
            request.public_position.op("&&")(envelope),
            request.px.between(squares.west, squares.east),
            request.py.between(squares.north, squares.south),
        ]
    if wanted.services:
        found.append(Service.code.in_(wanted.services))
    if wanted.groups:
        found.append(ServiceGroup.code.in_(wanted.groups))
    if wanted.statuses:
        found.append(request.status.in_(wanted.statuses))
    if wanted.departments:
        found.append(request.department_id.in_(wanted.departments))
    if wanted.start:
        found.append(request.requested_at >= wanted.start)
    if wanted.end:
        found.append(request.requested_at < wanted.end)
    found += _of_figures(wanted)
    if wanted.closed_after:
        found.append(request.status.in_(OPEN) | (request.closed_at >= wanted.closed_after))
    if wanted.shown is not None:
        found += _shown(wanted.shown)
    if wanted.search:
        found.append(_matches(wanted.search))
    return found


def _of_figures(wanted: Filter) -> list[ColumnElement[bool]]:
    """What figures are cut by."""
    request, found = ServiceRequest, []
    if wanted.year is not None:
        found.append(request.received_year == wanted.year)
    if wanted.department_codes:
        found.append(request.department_id.in_(_keys(Department, wanted, wanted.department_codes)))
    if wanted.districts:
        named = request.district_id.in_(_keys(District, wanted, wanted.districts))
        found.append(_or_none(named, request.district_id, wanted.districts))
    if wanted.road_categories:
        named = request.road_category.in_(wanted.road_categories)
        found.append(_or_none(named, request.road_category, wanted.road_categories))
    if wanted.channels:
        found.append(request.channel.in_(wanted.channels))
    if wanted.device_classes:
        found.append(request.device_class.in_(wanted.device_classes))
    return found + [basis_condition(basis, wanted.moment) for basis in _bases(wanted)]


def _bases(wanted: Filter) -> list[Basis]:
    bases = [wanted.basis] if wanted.basis else []
    if wanted.led_to_improvement is not None:
        is_so = wanted.led_to_improvement
        bases.append(Basis.IMPROVED if is_so else Basis.NOT_IMPROVED)
    if wanted.answered_in_time is not None:
        bases.append(Basis.ANSWERED_IN_TIME if wanted.answered_in_time else Basis.ANSWERED_LATE)
    return bases


def basis_condition(basis: Basis, moment: datetime | None) -> ColumnElement[bool]:
    """The condition for being one of the reports that a figure is made of.

    :param moment: when is now; None is the database's clock.
    """
    request = ServiceRequest
    now = func.now() if moment is None else moment
    # What was closed elsewhere without a word of an answer was answered nobody knows when.
    is_told = or_(
        request.channel != Channel.IMPORT,
        request.first_response_at.is_not(None),
        request.status.in_(OPEN),
    )
    is_late = and_(
        request.status != Status.UNKNOWN,
        is_told,
        func.coalesce(request.first_response_at, now) > request.first_response_due_at,
    )
    match basis:
        case Basis.IMPROVED:
            return request.led_to_improvement.is_(True)
        case Basis.NOT_IMPROVED:
            return and_(request.led_to_improvement.is_(False), request.status != Status.UNKNOWN)
        case Basis.OUTCOME_KNOWN:
            return request.status != Status.UNKNOWN
        case Basis.ANSWER_DUE:
            return or_(request.first_response_at.is_not(None), is_late)
        case Basis.ANSWERED_IN_TIME:
            return request.first_response_at <= request.first_response_due_at
        case Basis.ANSWERED_LATE:
            return is_late
        case Basis.ANSWERED:
            return request.first_response_at.is_not(None)
        case Basis.FIXED:
            return request.status == Status.FIXED
        case Basis.OPEN:
            return request.status.in_(OPEN)


def _keys(table: Any, wanted: Filter, codes: Sequence[str]) -> Any:
    return select(table.id).where(
        table.jurisdiction_id == wanted.jurisdiction_id, table.code.in_(codes)
    )


def _or_none(named: ColumnElement[bool], column: Any, codes: Sequence[str]) -> ColumnElement[bool]:
    return or_(named, column.is_(None) if NONE in codes else false())


def _shown(shown: frozenset[Shown]) -> list[ColumnElement[bool]]:
    """What the map shows, or the open or the recently closed ones among it."""
    request = ServiceRequest
    found = [cast(ColumnElement[bool], request.on_map)]
    if Shown.RECENT not in shown:
        found.append(request.status.in_(OPEN))
    if Shown.OPEN not in shown:
        found.append(request.status.not_in(OPEN))
    return found


def _matches(search: str) -> ColumnElement[bool]:
    """A report's number, whole or only its last part, or words of its place that anyone may know."""
    number = search.strip().upper()
    if not NUMBER.match(number):
        return ServiceRequest.public_place_text.icontains(search.strip(), autoescape=True)
    start, _, last = number.rpartition("-")
    if start:
        return ServiceRequest.number == f"{start}-{last.zfill(6)}"
    by_number = ServiceRequest.number.endswith(f"-{last.zfill(6)}", autoescape=True)
    return by_number | ServiceRequest.public_place_text.icontains(last, autoescape=True)


def metres_from(position: Position) -> ColumnElement[float]:
    """Metres on the globe from the public place. Written as the index over what the map shows has it."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    return func.geography(ServiceRequest.public_position).op("<->", return_type=Float())(
        func.geography(point)
    )
