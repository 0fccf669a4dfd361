"""What comes in and goes out: the report form, the JSON and GeoJSON of reports."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.geo.positions import Position
from app.i18n import lazy_gettext
from app.service_requests.around_schemas import AroundSchema

MAX_DESCRIPTION = 4000
MAX_MESSAGE = 2000
EMAIL = re.compile(r"^[^@\s<>,;\"()\[\]]+@[^@\s<>,;\"()\[\]]+\.[^@\s<>,;\"()\[\]]+$")
IDEMPOTENCY_KEY = validate.Regexp(
    r"^[\x21-\x7e]{8,128}$",
    error=lazy_gettext("Use 8 to 128 visible ASCII characters, for example a UUID."),
)
DESCRIBE = lazy_gettext("Write what is wrong, for example «The lamp is dark».")


def _readable(text: str) -> None:
    if "\x00" in text:
        raise ValidationError(
            str(lazy_gettext("The text holds a character that cannot be stored."))
        )


def text_of(value: Any) -> str:
    """The value, if it is a text. :raises ValidationError: it is something else."""
    if not isinstance(value, str):
        raise ValidationError(str(lazy_gettext("Write a text.")))
    return value


class Email(fields.Field[str | None]):
    """An address that mail can be sent to; empty means none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = text_of(value).strip()
        if text and (len(text) > 254 or not EMAIL.match(text) or not text.isprintable()):
            raise ValidationError(
                str(lazy_gettext("Write an e-mail address, for example name@example.org."))
            )
        return text or None


class MessageText(fields.Field[str | None]):
    """A message, without the blanks around it; empty is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = text_of(value).strip().replace("\r\n", "\n")
        if len(text) > MAX_MESSAGE:
            message = lazy_gettext("Write at most %(count)s characters.", count=MAX_MESSAGE)
            raise ValidationError(str(message))
        return text or None


class Description(fields.String):
    """What is wrong, in the reporter's words, without the blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = (
            (super()._deserialize(value, attr, data, **options) or "").strip().replace("\r\n", "\n")
        )
        if not text:
            raise ValidationError(str(DESCRIBE))
        if len(text) > MAX_DESCRIPTION:
            message = lazy_gettext("Write at most %(count)s characters.", count=MAX_DESCRIPTION)
            raise ValidationError(str(message))
        _readable(text)
        return text


class PointSchema(Schema):
    """A GeoJSON Point: `[longitude, latitude]`, EPSG:4326."""

    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(
        fields.Float(allow_nan=False), required=True, validate=validate.Length(2, 3)
    )

    @post_load
    def _position(self, data: dict[str, Any], **_: Any) -> Position:
        longitude, latitude = data["coordinates"][:2]
        try:
            return Position(longitude=longitude, latitude=latitude)
        except ValueError as fault:
            raise ValidationError(str(fault), "coordinates") from fault


class ContactSchema(Schema):
    """How to reach the one who reports. Never shown again."""

    email = Email(load_default=None, allow_none=True)


class NewServiceRequestSchema(Schema):
    """A report as it comes in by JSON."""

    service_code = fields.String(required=True, validate=validate.Length(1, 100))
    position = fields.Nested(PointSchema, required=True)
    description = Description(required=True, metadata={"maxLength": MAX_DESCRIPTION})
    contact = fields.Nested(ContactSchema, load_default=None, allow_none=True)
    is_acute = fields.Boolean(
        load_default=False, metadata={"description": "someone can get hurt; call first"}
    )
    lamps = fields.List(
        fields.String(validate=validate.Length(1, 60)),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "numbers on the poles of the lamps it is about"},
    )


class IdempotencySchema(Schema):
    """The header that makes sending twice harmless."""

    class Meta:
        """Other headers are none of our business."""

        unknown = EXCLUDE

    idempotency_key = fields.String(
        data_key="Idempotency-Key", load_default=None, validate=IDEMPOTENCY_KEY
    )


class LinksSchema(Schema):
    """Where the report is found. `follow` is personal: who has it may see the whole report."""

    self = fields.String()
    html = fields.String()
    follow = fields.String()


class ServiceRequestSchema(AroundSchema):
    """A report as anyone may see it."""

    number = fields.String()
    status = fields.String()
    status_word = fields.String()
    phase = fields.String()
    service_code = fields.String()
    service_name = fields.String()
    group = fields.String()
    department = fields.String()
    routing_reason = fields.String()
    is_acute = fields.Boolean()
    lamps = fields.List(fields.String())
    position = fields.Dict()
    description = fields.String(allow_none=True)
    requested_at = fields.DateTime(format="iso")
    updated_at = fields.DateTime(format="iso")
    due_at = fields.DateTime(format="iso", allow_none=True)
    first_response_due_at = fields.DateTime(format="iso")
    closed_at = fields.DateTime(format="iso", allow_none=True)
    led_to_improvement = fields.Boolean(allow_none=True)
    is_demo = fields.Boolean()
    links = fields.Nested(LinksSchema)


class FeatureCollectionSchema(Schema):
    """RFC 7946, with OGC API Features' counts and links."""

    type = fields.String()
    features = fields.List(fields.Dict())
    numberMatched = fields.Integer()  # noqa: N815
    numberReturned = fields.Integer()  # noqa: N815
    links = fields.List(fields.Dict())


class ServiceSchema(Schema):
    """What can be reported."""

    service_code = fields.String()
    service_name = fields.String()
    description = fields.String()
    group = fields.String()
    group_name = fields.String()
    keywords = fields.List(fields.String())
    first_response_days = fields.Integer()
    fix_days = fields.Integer(allow_none=True)
