"""What the files about the municipality itself may hold."""

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate

from app.i18n import LANGUAGES
from app.jurisdictions.models import LICENCES, Openness
from app.jurisdictions.setup_files import CODE, Texts


def _organisation_number(value: str) -> None:
    """Nine digits with a check digit by modulus 11 (Brønnøysundregistrene)."""
    weights = (3, 2, 7, 6, 5, 4, 3, 2)
    if len(value) != 9 or not value.isdigit():
        raise ValidationError("an organisation number has nine digits")
    check = (
        11 - sum(int(digit) * weight for digit, weight in zip(value[:8], weights, strict=True)) % 11
    )
    if check % 11 != int(value[8]):
        raise ValidationError("the organisation number's check digit is wrong")


def _time_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise ValidationError("write a time zone such as Europe/Oslo") from fault


def _bounds(value: list[float]) -> None:
    if len(value) != 4 or value[0] >= value[2] or value[1] >= value[3]:
        raise ValidationError("bounds are [west, south, east, north] in degrees")


def _origin(value: str) -> None:
    """Scheme and host, maybe a port, as a Content-Security-Policy names a web site."""
    if not re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?", value):
        raise ValidationError("write a web site without a path, https://www.example.org")


OPENNESS = validate.OneOf([choice.value for choice in Openness])


class MapSchema(Schema):
    """What the map shows first; EPSG:4326, degrees."""

    bounds = fields.List(fields.Float(), required=True, validate=_bounds)
    centre = fields.List(fields.Float(), required=True, validate=validate.Length(equal=2))
    zoom = fields.Integer(required=True, validate=validate.Range(min=3, max=20))


class ContactSchema(Schema):
    """How people reach the municipality."""

    email = fields.Email(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class EmergencyNumberSchema(Schema):
    """Whom to call when there is danger."""

    number = fields.String(required=True, validate=validate.Regexp(r"^[0-9 +]{3,20}$"))
    text = Texts(required=True)
    road_categories = fields.List(
        fields.String(validate=validate.OneOf(list("ERFKPS"))),
        metadata={"description": "shown first for danger on such roads"},
    )


def _day_of_year(value: str) -> None:
    try:
        date.fromisoformat(f"2023-{value}")
    except ValueError as fault:
        raise ValidationError('write month and day, "02-15" for 15 February') from fault


class SealingSchema(Schema):
    """When last year's figures are sealed, by the municipality's clock, and how long after all see them."""

    day = fields.String(
        required=True,
        validate=[
            validate.Regexp(r"^\d\d-\d\d$", error='write month and day, "02-15"'),
            _day_of_year,
        ],
    )
    public_after_days = fields.Integer(load_default=0, validate=validate.Range(min=0, max=366))


class MunicipalitySchema(Schema):
    """municipality.yaml."""

    number = fields.String(
        required=True, validate=validate.Regexp(r"^\d{4}$", error='write four digits, "1505"')
    )
    slug = fields.String(required=True, validate=CODE)
    name = Texts(required=True)
    organisation_number = fields.String(required=True, validate=_organisation_number)
    number_prefix = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{2,5}$"))
    country = fields.String(load_default="NO", validate=validate.Regexp(r"^[A-Z]{2}$"))
    time_zone = fields.String(required=True, validate=_time_zone)
    languages = fields.List(
        fields.String(validate=validate.OneOf(list(LANGUAGES))),
        required=True,
        validate=validate.Length(min=1),
    )
    host_names = fields.List(
        fields.String(
            validate=validate.Regexp(
                r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
                error="write a host name in small letters, without https:// and port",
            )
        ),
        required=True,
    )
    map = fields.Nested(MapSchema, required=True)
    boundary_source = fields.String(required=True, validate=validate.Length(min=1))
    contact = fields.Nested(ContactSchema, required=True)
    emergency_numbers = fields.List(fields.Nested(EmergencyNumberSchema), required=True)
    comments = fields.String(load_default=Openness.OFF, validate=OPENNESS)
    photos = fields.String(load_default=Openness.AFTER_APPROVAL, validate=OPENNESS)
    licence = fields.String(load_default=LICENCES[0], validate=validate.OneOf(LICENCES))
    embed_origins = fields.List(fields.String(validate=_origin), load_default=list)
    accessibility_url = fields.Url(schemes={"https"}, load_default=None, allow_none=True)
    label_services = fields.Dict(
        keys=fields.String(validate=CODE), values=fields.String(validate=CODE), load_default=dict
    )
    sealing = fields.Nested(SealingSchema, load_default=None, allow_none=True)


NONE = "none"
TOTAL = "total"


class DistrictSchema(Schema):
    """The properties of a feature of districts.geojson. `source` says where its outline is from."""

    code = fields.String(
        required=True,
        validate=[
            CODE,
            validate.NoneOf([NONE, TOTAL], error="this word means something else in figures"),
        ],
    )
    name = Texts(required=True)
    source = fields.String(required=True, validate=validate.Length(min=1))


class PlaceSchema(Schema):
    """A row of places.csv."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    longitude = fields.Float(required=True, validate=validate.Range(min=-180, max=180))
    latitude = fields.Float(required=True, validate=validate.Range(min=-90, max=90))


def as_columns(content: dict[str, Any]) -> dict[str, Any]:
    """municipality.yaml's content by the names of the table's columns."""
    columns = {name: value for name, value in content.items() if name not in {"map", "contact"}}
    columns |= {f"map_{name}": value for name, value in content["map"].items()}
    columns |= {f"contact_{name}": value for name, value in content["contact"].items()}
    return columns
