"""What services.yaml may hold."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.catalog.models import ArchiveMode, Needs
from app.i18n import LANGUAGES
from app.jurisdictions.setup_files import CODE, Texts

GROUP_CODES = ("water", "sewage", "waste", "road", "environment", "street_light", "other")
"""The rows of the annual report's table, in its order."""


def _not_numeric(code: str) -> None:
    """Open311's readers in some languages turn numeric codes into numbers."""
    if code.isdigit():
        raise ValidationError("a code must not be only digits")


class Keywords(fields.Dict):
    """Words that residents type, by language."""

    def __init__(self, **options: Any) -> None:
        words = fields.List(fields.String())
        super().__init__(
            keys=fields.String(validate=validate.OneOf(list(LANGUAGES))), values=words, **options
        )


class ServiceSchema(Schema):
    """What can be reported."""

    code = fields.String(required=True, validate=[CODE, _not_numeric])
    name = Texts(required=True)
    description = Texts(required=True)
    keywords = Keywords(required=True)
    first_response_days = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0, max=365)
    )
    fix_days = fields.Integer(
        required=True, allow_none=True, strict=True, validate=validate.Range(min=0, max=3650)
    )
    needs = fields.String(required=True, validate=validate.OneOf([need.value for need in Needs]))
    description_is_public = fields.Boolean(required=True)
    archive_mode = fields.String(
        required=True, validate=validate.OneOf([mode.value for mode in ArchiveMode])
    )


class ServiceGroupSchema(Schema):
    """A row of the yearly table, and its services."""

    code = fields.String(required=True, validate=validate.OneOf(GROUP_CODES))
    name = Texts(required=True)
    description = Texts(required=True)
    services = fields.List(
        fields.Nested(ServiceSchema), required=True, validate=validate.Length(min=1)
    )
