"""What the one at the telephone writes: the form as it was typed, and read."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from app.catalog.question_fields import Pairs, answers_in
from app.geo.positions import Position
from app.i18n import LANGUAGES, gettext, lazy_gettext
from app.routing.models import Channel
from app.service_requests.schemas import (
    IDEMPOTENCY_KEY,
    Description,
    Email,
    PersonName,
    Phone,
    PoleNumbers,
)

CHANNELS = (Channel.PHONE, Channel.COUNTER, Channel.EMAIL, Channel.LETTER, Channel.SOCIAL)
"""How someone can have told us."""
DEGREES = re.compile(r"^\s*([+-]?\d{1,3}(?:[.,]\d{1,15})?)\s*°?\s*$")
MOST_LETTERS = 120
MAX_NUMBER = 40


class Receipt(StrEnum):
    """How the one who told us gets the number."""

    EMAIL = "email"
    SMS = "sms"
    PRINT = "print"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the page carries, as it was typed."""

    channel: str = Channel.PHONE
    latitude: str = ""
    longitude: str = ""
    place_text: str = ""
    """What the pages call the position."""
    place_at: str = ""
    """The position that `place_text` is about."""
    sok: str = ""
    """What was searched for."""
    sok_shown: str = ""
    """What the hits on the page are for."""
    place_choice: str = ""
    service: str = ""
    answers: Pairs = ()
    """Fields and values of the services' questions, also of services that were chosen before."""
    lamps: str = ""
    """Numbers on poles, comma between."""
    description: str = ""
    acute: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    language: str = ""
    receipt: str = ""
    brev: str = ""
    """The letter that this is made of."""
    idempotency_key: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Form":
        """From a form's fields; a key for sending once is made on the first page."""
        names = cls.__dataclass_fields__.keys() - {"answers"}
        given: dict[str, Any] = {name: values[name] for name in names if name in values}
        form = cls(**given)
        if isinstance(values, MultiDict):
            form = replace(form, answers=answers_in(values.items(multi=True)))
        try:
            IDEMPOTENCY_KEY(form.idempotency_key)
        except ValidationError:
            return replace(form, idempotency_key=str(uuid.uuid4()))
        return form


class IntakeSchema(Schema):
    """The form but for the place, which `place_of` reads."""

    class Meta:
        """What carries the page is read elsewhere."""

        unknown = EXCLUDE

    channel = fields.Enum(Channel, by_value=True, required=True)
    service = fields.String(
        required=True,
        validate=validate.Length(
            1, 100, error=lazy_gettext("Choose what the report is about from the list.")
        ),
    )
    description = Description(required=True)
    lamps = PoleNumbers(load_default=())
    acute = fields.Function(deserialize=lambda value: bool(value), load_default=False)
    email = Email(load_default=None)
    phone = Phone(load_default=None)
    name = PersonName(load_default=None)
    language = fields.String(load_default="", validate=validate.OneOf(["", *LANGUAGES]))
    receipt = fields.String(load_default=Receipt.NONE)
    idempotency_key = fields.String(required=True, validate=IDEMPOTENCY_KEY)


def read_choice(value: str) -> tuple[Position, str] | None:
    """A hit that was chosen, as «latitude,longitude,label»; None when it cannot be read."""
    parts = value.split(",", 2)
    if len(parts) != 3:
        return None
    try:
        place = Position(latitude=float(parts[0]), longitude=float(parts[1]))
    except ValueError:
        return None
    return place, plain(parts[2])


def place_of(form: Form) -> Position | None:
    """The position of the coordinates; None when there are none.

    :raises ValidationError: they are no degrees, or not on the globe.
    """
    if not form.latitude.strip() and not form.longitude.strip():
        return None
    latitude, longitude = DEGREES.match(form.latitude), DEGREES.match(form.longitude)
    if not latitude or not longitude:
        field = "latitude" if not latitude else "longitude"
        message = gettext("Write degrees with decimals, for example 63,1104 and 7,7279.")
        raise ValidationError({field: [message]})
    try:
        return Position(
            latitude=float(latitude[1].replace(",", ".")),
            longitude=float(longitude[1].replace(",", ".")),
        )
    except ValueError as fault:
        message = gettext("Latitude is within 90 and longitude within 180 degrees.")
        raise ValidationError({"latitude": [message]}) from fault


def mark(position: Position) -> str:
    """The position that a text of the form is about."""
    return f"{position.latitude:.6f},{position.longitude:.6f}"


def plain(text: str) -> str:
    """A text for display on one line, of a length that a name can have."""
    return " ".join(text.split())[:MOST_LETTERS]
