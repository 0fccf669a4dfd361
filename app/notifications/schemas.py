"""The forms of those who follow."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.geo.positions import Box, Position
from app.i18n import lazy_gettext
from app.notifications.models import Frequency, SubscriptionKind
from app.service_requests.schemas import Email

RADII = (200, 500, 1000)
"""Metres around a place."""
KINDS = (
    SubscriptionKind.STREET,
    SubscriptionKind.AREA,
    SubscriptionKind.SERVICE,
    SubscriptionKind.EVERYTHING,
)
"""What can be followed from the page for it; a report is followed from its own."""
CHOOSE_FREQUENCY = lazy_gettext("Choose how often you want to hear.")
WRITE_EMAIL = lazy_gettext("Write the e-mail address that we can send to.")


class _Address(Email):
    """An address that must be there."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        found = super()._deserialize(value, attr, data, **options)
        if not found:
            raise ValidationError(str(WRITE_EMAIL))
        return found


class FrequencySchema(Schema):
    """How often."""

    class Meta:
        """The form has its token as well."""

        unknown = EXCLUDE

    frequency = fields.Enum(
        Frequency,
        by_value=True,
        load_default=Frequency.EACH,
        error_messages={"unknown": CHOOSE_FREQUENCY, "invalid": CHOOSE_FREQUENCY},
    )


class FollowReportSchema(FrequencySchema):
    """The form on a report's page."""

    email = _Address(required=True, error_messages={"required": WRITE_EMAIL})


class FollowSchema(FollowReportSchema):
    """The page for following a street, an area, a category or everything."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(KINDS, error=lazy_gettext("Choose what you want to follow.")),
        error_messages={"required": lazy_gettext("Choose what you want to follow.")},
    )
    street = fields.String(load_default="", validate=validate.Length(max=100))
    group = fields.String(load_default="")
    place = fields.String(load_default="")
    radius = fields.Integer(
        load_default=500,
        validate=validate.OneOf(RADII, error=lazy_gettext("Choose how far around.")),
        error_messages={"invalid": lazy_gettext("Choose how far around.")},
    )
    bbox = fields.String(load_default="")

    @post_load
    def _read(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["kind"] = SubscriptionKind(data["kind"])
        data["street"] = " ".join(data["street"].split())
        return data


def read_area(place: str, bbox: str) -> Box | Position | None:
    """The map's section or the place's position that a form carries; None when it has neither.

    :raises ValueError: it cannot be read.
    """
    if bbox:
        return Box.parse(bbox)
    if not place:
        return None
    latitude, _, longitude = place.partition(",")
    return Position(latitude=float(latitude), longitude=float(longitude))
