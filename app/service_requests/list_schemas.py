"""The query of lists of reports, and of the map's tiles; a tile as JSON."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from app.catalog.schemas import GROUP_CODES
from app.geo.positions import Box
from app.i18n import LANGUAGES, lazy_gettext, local
from app.routing.models import Channel, RoadCategory
from app.service_requests.filter import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    NONE,
    NearCursor,
    shown_from,
    statuses_from,
)
from app.service_requests.paging import read_cursor
from app.service_requests.status import Status

DEVICES = ("phone", "tablet", "computer", "unknown")
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Parsed(fields.String):
    """A query parameter read by a function that raises ValueError."""

    def __init__(self, read: Any, **options: Any) -> None:
        super().__init__(**options)
        self.read = read

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return self.read(text) if text else None
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def one_of(known: Iterable[str]) -> Any:
    """What reads a comma list of these codes only."""
    allowed = tuple(known)

    def read(text: str) -> tuple[str, ...]:
        codes = _codes(text)
        if unknown := [code for code in codes if code not in allowed]:
            raise ValueError(f"{', '.join(unknown)}: use {', '.join(allowed)}; comma between")
        return codes

    return read


def _yes_or_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("use true or false")
    return text == "true"


class Moment(fields.DateTime):
    """A date, or a date and time. Without a zone it is the municipality's own time."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            value = f"{value}T00:00:00"
        moment = super()._deserialize(value, attr, data, **options)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=local(datetime.now(UTC)).tzinfo)
        if not FIRST <= moment <= LAST:  # beyond what can be reckoned with in every zone
            raise ValidationError(f"use a moment from {FIRST.year} to {LAST.year}")
        return moment


class SelectionSchema(Schema):
    """Which reports: the same query for pages, figures, JSON and files. `from` is included, `to` is not."""

    bbox = Parsed(
        Box.parse, load_default=None, metadata={"description": "west,south,east,north; EPSG:4326"}
    )
    service = Parsed(
        _codes, load_default=None, metadata={"description": "service codes, comma between"}
    )
    group = Parsed(
        _codes, load_default=None, metadata={"description": "group codes, comma between"}
    )
    status = Parsed(
        statuses_from,
        load_default=None,
        metadata={"description": f"open, closed, {', '.join(Status)}; comma between"},
    )
    start = Moment(data_key="from", load_default=None)
    end = Moment(data_key="to", load_default=None)
    year = fields.Integer(
        load_default=None,
        validate=validate.Range(1900, 2200),
        metadata={"description": "the year of receipt, by the municipality's clock"},
    )
    department = Parsed(
        _codes, load_default=None, metadata={"description": "department codes, comma between"}
    )
    district = Parsed(
        _codes,
        load_default=None,
        metadata={"description": "district codes, none (in no district); comma between"},
    )
    road = Parsed(
        one_of([*RoadCategory, NONE]),
        load_default=None,
        metadata={"description": "NVDB's road categories E R F K P S U, none; comma between"},
    )
    channel = Parsed(
        one_of(Channel), load_default=None, metadata={"description": "how it came in: web, api"}
    )
    device = Parsed(
        one_of(DEVICES),
        load_default=None,
        metadata={"description": "what it was sent from: phone, tablet, computer, unknown"},
    )
    improved = Parsed(
        _yes_or_no,
        load_default=None,
        metadata={"description": "whether it led to improvement: true, false"},
    )
    answered_in_time = Parsed(
        _yes_or_no,
        load_default=None,
        metadata={"description": "true; false: late, or not answered though its day has passed"},
    )

    @pre_load
    def _without_empty(self, data: Any, **_: Any) -> Any:
        return {name: value for name, value in data.items() if value != ""}


class FilterSchema(SelectionSchema):
    """The query of every list of reports: a selection, an order, and a page.

    How a single report came in, and from what, is nobody's business: only figures are cut by these two.
    """

    class Meta:
        exclude = ("channel", "device")

    closed_after = Moment(
        load_default=None, metadata={"description": "open ones, and those closed since"}
    )
    show = Parsed(
        shown_from,
        load_default=None,
        metadata={"description": "what the map shows: open, recent (closed within 90 days)"},
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=100),
        metadata={"description": "a report's number, or a part of its place"},
    )
    latitude = fields.Float(load_default=None, validate=validate.Range(-90, 90))
    longitude = fields.Float(
        load_default=None,
        validate=validate.Range(-180, 180),
        metadata={"description": "with latitude: the nearest first"},
    )
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    cursor = Parsed(read_cursor, load_default=None, metadata={"description": "from the next link"})

    @validates_schema
    def _whole_place(self, data: dict[str, Any], **_: Any) -> None:
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if data.get(name) is None and data.get(other) is not None:
                raise ValidationError(str(lazy_gettext("Give both latitude and longitude.")), name)

    @validates_schema
    def _cursor_of_this_order(self, data: dict[str, Any], **_: Any) -> None:
        cursor, is_near = data.get("cursor"), data.get("latitude") is not None
        if cursor is not None and isinstance(cursor, NearCursor) != is_near:
            raise ValidationError("follow the next link as it is given", "cursor")


class TileSchema(Schema):
    """What a tile is asked to count."""

    show = Parsed(
        shown_from,
        load_default=None,
        metadata={"description": "open, recent (closed within 90 days); comma between"},
    )
    group = Parsed(
        _codes, load_default=None, metadata={"description": "group codes, comma between"}
    )
    lang = fields.String(load_default=None, validate=validate.OneOf(list(LANGUAGES)))

    @validates_schema
    def _known_groups(self, data: dict[str, Any], **_: Any) -> None:
        if unknown := set(data.get("group") or ()) - set(GROUP_CODES):
            raise ValidationError(
                f"{', '.join(sorted(unknown))}: use {', '.join(GROUP_CODES)}; comma between",
                "group",
            )


class TileCellSchema(Schema):
    """Several reports as one number. `x`, `y`: their middle in 1/2^30 of the world's width, web mercator,
    from the north-west.
    """

    x = fields.Integer()
    y = fields.Integer()
    counts = fields.List(
        fields.Integer(), metadata={"description": "new, in progress, fixed, closed"}
    )


class TileReportSchema(Schema):
    """A report that stands alone in its cell."""

    x = fields.Integer()
    y = fields.Integer()
    number = fields.String()
    phase = fields.String()
    group = fields.String()
    sentence = fields.String()


class MapTileSchema(Schema):
    """A tile of the map: exact counts of all reports in it, whatever the zoom."""

    cells = fields.List(fields.Nested(TileCellSchema))
    reports = fields.List(fields.Nested(TileReportSchema))
