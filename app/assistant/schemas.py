"""What the chatbot sends and gets."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.service_requests.schemas import NewServiceRequestSchema

MAX_TEXT = 2000


class TextSchema(Schema):
    """What somebody said is wrong, in their own words."""

    text = fields.String(required=True, validate=validate.Length(1, MAX_TEXT))
    limit = fields.Integer(load_default=3, validate=validate.Range(1, 10))


class PartialReportSchema(Schema):
    """As much of a report as is known, with the fields of POST /api/v1/service-requests. Nothing is stored."""

    report = fields.Dict(keys=fields.String(), required=True)


class SpokenChoiceSchema(Schema):
    """One answer that can be given."""

    code = fields.String()
    name = fields.String()
    description = fields.String()


class SpokenNextSchema(Schema):
    """What to ask now. `field` is where the answer belongs in the report."""

    field = fields.String()
    question = fields.String()
    is_optional = fields.Boolean()
    choices = fields.List(fields.Nested(SpokenChoiceSchema))


class SpokenSchema(Schema):
    """Every answer: a sentence to speak, the data, and the next question or null."""

    say = fields.String()
    data = fields.Dict()
    next = fields.Nested(SpokenNextSchema, allow_none=True)


def faults_of(report: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that can be read, and what is wrong with the others. What is missing is no fault."""
    schema = NewServiceRequestSchema()
    faults: dict[str, Any] = schema.validate(report, partial=True)
    readable = {name: value for name, value in report.items() if name not in faults}
    values: dict[str, Any] = schema.load(readable, partial=True)
    given = {name: value for name, value in values.items() if name in report}
    return given, faults
