"""The query of charts: a selection of reports, and what is drawn of it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.charts.comparison import Beside
from app.errors import MalformedQuery
from app.i18n import gettext
from app.problems import first_messages
from app.service_requests.list_schemas import SelectionSchema
from app.statistics.measures import MEASURES

WIDEST, NARROWEST = 2400, 320
CODES = [measure.code for measure in MEASURES]


class ChartQuerySchema(SelectionSchema):
    """The query of the page of charts."""

    measure = fields.String(
        load_default=None,
        validate=validate.OneOf(CODES),
        metadata={"description": "what the map of districts shows"},
    )
    date = fields.Date(
        load_default=None, metadata={"description": "the day between before and after"}
    )


class ComparisonQuerySchema(SelectionSchema):
    """The query of the comparison."""

    by = fields.Enum(Beside, by_value=True, load_default=Beside.YEAR)
    measure = fields.String(load_default=None, validate=validate.OneOf(CODES))


class PictureQuerySchema(ChartQuerySchema):
    """The query of a picture: that of its page, and how many pixels wide it is to be."""

    by = fields.Enum(Beside, by_value=True, load_default=Beside.YEAR)
    width = fields.Integer(load_default=None, validate=validate.Range(NARROWEST, WIDEST))


def load(schema: SelectionSchema, given: Mapping[str, str]) -> dict[str, Any]:
    """The checked query. :raises MalformedQuery: an unknown name, or a value that cannot be used."""
    known = {field.data_key or name for name, field in schema.fields.items()}
    for name in given:
        if name not in known:
            raise MalformedQuery(
                name,
                gettext(
                    "There is no %(name)s here. Use %(known)s.",
                    name=name[:50],
                    known=", ".join(sorted(known)),
                ),
            )
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as fault:
        name, text = next(iter(first_messages(fault).items()))
        raise MalformedQuery(name, f"{name}: {text}") from fault
    return loaded
