"""What historic_counts.csv may hold, what may be asked of figures, and figures as JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.catalog.schemas import GROUP_CODES
from app.service_requests.filter import Cursor
from app.service_requests.list_schemas import Parsed, SelectionSchema, one_of
from app.service_requests.paging import read_cursor
from app.statistics.measures import BY_CODE
from app.statistics.models import Measure
from app.statistics.questions import Dimension, Period

KNOWN_MEASURE = validate.OneOf(list(BY_CODE))


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


class ReportsQuerySchema(SelectionSchema):
    """Which figure's reports, and from where on."""

    measure = fields.String(load_default="received", validate=KNOWN_MEASURE)
    cursor = Parsed(read_cursor, load_default=None, metadata={"description": "from the next link"})

    @post_load
    def _newest_first(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data["cursor"] is not None and not isinstance(data["cursor"], Cursor):
            raise ValidationError("follow the next link as it is given", "cursor")
        return data


class _ByAndPeriodSchema(SelectionSchema):
    """What reports are divided by."""

    by = Parsed(
        one_of([dimension for dimension in Dimension if dimension != Dimension.JURISDICTION]),
        load_default=None,
        metadata={"description": "up to two of group, service, department, …; comma between"},
    )
    period = fields.Enum(
        Period,
        by_value=True,
        load_default=Period.YEAR,
        metadata={"description": "year, quarter, month, rolling12"},
    )

    @post_load
    def _few_dimensions(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        by = tuple(dict.fromkeys(Dimension(code) for code in data["by"] or ()))
        if len(by) > MOST_DIMENSIONS:
            raise ValidationError(f"use at most {MOST_DIMENSIONS}", "by")
        return {**data, "by": by}


MOST_DIMENSIONS = 2


class FiguresQuerySchema(_ByAndPeriodSchema):
    """What is measured, and what reports are divided by."""

    measure = Parsed(
        one_of(BY_CODE),
        load_default=tuple(BY_CODE),
        metadata={"description": "codes of measures, comma between; without: all"},
    )


class TableQuerySchema(_ByAndPeriodSchema):
    """What a table shows: one measure."""

    measure = fields.String(load_default="received", validate=KNOWN_MEASURE)


class FigureSchema(Schema):
    """One row of a table. A value null is missing, or hidden: then its measure stands in `hidden`."""

    period = fields.String(required=True)
    keys = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "a code for each dimension; none, total"},
    )
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    hidden = fields.List(fields.String(), required=True)
    reports = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "by measure, the page of the reports behind the value"},
    )


class FiguresSchema(Schema):
    """A table of figures, the names of its codes, and the rules of its measures."""

    jurisdiction = fields.String(required=True, metadata={"description": "municipality number"})
    period = fields.String(required=True)
    by = fields.List(fields.String(), required=True)
    rules = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    names = fields.Dict(required=True, metadata={"description": "by dimension: code to name"})
    figures = fields.List(fields.Nested(FigureSchema), required=True)


class MeasureSchema(Schema):
    """A measure and its rule."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(
        required=True, metadata={"description": "reports, share (0 to 1), days, per_1000"}
    )
    decimals = fields.Integer(required=True, metadata={"description": "as people read it"})
    rule = fields.String(required=True)
