"""The collections of OGC API Features: what each is called, holds and can be asked for.

A feature's properties are the columns of the dataset with the same code, where there is one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.i18n import lazy_gettext as _l
from app.i18n import localised
from app.jurisdictions.models import District, Jurisdiction
from app.open_data import codes
from app.open_data import ogc_queries as queries
from app.open_data.columns import Codes
from app.open_data.ogc_crs import System
from app.open_data.ogc_queries import Areas, Found, Wanted
from app.open_data.ogc_time import Span
from app.open_data.reports import SERVICE_REQUESTS
from app.open_data.tables import PLANNED_WORK
from app.planned_work.models import PlannedWork
from app.routing.models import Area
from app.service_requests.filter import Cursor, Filter
from app.service_requests.paging import read_cursor, write_cursor

Row = Mapping[str, Any]
Interval = tuple[str | None, str | None]


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property of features. `kind` is a word of JSON Schema; `form` its format, such as date."""

    code: str
    kind: str
    label: str
    form: str = ""
    codes: Codes | None = None
    """The codes it may hold, with their names."""

    def title(self) -> str:
        """What it is called, in the language in use."""
        return str(self.label)


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Features of one kind in one municipality. `key` is the property that a feature's id is."""

    code: str
    label: str
    meaning: str
    geometry: str
    """Point or MultiPolygon."""
    key: str
    properties: Sequence[Property]
    filters: tuple[str, ...]
    """The parameters beside those of the standard, by the names that are the same everywhere."""
    page: Callable[[Jurisdiction, Filter, Wanted, str | None], Found]
    one: Callable[[Jurisdiction, str, System], Row | None]
    mark: Callable[[Row], str]
    """Where a page ends, for the `next` link."""
    interval: Callable[[Jurisdiction], Interval | None]
    """From when till when there is something; None in it is open; None alone: features have no time."""

    def title(self) -> str:
        """What it is called, in the language in use."""
        return str(self.label)

    def description(self) -> str:
        """What it holds, in the language in use."""
        return str(self.meaning)

    def json_schema(self) -> dict[str, Any]:
        """A feature's properties as JSON Schema of OpenAPI 3.0. All may be null but the key."""
        return {
            item.code: {
                "type": item.kind,
                "title": item.title(),
                **({"format": item.form} if item.form else {}),
                **({} if item.code == self.key else {"nullable": True}),
            }
            for item in self.properties
        }

    def values(self, row: Row) -> dict[str, Any]:
        """A row's properties as JSON holds them, texts in the language in use."""
        return {item.code: _plain(row[item.code]) for item in self.properties}


def local_days(span: Span | None, jurisdiction: Jurisdiction) -> tuple[date | None, date | None]:
    """The first and last day that a span touches, by the municipality's clock."""
    zone = ZoneInfo(jurisdiction.time_zone)
    ends = (span.start, span.end) if span else (None, None)
    first, last = (moment.astimezone(zone).date() if moment else None for moment in ends)
    return first, last


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return localised(value) if isinstance(value, Mapping) else value


def _reports(
    jurisdiction: Jurisdiction, chosen: Filter, wanted: Wanted, after: str | None
) -> Found:
    """:raises ValueError: `after` is not from a next link."""
    cursor = read_cursor(after) if after else None
    if cursor is not None and not isinstance(cursor, Cursor):
        raise ValueError("follow the next link as it is given")
    return queries.reports(jurisdiction, chosen, wanted, cursor)


def _since_first_report(jurisdiction: Jurisdiction) -> Interval:
    first = queries.first_received(jurisdiction.id)
    return (_plain(first) if first else None, None)


def _days_of_work(jurisdiction: Jurisdiction) -> Interval:
    first, last = queries.days_of_work(jurisdiction.id)
    start, end = f"{first}T00:00:00Z", f"{last}T23:59:59Z"
    return (start if first else None, end if last else None)


def _areas(
    kind: Areas,
    *,
    code: str,
    label: str,
    meaning: str,
    properties: Sequence[Property],
    filters: tuple[str, ...] = (),
    interval: Callable[[Jurisdiction], Interval | None] = lambda _jurisdiction: None,
) -> Collection:
    def page(
        jurisdiction: Jurisdiction, chosen: Filter, wanted: Wanted, after: str | None
    ) -> Found:
        return queries.areas(kind, jurisdiction.id, wanted, chosen.groups, after)

    return Collection(
        code=code,
        label=label,
        meaning=meaning,
        geometry="MultiPolygon",
        key="code",
        properties=(Property(code="code", kind="string", label=_l("Code")), *properties),
        filters=filters,
        page=page,
        one=lambda jurisdiction, key, system: queries.area(kind, jurisdiction.id, key, system),
        mark=lambda row: str(row["code"]),
        interval=interval,
    )


KINDS = {"integer": "integer", "number": "number", "boolean": "boolean"}
FORMS = {"date": "date", "moment": "date-time"}
NAME = Property(code="name", kind="string", label=_l("Name"))

REPORTS = Collection(
    code=SERVICE_REQUESTS.code,
    label=SERVICE_REQUESTS.label,
    meaning=SERVICE_REQUESTS.meaning,
    geometry="Point",
    key="number",
    properties=tuple(
        Property(
            code=column.code,
            kind=KINDS.get(column.kind, "string"),
            form=FORMS.get(column.kind, ""),
            label=column.label,
            codes=column.codes,
        )
        for column in SERVICE_REQUESTS.columns
        if column is not SERVICE_REQUESTS.geometry
    ),
    filters=tuple(sorted(SERVICE_REQUESTS.filters - {"bbox"})),
    page=_reports,
    one=queries.report,
    mark=lambda row: write_cursor(Cursor(requested_at=row["moment"], id=row["key"])),
    interval=_since_first_report,
)
DISTRICTS = _areas(
    District,
    code="districts",
    label=_l("Districts"),
    meaning=_l("The parts of the municipality that figures are given for. They do not overlap."),
    properties=(NAME, Property(code="source", kind="string", label=_l("Source"))),
)
WORK = _areas(
    PlannedWork,
    code="planned-work",
    label=_l("Planned work"),
    meaning=PLANNED_WORK.meaning,
    properties=(
        Property(code="title", kind="string", label=_l("Title")),
        Property(code="description", kind="string", label=_l("Description")),
        Property(code="group", kind="string", label=_l("Category"), codes=codes.groups),
        Property(code="starts_on", kind="string", form="date", label=_l("First day")),
        Property(code="ends_on", kind="string", form="date", label=_l("Last day")),
    ),
    filters=("group",),
    interval=_days_of_work,
)
AREAS = _areas(
    Area,
    code="areas",
    label=_l("Known areas"),
    meaning=_l(
        "Areas with an owner of their own, such as harbours and parks, that decide who answers."
    ),
    properties=(NAME,),
)
COLLECTIONS: Mapping[str, Collection] = {
    collection.code: collection for collection in (REPORTS, DISTRICTS, WORK, AREAS)
}
"""By code, in the order in which they are listed."""
