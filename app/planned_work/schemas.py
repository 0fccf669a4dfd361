"""What planned_work.geojson may hold."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from app.catalog.schemas import GROUP_CODES
from app.jurisdictions.setup_files import CODE, Texts


class PlannedWorkSchema(Schema):
    """The properties of a feature. Days are local, the first and the last included."""

    class Meta:
        """Other properties are the municipality's own."""

        unknown = EXCLUDE

    code = fields.String(required=True, validate=CODE)
    title = Texts(required=True)
    description = Texts(required=True)
    starts_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(required=True, data_key="to")
    group = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(GROUP_CODES))

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if "starts_on" in data and "ends_on" in data and data["starts_on"] > data["ends_on"]:
            raise ValidationError("the work ends before it begins", "to")
