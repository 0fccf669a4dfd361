"""What areas.geojson and routing.yaml may hold."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.jurisdictions.setup_files import CODE, Texts
from app.routing.models import ASKED_CHANNELS, Owner, RoadCategory


class AreaSchema(Schema):
    """The properties of an area that rules may ask for."""

    code = fields.String(required=True, validate=CODE)
    name = Texts(required=True)


class DayOfYear(fields.Field[int]):
    """`11-01` as month × 100 + day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        found = re.fullmatch(r"(\d\d)-(\d\d)", str(value))
        try:
            month, day = (int(part) for part in found.groups()) if found else (0, 0)
            date(2024, month, day)
        except ValueError as fault:
            raise ValidationError("a day is written as month-day, such as 11-01") from fault
        return month * 100 + day


class SeasonSchema(Schema):
    """The first and the last day of a part of the year; it may run over New Year."""

    first = DayOfYear(required=True, data_key="from")
    last = DayOfYear(required=True, data_key="to")


class RoadCategories(fields.List[str]):
    """NVDB's road categories, one or several."""

    def __init__(self, **options: Any) -> None:
        known = validate.OneOf([category.value for category in RoadCategory])
        super().__init__(fields.String(validate=known), validate=validate.Length(min=1), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        given = [value] if isinstance(value, str) else value
        return sorted(set(super()._deserialize(given, attr, data, **options)))


class ConditionsSchema(Schema):
    """What must hold. Empty: always."""

    service = fields.String()
    group = fields.String()
    area = fields.String()
    channel = fields.String(validate=validate.OneOf([channel.value for channel in ASKED_CHANNELS]))
    road = RoadCategories()
    road_manager = fields.String(validate=validate.Length(min=1))
    asset_owner = fields.String(validate=validate.OneOf([owner.value for owner in Owner]))
    season = fields.Nested(SeasonSchema)
    acute = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema
    def _service_or_group(self, data: dict[str, Any], **_: Any) -> None:
        if "service" in data and "group" in data:
            raise ValidationError("a service belongs to its group: name one of them", "group")


class RuleSchema(Schema):
    """Conditions and the department that then answers."""

    name = fields.String(required=True, validate=validate.Length(min=1))
    when = fields.Nested(ConditionsSchema, required=True)
    department = fields.String(required=True)
