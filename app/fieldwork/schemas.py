"""What the crew's forms may hold."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.i18n import lazy_gettext
from app.service_requests.schemas import text_of

MAX_MESSAGE = 2000


class Text(fields.Field[str | None]):
    """A message, without the blanks around it; empty is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = text_of(value).strip().replace("\r\n", "\n")
        if len(text) > MAX_MESSAGE:
            raise ValidationError(
                str(lazy_gettext("Write at most %(count)s characters.", count=MAX_MESSAGE))
            )
        return text or None


class WorkSchema(Schema):
    """The fields of every verb. `version` is that of the page the verb was chosen on."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    message = Text(load_default=None)
    led_to_improvement = fields.Boolean(
        load_default=None,
        truthy={"yes"},
        falsy={"no"},
        error_messages={"invalid": lazy_gettext("Answer whether this led to an improvement.")},
    )


class OrderSchema(Schema):
    """The list's order."""

    class Meta:
        """Anything else in the address is left alone."""

        unknown = EXCLUDE

    rekkefolge = fields.String(load_default="frist", validate=validate.OneOf(["frist", "nyeste"]))
