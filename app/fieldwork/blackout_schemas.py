"""What a box on a photo may be."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

LEAST = 0.1
"""Per cent: less covers nothing."""


class BoxSchema(Schema):
    """Left, top, width and height in per cent of the photo; a decimal comma is fine."""

    left = fields.Float(required=True, validate=validate.Range(min=0, max=100))
    top = fields.Float(required=True, validate=validate.Range(min=0, max=100))
    width = fields.Float(required=True, validate=validate.Range(min=LEAST, max=100))
    height = fields.Float(required=True, validate=validate.Range(min=LEAST, max=100))

    @pre_load
    def _points(self, data: dict[str, str], **_: object) -> dict[str, str]:
        return {name: value.strip().replace(",", ".") for name, value in data.items()}

    @validates_schema
    def _within(self, data: dict[str, Any], **_: object) -> None:
        if data["left"] + data["width"] > 100.01 or data["top"] + data["height"] > 100.01:
            raise ValidationError("outside", "left")
