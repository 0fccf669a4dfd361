"""What historic_counts.csv may hold, and the JSON of the yearly table."""

from marshmallow import Schema, fields, validate

from app.catalog.schemas import GROUP_CODES
from app.statistics.models import Measure


class HistoricCountSchema(Schema):
    """A published figure. An empty group is the total, an empty value is missing."""

    year = fields.Integer(required=True, validate=validate.Range(min=1900, max=2200))
    group = fields.String(required=True, allow_none=True, validate=validate.OneOf(GROUP_CODES))
    measure = fields.String(
        required=True, validate=validate.OneOf([measure.value for measure in Measure])
    )
    value = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=0))
    source = fields.String(required=True)
    note_nb = fields.String(required=True, allow_none=True)
    note_nn = fields.String(required=True, allow_none=True)
    note_en = fields.String(required=True, allow_none=True)


class YearlyFigureSchema(Schema):
    """One cell of the yearly table: `category` is a group's code or `total`; None is missing."""

    year = fields.Integer(required=True)
    category = fields.String(required=True)
    label = fields.String(required=True)
    received = fields.Integer(required=True, allow_none=True)
    led_to_improvement = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"description": "imported or counted"})
    source = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)


class YearlySchema(Schema):
    """The yearly table as figures, and the rules they are counted by."""

    jurisdiction = fields.String(required=True, metadata={"description": "municipality number"})
    rules = fields.List(fields.String(), required=True)
    figures = fields.List(fields.Nested(YearlyFigureSchema), required=True)
