"""The dataset of reports: what anyone may know of each, and nothing else.

No free text, no photos, no channel, no device, and the public place. Rejected reports are not in it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Date, Double, Numeric, Select, case, cast, func, null, select

from app.catalog.models import Service, ServiceGroup
from app.departments.models import Department
from app.i18n import lazy_gettext as _l
from app.jurisdictions.models import District, Jurisdiction
from app.open_data import codes
from app.open_data.columns import Column, Dataset, Key, Kind, Row
from app.open_data.streaming import stream
from app.service_requests.conditions import conditions
from app.service_requests.filter import Filter
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status

DECIMALS = 6
"""Of positions, in degrees: about a tenth of a metre."""
ROUNDED = 10**-DECIMALS

COLUMNS = (
    Column(
        code="number",
        kind=Kind.TEXT,
        label=_l("Report number"),
        meaning=_l("The report's number; it never changes. Numbers grow within a year, with gaps."),
    ),
    Column(
        code="service",
        kind=Kind.TEXT,
        label=_l("Service"),
        meaning=_l("What was reported."),
        codes=codes.services,
    ),
    Column(
        code="group",
        kind=Kind.TEXT,
        label=_l("Category"),
        meaning=_l("The category of the annual report."),
        codes=codes.groups,
    ),
    Column(
        code="status",
        kind=Kind.TEXT,
        label=_l("Status"),
        meaning=_l("How far the report has come."),
        codes=codes.statuses,
    ),
    Column(
        code="requested_at",
        kind=Kind.MOMENT,
        label=_l("Received, moment"),
        meaning=_l("When the report was received, in UTC."),
    ),
    Column(
        code="requested_on",
        kind=Kind.DATE,
        label=_l("Received, day"),
        meaning=_l("The day the report was received, by the municipality's calendar."),
    ),
    Column(
        code="received_year",
        kind=Kind.INTEGER,
        label=_l("Year"),
        meaning=_l("The year in which the report counts."),
    ),
    Column(
        code="updated_at",
        kind=Kind.MOMENT,
        label=_l("Last changed"),
        meaning=_l("When the report last changed, in UTC."),
    ),
    Column(
        code="first_response_due_at",
        kind=Kind.MOMENT,
        label=_l("Answer promised by"),
        meaning=_l("When the first answer is due, in UTC."),
    ),
    Column(
        code="first_response_at",
        kind=Kind.MOMENT,
        label=_l("First answer"),
        meaning=_l("When the first answer was given, in UTC. Empty: not yet."),
    ),
    Column(
        code="due_at",
        kind=Kind.MOMENT,
        label=_l("Repair promised by"),
        meaning=_l("When the fault is to be fixed, in UTC. Empty: no promise."),
    ),
    Column(
        code="closed_at",
        kind=Kind.MOMENT,
        label=_l("Closed, moment"),
        meaning=_l("When the report was closed, in UTC. Empty: it is open."),
    ),
    Column(
        code="closed_on",
        kind=Kind.DATE,
        label=_l("Closed, day"),
        meaning=_l("The day the report was closed, by the municipality's calendar."),
    ),
    Column(
        code="department",
        kind=Kind.TEXT,
        label=_l("Department"),
        meaning=_l("Who answers for the report now."),
        codes=codes.departments,
    ),
    Column(
        code="road",
        kind=Kind.TEXT,
        label=_l("Road category"),
        meaning=_l("Whose road the place is at. Empty: no road is known there."),
        codes=codes.roads,
    ),
    Column(
        code="district",
        kind=Kind.TEXT,
        label=_l("District"),
        meaning=_l("The part of the municipality. Empty: outside all districts."),
        codes=codes.districts,
    ),
    Column(
        code="led_to_improvement",
        kind=Kind.BOOLEAN,
        label=_l("Led to improvement"),
        meaning=_l("Whether the report led to an improvement. Empty: not known, or still open."),
    ),
    Column(
        code="is_demo",
        kind=Kind.BOOLEAN,
        label=_l("Example"),
        meaning=_l("Whether the report is made up, to show how the service works."),
    ),
    Column(
        code="position",
        kind=Kind.GEOMETRY,
        label=_l("Position"),
        meaning=_l(
            "Where the fault is, EPSG:4326, longitude before latitude. For services that may concern"
            " private homes it is moved to the nearest road."
        ),
        shape="Point",
    ),
)


def rows(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    """The reports that match, by number. `now` has no say here."""
    query = selected(jurisdiction, wanted).order_by(ServiceRequest.number)
    if after is not None:
        query = query.where(ServiceRequest.number > after[0])
    return stream(query)


def selected(jurisdiction: Jurisdiction, wanted: Filter) -> Select[*tuple[Any, ...]]:
    """The columns of the dataset over the reports that match, in no order."""
    request, zone = ServiceRequest, jurisdiction.time_zone
    is_known = request.status.not_in((*OPEN, Status.UNKNOWN))
    return (
        select(
            request.number.label("number"),
            Service.code.label("service"),
            ServiceGroup.code.label("group"),
            request.status.label("status"),
            _second(request.requested_at),
            cast(func.timezone(zone, request.requested_at), Date).label("requested_on"),
            request.received_year,
            _second(request.updated_at),
            _second(request.first_response_due_at),
            _second(request.first_response_at),
            _second(request.due_at),
            _second(request.closed_at),
            cast(func.timezone(zone, request.closed_at), Date).label("closed_on"),
            Department.code.label("department"),
            request.road_category.label("road"),
            District.code.label("district"),
            case((is_known, request.led_to_improvement), else_=cast(null(), Boolean)).label(
                "led_to_improvement"
            ),
            request.is_demo,
            rounded(request.public_position).label("position"),
        )
        .join(Service, Service.id == request.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .join(Department, Department.id == request.department_id)
        .outerjoin(District, District.id == request.district_id)
        .where(*conditions(wanted))
    )


def _second(column: Any) -> Any:
    """Whole seconds, so that all formats say the same."""
    return func.date_trunc("second", column).label(column.key)


def rounded(place: Any) -> Any:
    """A point as WKB, with the decimals that texts show."""
    longitude, latitude = (
        cast(func.round(cast(side(place), Numeric), DECIMALS), Double)
        for side in (func.ST_X, func.ST_Y)
    )
    return func.ST_AsBinary(func.ST_MakePoint(longitude, latitude))


SERVICE_REQUESTS = Dataset(
    code="service-requests",
    label=_l("Reports"),
    meaning=_l(
        "Every report that was not rejected, as a point: what, where, when, how far it has come and"
        " whether it led to an improvement. No names, no free text, no photos."
    ),
    columns=COLUMNS,
    key=("number",),
    rows=rows,
    theme="TRAN",
    filters=frozenset(
        {
            "from",
            "to",
            "year",
            "service",
            "group",
            "status",
            "department",
            "district",
            "road",
            "improved",
            "answered_in_time",
            "bbox",
        }
    ),
    is_large=True,
)
