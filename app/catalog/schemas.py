"""What services.yaml may hold."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalog.models import ArchiveMode, ContactNeed, Needs, PositionPrecision, QuestionKind
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


class ChoiceSchema(Schema):
    """An answer to choose."""

    code = fields.String(required=True, validate=CODE)
    name = Texts(required=True)


class QuestionSchema(Schema):
    """Something more that a service asks."""

    code = fields.String(required=True, validate=CODE)
    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in QuestionKind])
    )
    label = Texts(required=True)
    hint = Texts(load_default=dict)
    required = fields.Boolean(load_default=False)
    public = fields.Boolean(load_default=False)
    choices = fields.List(fields.Nested(ChoiceSchema), load_default=list)

    @validates_schema
    def _choices_fit(self, data: dict[str, Any], **_: Any) -> None:
        has_choices = data["kind"] in {QuestionKind.CHOICE, QuestionKind.SEVERAL}
        if has_choices and len(data["choices"]) < 2:
            raise ValidationError("name two choices or more", "choices")
        if not has_choices and data["choices"]:
            raise ValidationError(f"a question of kind {data['kind']} has no choices", "choices")
        codes = [choice["code"] for choice in data["choices"]]
        if len(set(codes)) < len(codes):
            raise ValidationError("a code stands twice", "choices")


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
    counts_calendar_days = fields.Boolean(load_default=False)
    needs = fields.String(required=True, validate=validate.OneOf([need.value for need in Needs]))
    description_is_public = fields.Boolean(required=True)
    description_needs_look = fields.Boolean(load_default=False)
    archive_mode = fields.String(
        required=True, validate=validate.OneOf([mode.value for mode in ArchiveMode])
    )
    duplicate_metres = fields.Integer(
        load_default=50, strict=True, validate=validate.Range(min=0, max=1000)
    )
    contact_need = fields.String(
        load_default=ContactNeed.NONE.value,
        validate=validate.OneOf([need.value for need in ContactNeed]),
    )
    position_precision = fields.String(
        load_default=PositionPrecision.EXACT.value,
        validate=validate.OneOf([precision.value for precision in PositionPrecision]),
    )
    questions = fields.List(fields.Nested(QuestionSchema), load_default=list)


class ServiceGroupSchema(Schema):
    """A row of the yearly table, and its services."""

    code = fields.String(required=True, validate=validate.OneOf(GROUP_CODES))
    name = Texts(required=True)
    description = Texts(required=True)
    services = fields.List(
        fields.Nested(ServiceSchema), required=True, validate=validate.Length(min=1)
    )
