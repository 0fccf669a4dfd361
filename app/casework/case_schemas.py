"""What the verbs' forms send."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.geo.positions import Position
from app.i18n import lazy_gettext
from app.service_requests.schemas import MessageText

BIGGEST = 2**31 - 1
KEY = validate.Range(1, BIGGEST)


class Degrees(fields.Float):
    """Degrees, with comma or point; an empty field is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = str(value).strip().replace(",", ".")
        return super()._deserialize(text, attr, data, **options) if text else None


class Chosen(fields.Integer):
    """A key out of a list; nothing chosen is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return super()._deserialize(value, attr, data, **options) if value else None


class CaseWorkSchema(Schema):
    """One press of a button: loads to the fields of `Work`."""

    class Meta:
        """The form carries the token and the photos too."""

        unknown = EXCLUDE

    version = fields.Integer(required=True, validate=validate.Range(0, BIGGEST))
    message = MessageText(load_default=None)
    text = MessageText(load_default=None)
    led_to_improvement = fields.Boolean(load_default=None, allow_none=True)
    original_number = fields.String(load_default=None, validate=validate.Length(max=40))
    department_id = Chosen(load_default=None, data_key="department", validate=KEY)
    assignee_id = Chosen(load_default=None, data_key="assignee", validate=KEY)
    service_code = fields.String(load_default=None, validate=validate.Length(max=100))
    latitude = Degrees(load_default=None, allow_none=True, validate=validate.Range(-90, 90))
    longitude = Degrees(load_default=None, allow_none=True, validate=validate.Range(-180, 180))

    @post_load
    def place(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Two coordinates are a place; one alone is none."""
        latitude, longitude = data.pop("latitude"), data.pop("longitude")
        if (latitude is None) != (longitude is None):
            said = str(lazy_gettext("Write both latitude and longitude."))
            raise ValidationError({"position": [said]})
        if latitude is not None:
            data["position"] = Position(longitude=longitude, latitude=latitude)
        for name in ("original_number", "service_code"):
            data[name] = (data[name] or "").replace("\0", "").strip() or None
        return data
