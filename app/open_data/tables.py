"""The datasets of what can be reported, who answers, the parts of the municipality, and planned work."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, func, select

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.i18n import lazy_gettext as _l
from app.i18n import localised
from app.jurisdictions.models import District, Jurisdiction
from app.open_data import codes, works
from app.open_data.columns import Column, Dataset, Key, Kind, Row
from app.open_data.kept import in_order
from app.planned_work.models import PlannedWork
from app.service_requests.filter import Filter

TRANSLATED = {"name", "title", "description"}
CODE = Column(
    code="code",
    kind=Kind.TEXT,
    label=_l("Code"),
    meaning=_l("The code that other datasets use. It never changes its meaning."),
)
NAME = Column(
    code="name",
    kind=Kind.TEXT,
    label=_l("Name"),
    meaning=_l("In the language that was asked for."),
)
IN_USE = Column(
    code="is_active",
    kind=Kind.BOOLEAN,
    label=_l("In use"),
    meaning=_l("What is out of use stays here, since older reports name it."),
)
AREA = Column(
    code="area",
    kind=Kind.GEOMETRY,
    label=_l("Area"),
    meaning=_l("EPSG:4326, longitude before latitude."),
    shape="MultiPolygon",
)


def _found(query: Select[*tuple[object, ...]], after: Key | None) -> Iterator[Row]:
    """The rows by their code, texts in the language in use."""
    rows = [
        {name: localised(value) if name in TRANSLATED else value for name, value in row.items()}
        for row in session().execute(query).mappings()
    ]
    return in_order(rows, ("code",), after)


def _services(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    query = (
        select(
            Service.code,
            Service.name,
            Service.description,
            ServiceGroup.code.label("group"),
            Service.first_response_days,
            Service.fix_days,
            Service.counts_calendar_days,
            Service.position_precision,
            Service.is_active,
        )
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .where(Service.jurisdiction_id == jurisdiction.id)
    )
    if wanted.groups:
        query = query.where(ServiceGroup.code.in_(wanted.groups))
    return _found(query, after)


def _departments(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    query = select(Department.code, Department.name, Department.kind, Department.is_active)
    return _found(query.where(Department.jurisdiction_id == jurisdiction.id), after)


def _districts(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    query = select(
        District.code, District.name, District.source, func.ST_AsBinary(District.area).label("area")
    )
    return _found(query.where(District.jurisdiction_id == jurisdiction.id), after)


def _planned_work(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    query = works.selected(jurisdiction.id, wanted.groups)
    return _found(query.add_columns(func.ST_AsBinary(PlannedWork.area).label("area")), after)


def _text(code: str, label: str, meaning: str) -> Column:
    return Column(code=code, kind=Kind.TEXT, label=label, meaning=meaning)


GROUP = Column(
    code="group",
    kind=Kind.TEXT,
    label=_l("Category"),
    meaning=_l("The category of the annual report."),
    codes=codes.groups,
)
SERVICES = Dataset(
    code="services",
    label=_l("Services"),
    meaning=_l("What can be reported, and how soon we promise to answer and to fix it."),
    columns=(
        CODE,
        NAME,
        _text("description", _l("Description"), _l("In the language that was asked for.")),
        GROUP,
        Column(
            code="first_response_days",
            kind=Kind.INTEGER,
            label=_l("Days to first answer"),
            meaning=_l("Days within which we promise the first answer."),
            unit="days",
        ),
        Column(
            code="fix_days",
            kind=Kind.INTEGER,
            label=_l("Days until fixed"),
            meaning=_l("Days within which we promise to fix it. Empty: no promise."),
            unit="days",
        ),
        Column(
            code="counts_calendar_days",
            kind=Kind.BOOLEAN,
            label=_l("All days count"),
            meaning=_l("true: the days are calendar days. false: they are working days."),
        ),
        _text(
            "position_precision",
            _l("Public place"),
            _l("exact: the place itself is public. street: only the nearest road is."),
        ),
        IN_USE,
    ),
    key=("code",),
    rows=_services,
    filters=frozenset({"group"}),
)
DEPARTMENTS = Dataset(
    code="departments",
    label=_l("Departments"),
    meaning=_l("Who answers for reports, in the municipality and outside it."),
    columns=(
        CODE,
        NAME,
        _text("kind", _l("Kind"), _l("internal: the municipality's own. external: another body.")),
        IN_USE,
    ),
    key=("code",),
    rows=_departments,
)
DISTRICTS = Dataset(
    code="districts",
    label=_l("Districts"),
    meaning=_l("The parts of the municipality that figures are given for. They do not overlap."),
    columns=(
        CODE,
        NAME,
        _text("source", _l("Source"), _l("Where the boundary comes from.")),
        AREA,
    ),
    key=("code",),
    rows=_districts,
    theme="REGI",
)
PLANNED_WORK = Dataset(
    code="planned-work",
    label=_l("Planned work"),
    meaning=_l("Work that is planned, goes on or is over, with its area and days."),
    columns=(
        CODE,
        _text("title", _l("Title"), _l("In the language that was asked for.")),
        _text("description", _l("Description"), _l("In the language that was asked for.")),
        Column(code="starts_on", kind=Kind.DATE, label=_l("First day"), meaning=_l("Included.")),
        Column(code="ends_on", kind=Kind.DATE, label=_l("Last day"), meaning=_l("Included.")),
        GROUP,
        AREA,
    ),
    key=("code",),
    rows=_planned_work,
    theme="TRAN",
    filters=frozenset({"group"}),
)
