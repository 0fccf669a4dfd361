"""What indicators.yaml and indicators.csv may hold."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.jurisdictions.setup_files import CODE, Texts
from app.scorecard.units import Unit

WRITTEN = re.compile(r"-?\d{1,15}([.,]\d{1,6})?")
BLANKS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
"""Between groups of three digits."""


class Value(fields.Field[Decimal]):
    """A number with decimal comma or point, digits in groups or not: `66 012`, `18,6`, `18.6`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Decimal:
        text = BLANKS.sub("", str(value).strip()).replace("\u2212", "-")
        if isinstance(value, bool) or not WRITTEN.fullmatch(text):
            raise ValidationError(
                "write a number such as 18,6 or 18.6; leave the cell empty for a missing value"
            )
        return Decimal(text.replace(",", "."))


class MeasuredBy(StrEnum):
    """The measures of this service that may go on where a series ends."""

    SATISFACTION = "satisfaction_mean"
    ANSWERED_IN_TIME = "answered_in_time"


class TargetSchema(Schema):
    """The band that is aimed at, in the series' unit, and from where it is close."""

    best = Value(required=True)
    least = Value(required=True)
    near = Value(load_default=None)


class SeriesSchema(Schema):
    """A series."""

    code = fields.String(required=True, validate=CODE)
    name = Texts(required=True)
    description = Texts(load_default=dict)
    unit = fields.String(required=True, validate=validate.OneOf([unit.value for unit in Unit]))
    decimals = fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0, max=6))
    target = fields.Nested(TargetSchema, load_default=None)
    more_is_better = fields.Boolean(load_default=None, truthy={True}, falsy={False})
    measured_by = fields.String(
        load_default=None,
        validate=validate.OneOf([measure.value for measure in MeasuredBy]),
    )

    @validates_schema
    def _band(self, data: dict[str, Any], **_: Any) -> None:
        """The band goes from its best end to its least."""
        target, more = data.get("target"), data.get("more_is_better")
        if target is None:
            return
        if more is None:
            raise ValidationError("say whether more is better", "target")
        order = [target["best"], target["least"], target["near"]]
        ends = [end for end in order if end is not None]
        if ends != sorted(ends, reverse=more):
            raise ValidationError("the order must be best, least, near", "target")


class FigureSchema(Schema):
    """A figure. An empty district is the whole municipality, an empty value is missing."""

    series = fields.String(required=True)
    year = fields.Integer(required=True, validate=validate.Range(min=1900, max=2200))
    district = fields.String(required=True, allow_none=True)
    value = Value(required=True, allow_none=True)
    source = fields.String(required=True)
    note_nb = fields.String(required=True, allow_none=True)
    note_nn = fields.String(required=True, allow_none=True)
    note_en = fields.String(required=True, allow_none=True)
