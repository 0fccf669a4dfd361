"""The residents' form, step by step. Positions may be typed the Norwegian way, with a decimal comma."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from app.catalog.question_fields import MAX_ANSWERS, Pairs, answers_in
from app.geo.positions import Position
from app.i18n import gettext, lazy_gettext
from app.problems import first_messages
from app.service_requests.schemas import (
    IDEMPOTENCY_KEY,
    Description,
    Email,
    PersonName,
    Phone,
    PoleNumbers,
)

FIELDS = (
    "latitude",
    "longitude",
    "place",
    "place_text",
    "service",
    "acute",
    "lamps",
    "description",
    "photos",
    "email",
    "phone",
    "name",
    "hint",
    "proof",
    "idempotency_key",
)
DEGREES = re.compile(r"^\s*([+-]?\d{1,3}(?:[.,]\d{1,15})?)\s*°?\s*$")


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the pages carry, as it was typed."""

    latitude: str = ""
    longitude: str = ""
    place: str = ""
    place_text: str = ""
    """The address or name that the pages show for the position. What a report keeps is looked up anew."""
    service: str = ""
    acute: str = ""
    lamps: str = ""
    """Pole numbers, comma between: those ticked and those written."""
    description: str = ""
    photos: str = ""
    """Keys of photos that are kept already, comma between."""
    email: str = ""
    phone: str = ""
    name: str = ""
    hint: str = ""
    """«another» once the person has said that none of the reports nearby is of the same fault."""
    proof: str = ""
    """When the second step was first shown, signed."""
    idempotency_key: str = ""
    answers: Pairs = ()
    """Fields and values of the services' questions, also of services that were chosen before."""
    asked: tuple[str, ...] = ()
    """Codes of the services whose questions have been shown."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Form":
        """From a form's fields or a query string; a key for sending once is made on the first page."""
        given: dict[str, Any] = {name: values.get(name, "") for name in FIELDS}
        form = cls(**given)
        if "lamps" not in values and isinstance(values, MultiDict):
            form = replace(
                form, lamps=",".join([*values.getlist("lamp"), values.get("pole_numbers", "")])
            )
        if isinstance(values, MultiDict):
            form = replace(
                form,
                answers=answers_in(values.items(multi=True)),
                asked=tuple(dict.fromkeys(values.getlist("asked")))[:MAX_ANSWERS],
            )
        return form if _is_key(form.idempotency_key) else form.anew()

    def anew(self) -> "Form":
        """The same answers as another report: with a key of its own."""
        return replace(self, idempotency_key=str(uuid.uuid4()))


def _is_key(value: str) -> bool:
    try:
        IDEMPOTENCY_KEY(value)
    except ValidationError:
        return False
    return True


def read_position(form: Form, places: Mapping[str, Position]) -> Position:
    """The position: the coordinates if typed or set by the map, else the place picked from the list.

    Coordinates that are those of a listed place came from an earlier pick, so a new pick replaces them.

    :raises ValidationError: neither, or not on the globe.
    """
    if not form.latitude.strip() and not form.longitude.strip():
        if form.place in places:
            return places[form.place]
        raise _wrong(
            "position",
            gettext(
                "Search for the address, move the map, choose a place from the list, or write coordinates."
            ),
        )
    latitude, longitude = DEGREES.match(form.latitude), DEGREES.match(form.longitude)
    if not latitude or not longitude:
        field = "latitude" if not latitude else "longitude"
        raise _wrong(field, gettext("Write degrees with decimals, for example 63,1104 and 7,7279."))
    try:
        position = Position(
            longitude=float(longitude[1].replace(",", ".")),
            latitude=float(latitude[1].replace(",", ".")),
        )
    except ValueError as fault:
        message = gettext("Latitude is within 90 and longitude within 180 degrees.")
        raise _wrong("latitude", message) from fault
    return places.get(form.place, position) if position in places.values() else position


def _wrong(field: str, message: str) -> ValidationError:
    return ValidationError({field: [message]})


CHOOSE = lazy_gettext("Choose what the report is about from the list.")


class WhatSchema(Schema):
    """The second step."""

    class Meta:
        """The pages carry more than this step asks for."""

        unknown = EXCLUDE

    service = fields.String(required=True, validate=validate.Length(min=1, error=CHOOSE))
    acute = fields.Boolean(load_default=False, truthy={"yes"}, falsy={"no", ""})
    lamps = PoleNumbers(load_default=())
    description = Description(required=True)
    email = Email(load_default=None)
    phone = Phone(load_default=None)
    name = PersonName(load_default=None)
    idempotency_key = fields.String(required=True, validate=IDEMPOTENCY_KEY)


def what_errors(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """The checked answers of the second step, and one message for each field that is wrong."""
    try:
        return WhatSchema().load(vars(form)), {}
    except ValidationError as fault:
        return {}, first_messages(fault)
