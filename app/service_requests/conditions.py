"""A filter as SQL conditions over reports."""

import re
from typing import cast

from sqlalchemy import ColumnElement, Float, func

from app.catalog.models import Service, ServiceGroup
from app.geo.positions import Position
from app.service_requests.filter import Filter, Shown
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
            request.position.op("&&")(envelope),
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
    if wanted.closed_after:
        found.append(request.status.in_(OPEN) | (request.closed_at >= wanted.closed_after))
    if wanted.shown is not None:
        found += _shown(wanted.shown)
    if wanted.search:
        found.append(_matches(wanted.search))
    return found


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
    """A report's number, whole or only its last part, or words of its place."""
    number = search.strip().upper()
    if not NUMBER.match(number):
        return ServiceRequest.place_text.icontains(search.strip(), autoescape=True)
    start, _, last = number.rpartition("-")
    if start:
        return ServiceRequest.number == f"{start}-{last.zfill(6)}"
    by_number = ServiceRequest.number.endswith(f"-{last.zfill(6)}", autoescape=True)
    return by_number | ServiceRequest.place_text.icontains(last, autoescape=True)


def metres_from(position: Position) -> ColumnElement[float]:
    """Metres on the globe. Written as the index over what the map shows has it."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    return func.geography(ServiceRequest.position).op("<->", return_type=Float())(
        func.geography(point)
    )
