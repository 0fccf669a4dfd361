"""What comes in and goes out: the report form, the JSON and GeoJSON of reports."""

import re
from typing import Any

import phonenumbers
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.geo.positions import Position
from app.i18n import lazy_gettext
from app.service_requests.around_schemas import AroundSchema
from app.service_requests.status import Status

MAX_DESCRIPTION = 4000
MAX_MESSAGE = 2000
MAX_LAMPS = 50
MAX_NAME = 200
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


class Phone(fields.Field[str | None]):
    """A telephone number, as E.164; Norwegian ones may leave +47 out. Empty means none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = text_of(value).strip()
        if not text:
            return None
        try:
            number = phonenumbers.parse(text, "NO") if len(text) <= 40 else None
        except phonenumbers.NumberParseException:
            number = None
        if number is None or number.extension or not phonenumbers.is_valid_number(number):
            message = lazy_gettext(
                "Write a telephone number: eight digits, or + and the country's code first."
            )
            raise ValidationError(str(message))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PersonName(fields.Field[str | None]):
    """What someone wants to be called; empty means nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = " ".join(text_of(value).split())
        if len(text) > MAX_NAME or not text.isprintable():
            message = lazy_gettext("Write at most %(count)s characters.", count=MAX_NAME)
            raise ValidationError(str(message))
        return text or None


class MessageText(fields.Field[str | None]):
    """A message, without the blanks around it; empty is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = text_of(value).strip().replace("\r\n", "\n")
        if len(text) > MAX_MESSAGE:
            message = lazy_gettext("Write at most %(count)s characters.", count=MAX_MESSAGE)
            raise ValidationError(str(message))
        return text or None


def pole_numbers(written: str) -> tuple[str, ...]:
    """The numbers in a text with commas, semicolons or line breaks between, each once."""
    parts = (part.strip() for part in re.split(r"[,;\r\n]", written))
    return tuple(dict.fromkeys(part for part in parts if part))


class PoleNumbers(fields.Field[tuple[str, ...]]):
    """The lamps picked, by the number on the pole."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **options: Any
    ) -> tuple[str, ...]:
        numbers = pole_numbers(text_of(value))
        if len(numbers) > MAX_LAMPS or any(len(number) > 60 for number in numbers):
            message = lazy_gettext("Choose at most %(count)s lamps.", count=MAX_LAMPS)
            raise ValidationError(str(message))
        return numbers


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
        fields.Float(allow_nan=False),
        required=True,
        validate=validate.Length(
            2, 3, error=lazy_gettext("Write longitude and latitude, such as [7.728, 63.11].")
        ),
    )

    @post_load
    def _position(self, data: dict[str, Any], **_: Any) -> Position:
        if "coordinates" not in data:  # a partial report may leave fields out, its point may not
            told = self.fields["coordinates"].error_messages["required"]
            raise ValidationError(told, "coordinates")
        longitude, latitude = data["coordinates"][:2]
        try:
            return Position(longitude=longitude, latitude=latitude)
        except ValueError as fault:
            raise ValidationError(str(fault), "coordinates") from fault


class ContactSchema(Schema):
    """How to reach the one who reports. Never shown again."""

    email = Email(load_default=None, allow_none=True)
    phone = Phone(
        load_default=None,
        allow_none=True,
        metadata={"description": "E.164, or a Norwegian number of eight digits"},
    )
    name = PersonName(load_default=None, allow_none=True)


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
        validate=validate.Length(max=50, error=lazy_gettext("Name at most 50 lamps.")),
        metadata={"description": "numbers on the poles of the lamps it is about"},
    )
    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        load_default=dict,
        metadata={
            "description": "to the questions of the service, by code: a choice's code, a list of codes,"
            " true or false, a number, or a text"
        },
    )
    photos = fields.List(
        fields.String(validate=validate.Length(1, 200)),
        load_default=list,
        validate=validate.Length(max=5, error=lazy_gettext("Choose at most five photos.")),
        metadata={"description": "keys that POST /api/v1/photos answered with"},
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
    status = fields.String(metadata={"enum": [status.value for status in Status]})
    status_word = fields.String()
    phase = fields.String()
    service_code = fields.String()
    service_name = fields.String()
    group = fields.String()
    department = fields.String()
    routing_reason = fields.String()
    is_acute = fields.Boolean()
    lamps = fields.List(fields.String())
    answers = fields.Dict(metadata={"description": "those that anyone may read"})
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


class QuestionChoiceSchema(Schema):
    """An answer to choose."""

    code = fields.String()
    name = fields.String()


class QuestionSchema(Schema):
    """Something more that a service asks. `kind`: choice, several, yes_no, number or text."""

    code = fields.String()
    kind = fields.String()
    label = fields.String()
    hint = fields.String()
    required = fields.Boolean()
    choices = fields.List(fields.Nested(QuestionChoiceSchema))


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
    counts_calendar_days = fields.Boolean(
        metadata={"description": "All days count for the two above; else working days alone."}
    )
    needs = fields.String(metadata={"description": "nothing, road or lamp"})
    contact_need = fields.String(
        metadata={
            "description": "none, address, or confirmed: by the form only, with a code by e-mail"
        }
    )
    questions = fields.List(fields.Nested(QuestionSchema))


class NearQuerySchema(Schema):
    """Where, and of what kind. EPSG:4326, degrees."""

    service = fields.String(required=True, validate=validate.Length(1, 100))
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))


class ReportNearSchema(Schema):
    """A report that may be of the same fault."""

    number = fields.String()
    service_code = fields.String()
    service_name = fields.String()
    status = fields.String(metadata={"enum": [status.value for status in Status]})
    status_word = fields.String()
    phase = fields.String()
    requested_at = fields.DateTime(format="iso")
    place_text = fields.String(allow_none=True)
    metres = fields.Integer()
    distance = fields.String(metadata={"description": "in words"})
    photo = fields.String(allow_none=True)
    url = fields.String()
