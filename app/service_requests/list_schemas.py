"""The query of lists of reports, and of the map's tiles; a tile as JSON."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from app.catalog.schemas import GROUP_CODES
from app.geo.positions import Box
from app.i18n import LANGUAGES, lazy_gettext
from app.service_requests.filter import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    NearCursor,
    shown_from,
    statuses_from,
)
from app.service_requests.paging import read_cursor


class _Parsed(fields.String):
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


class Moment(fields.DateTime):
    """A date, or a date and time. Without a zone it is the municipality's own time."""

    zone = ZoneInfo("Europe/Oslo")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            value = f"{value}T00:00:00"
        moment = super()._deserialize(value, attr, data, **options)
        return moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment


class FilterSchema(Schema):
    """The query of every list of reports. `from` is included, `to` is not."""

    bbox = _Parsed(
        Box.parse, load_default=None, metadata={"description": "west,south,east,north; EPSG:4326"}
    )
    service = _Parsed(
        _codes, load_default=None, metadata={"description": "service codes, comma between"}
    )
    group = _Parsed(
        _codes, load_default=None, metadata={"description": "group codes, comma between"}
    )
    status = _Parsed(
        statuses_from,
        load_default=None,
        metadata={"description": "status codes, open, closed; comma between"},
    )
    start = Moment(data_key="from", load_default=None)
    end = Moment(data_key="to", load_default=None)
    closed_after = Moment(
        load_default=None, metadata={"description": "open ones, and those closed since"}
    )
    show = _Parsed(
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
    cursor = _Parsed(read_cursor, load_default=None, metadata={"description": "from the next link"})

    @pre_load
    def _without_empty(self, data: Any, **_: Any) -> Any:
        return {name: value for name, value in data.items() if value != ""}

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

    show = _Parsed(
        shown_from,
        load_default=None,
        metadata={"description": "open, recent (closed within 90 days); comma between"},
    )
    group = _Parsed(
        _codes, load_default=None, metadata={"description": "group codes, comma between"}
    )
    lang = fields.String(load_default=None, validate=validate.OneOf(list(LANGUAGES)))

    @validates_schema
    def _known_groups(self, data: dict[str, Any], **_: Any) -> None:
        if unknown := set(data.get("group") or ()) - set(GROUP_CODES):
            raise ValidationError(
                f"{', '.join(sorted(unknown))}: use {', '.join(GROUP_CODES)}", "group"
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
