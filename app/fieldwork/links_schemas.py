"""What the forms about contractors' links may hold."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.i18n import gettext, lazy_gettext
from app.service_requests.schemas import MessageText, text_of

MOST_DAYS = 90
MOST_OF_A_LABEL = 80
_DAYS = lazy_gettext("Write a number of days from 1 to 90.")


class Label(fields.Field[str]):
    """The firm's name, without the blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = " ".join(text_of(value).split())
        if not text:
            raise ValidationError(gettext("Write which firm the link is for."))
        if len(text) > MOST_OF_A_LABEL:
            raise ValidationError(
                gettext("Write at most %(count)s characters.", count=MOST_OF_A_LABEL)
            )
        return text


class LinkSchema(Schema):
    """A new link."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    label = Label(
        required=True,
        error_messages={"required": lazy_gettext("Write which firm the link is for.")},
    )
    days = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=MOST_DAYS, error=_DAYS),
        error_messages={"invalid": _DAYS, "required": _DAYS, "too_large": _DAYS},
    )


class GivenSchema(Schema):
    """What a contractor sends."""

    class Meta:
        """The form also carries the CSRF token and the photos."""

        unknown = EXCLUDE

    key = fields.UUID(
        required=True,
        error_messages=dict.fromkeys(
            ("invalid_uuid", "required"),
            lazy_gettext("The form is not whole. Load the page anew and try again."),
        ),
    )
    message = MessageText(load_default=None)
    shows = fields.String(
        load_default="fix",
        validate=validate.OneOf(
            ["fault", "fix"], error=lazy_gettext("Say whether the photos are from before or after.")
        ),
    )
    led_to_improvement = fields.Boolean(
        load_default=None,
        truthy={"yes"},
        falsy={"no"},
        error_messages={"invalid": lazy_gettext("Answer whether this led to an improvement.")},
    )
