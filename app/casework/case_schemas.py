"""What the verbs' forms send."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.geo.positions import Position
from app.i18n import lazy_gettext
from app.service_requests.schemas import MessageText

BIGGEST = 2**31 - 1
KEY = validate.Range(1, BIGGEST)


def none_if_blank(value: Any) -> Any:
    """A field left empty is none."""
    return None if isinstance(value, str) and not value.strip() else value


def with_point(value: Any) -> Any:
    """A decimal comma is a point."""
    return value.replace(",", ".") if isinstance(value, str) else value


def chosen(name: str) -> fields.Integer:
    """A key out of a list; nothing chosen is None."""
    return fields.Integer(
        load_default=None, allow_none=True, data_key=name, validate=KEY, pre_load=none_if_blank
    )


def degrees(most: int) -> fields.Float:
    """Degrees, with comma or point; an empty field is None."""
    return fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(-most, most),
        pre_load=[none_if_blank, with_point],
    )


class CaseWorkSchema(Schema):
    """One press of a button: loads to the fields of `Work`."""

    class Meta:
        """The form carries the token and the photos too."""

        unknown = EXCLUDE

    version = fields.Integer(required=True, validate=validate.Range(0, BIGGEST))
    message = MessageText(load_default=None)
    text = MessageText(load_default=None)
    led_to_improvement = fields.Boolean(load_default=None, allow_none=True, pre_load=none_if_blank)
    original_number = fields.String(load_default=None, validate=validate.Length(max=40))
    department_id = chosen("department")
    assignee_id = chosen("assignee")
    service_code = fields.String(load_default=None, validate=validate.Length(max=100))
    latitude = degrees(90)
    longitude = degrees(180)

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
