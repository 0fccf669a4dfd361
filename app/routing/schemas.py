"""What areas.geojson and routing.yaml may hold."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.jurisdictions.setup_files import CODE, Texts
from app.routing.models import Channel


class AreaSchema(Schema):
    """The properties of an area that rules may ask for."""

    code = fields.String(required=True, validate=CODE)
    name = Texts(required=True)


class ConditionsSchema(Schema):
    """What must hold. Empty: always."""

    service = fields.String()
    group = fields.String()
    area = fields.String()
    channel = fields.String(validate=validate.OneOf([channel.value for channel in Channel]))

    @validates_schema
    def _service_or_group(self, data: dict[str, Any], **_: Any) -> None:
        if "service" in data and "group" in data:
            raise ValidationError("a service belongs to its group: name one of them", "group")


class RuleSchema(Schema):
    """Conditions and the department that then answers."""

    name = fields.String(required=True, validate=validate.Length(min=1))
    when = fields.Nested(ConditionsSchema, required=True)
    department = fields.String(required=True)
