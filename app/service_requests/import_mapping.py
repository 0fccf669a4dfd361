"""How the columns of another system's file become reports: the mapping that operators write. Pure.

Read with `setup_files.read_yaml`, so that what is wrong is named with its line.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.geo.crs import UnknownSystem, by_epsg
from app.geo.positions import WGS84
from app.routing.models import Channel
from app.service_requests.status import Status

SOURCE = validate.Regexp(r"^[a-z0-9][a-z0-9_-]{0,39}$", error="use a–z, 0–9, - and _, at most 40")
STATUSES = [status.value for status in Status if status != Status.DUPLICATE]
"""A repeated report needs its original, which no table of values can name."""
BY_RULES = "by_rules"
FIRST_LINE = "first_line"


@dataclass(frozen=True, kw_only=True)
class Values:
    """A column, and what its values mean here. `otherwise`: what anything else means; None: not known."""

    column: str
    values: Mapping[str, Any]
    otherwise: Any = None

    def meaning(self, cell: str) -> Any:
        """What a cell says, without regard to blanks around it; None when nothing says it."""
        return self.values.get(cell.strip(), self.otherwise)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A column with a time. `zone` is the clock of times without an offset.

    A day without a time of day is taken for its noon.
    """

    column: str
    format: str
    zone: ZoneInfo

    @property
    def is_day(self) -> bool:
        """Whether the format tells only the day."""
        return not re.search(r"%[HIMScXsf]", self.format)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the position stands: two columns or the file's own geometry. `epsg` None: as the file says."""

    x: str | None
    y: str | None
    epsg: int | None


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """How the file is written."""

    encoding: str
    delimiter: str
    layer: str | None


@dataclass(frozen=True, kw_only=True)
class ImportMapping:
    """A mapping: columns to fields. A field that is None is not in the file."""

    source: str
    file: FileKind
    external_id: str | None
    position: Place
    requested_at: Moment
    service: Values
    status: Values | None
    led_to_improvement: Values | None
    closed_at: Moment | None
    first_response_at: Moment | None
    channel: Values | None
    department: Values | str
    description: str | None
    place_text: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        named = [
            self.external_id,
            self.position.x,
            self.position.y,
            self.description,
            self.place_text,
        ]
        tables = [self.requested_at, self.closed_at, self.first_response_at, self.service]
        tables += [self.status, self.led_to_improvement, self.channel]
        named += [table.column for table in tables if table is not None]
        if isinstance(self.department, Values):
            named.append(self.department.column)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def _column(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(min=1), **options)


class _Scalar(fields.Field[str]):
    """A key of a table of values as it stands in the file: YAML reads 1 and true as more than text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("put the value in quotation marks")
        return str(value).strip()


class _ValuesSchema(Schema):
    column = _column(required=True)

    def __init__(self, meaning: fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self.declared_fields["values"] = fields.Dict(
            keys=_Scalar(), values=meaning, required=True, validate=validate.Length(min=1)
        )
        self.declared_fields["otherwise"] = meaning
        self._init_fields()

    @post_load
    def _as_values(self, data: dict[str, Any], **_: Any) -> Values:
        return Values(**data)


class _MomentSchema(Schema):
    column = _column(required=True)
    format = _column(required=True)
    time_zone = fields.String(
        validate=validate.OneOf(available_timezones(), error="there is no time zone of this name")
    )

    @post_load
    def _as_moment(self, data: dict[str, Any], **_: Any) -> Moment:
        zone = ZoneInfo(data.get("time_zone", "UTC"))
        return Moment(column=data["column"], format=data["format"], zone=zone)

    @validates_schema
    def _has_clock(self, data: dict[str, Any], **_: Any) -> None:
        if "%z" not in data["format"] and "time_zone" not in data:
            raise ValidationError("give the time zone, such as Europe/Oslo", "time_zone")
        if not re.search(r"%[cxYyGs]", data["format"]):
            raise ValidationError("the format names no year; write such as %d.%m.%Y", "format")


class _PlaceSchema(Schema):
    x = _column(load_default=None)
    y = _column(load_default=None)
    geometry = fields.Boolean(load_default=False)
    epsg = fields.Integer(load_default=None)

    @validates_schema
    def _is_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["geometry"] is (data["x"] is not None) or (data["x"] is None) != (
            data["y"] is None
        ):
            raise ValidationError("name the columns x and y, or write geometry: true")
        try:
            by_epsg(data["epsg"] or WGS84)
        except UnknownSystem as fault:
            raise ValidationError(str(fault), "epsg") from fault

    @post_load
    def _as_place(self, data: dict[str, Any], **_: Any) -> Place:
        return Place(x=data["x"], y=data["y"], epsg=data["epsg"])


class _FileSchema(Schema):
    encoding = fields.String(load_default="utf-8-sig")
    delimiter = fields.String(load_default=",", validate=validate.Length(equal=1))
    layer = fields.String(load_default=None)

    @validates_schema
    def _is_known(self, data: dict[str, Any], **_: Any) -> None:
        try:
            codecs.lookup(data["encoding"])
        except LookupError as fault:
            raise ValidationError("there is no encoding of this name", "encoding") from fault

    @post_load
    def _as_kind(self, data: dict[str, Any], **_: Any) -> FileKind:
        return FileKind(**data)


class _Department(fields.Field[Any]):
    """`by_rules`, `first_line`, or a column with a table of values."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if value in {BY_RULES, FIRST_LINE}:
            return value
        if isinstance(value, Mapping):
            return _ValuesSchema(fields.String()).load(value)
        raise ValidationError(f"write {BY_RULES}, {FIRST_LINE}, or a column and its values")


def _choice(values: list[str]) -> fields.String:
    shown = ", ".join(values)
    return fields.String(validate=validate.OneOf(values, error=f"write one of {shown}"))


class MappingSchema(Schema):
    """The mapping's file."""

    source = fields.String(required=True, validate=SOURCE)
    file = fields.Nested(_FileSchema, load_default=lambda: _FileSchema().load({}))
    external_id = _column(load_default=None)
    position = fields.Nested(_PlaceSchema, required=True)
    requested_at = fields.Nested(_MomentSchema, required=True)
    service = fields.Nested(lambda: _ValuesSchema(fields.String()), required=True)
    status = fields.Nested(lambda: _ValuesSchema(_choice(STATUSES)), load_default=None)
    led_to_improvement = fields.Nested(lambda: _ValuesSchema(fields.Boolean()), load_default=None)
    closed_at = fields.Nested(_MomentSchema, load_default=None)
    first_response_at = fields.Nested(_MomentSchema, load_default=None)
    channel = fields.Nested(lambda: _ValuesSchema(_choice(list(Channel))), load_default=None)
    department = _Department(load_default=BY_RULES)
    description = _column(load_default=None)
    place_text = _column(load_default=None)

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_: Any) -> None:
        status: Values | None = data["status"]
        said = {*status.values.values(), status.otherwise} if status else set()
        if Status.FIXED in said and (
            data["closed_at"] is None or data["led_to_improvement"] is None
        ):
            raise ValidationError(
                "fixed needs closed_at and led_to_improvement; if the file does not tell them, write unknown",
                "status",
            )

    @post_load
    def _as_mapping(self, data: dict[str, Any], **_: Any) -> ImportMapping:
        return ImportMapping(**data)
