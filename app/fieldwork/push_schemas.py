"""What the field app says and is told of alerts."""

from collections.abc import Callable
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf

from app import reading
from app.accounts.models import AcuteAlerts
from app.i18n import lazy_gettext

LONGEST_ENDPOINT = 2000
NOT_A_SUBSCRIPTION = lazy_gettext("This is not what a browser says when it subscribes.")


class _Key(fields.String):
    """A part of a subscription in base64url, held against what `read` takes."""

    def __init__(self, read: Callable[[str], str]) -> None:
        super().__init__(
            required=True,
            error_messages=dict.fromkeys(("required", "null", "invalid"), NOT_A_SUBSCRIPTION),
        )
        self.read = read

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        try:
            return self.read(super()._deserialize(value, *args, **options))
        except ValueError as error:
            raise ValidationError([str(NOT_A_SUBSCRIPTION)]) from error


class KeysSchema(Schema):
    """The browser's keys (RFC 8291), base64url."""

    class Meta:
        """Browsers may say more."""

        unknown = EXCLUDE

    p256dh = _Key(reading.push_point)
    auth = _Key(reading.push_secret)


class SubscriptionSchema(Schema):
    """`PushSubscription.toJSON()`, as the browser made it."""

    class Meta:
        """Browsers may say more, such as `expirationTime`."""

        unknown = EXCLUDE

    endpoint = fields.String(
        required=True,
        validate=Length(min=1, max=LONGEST_ENDPOINT, error=NOT_A_SUBSCRIPTION),
        metadata={"description": "where to send, at a push service that the service knows"},
    )
    keys = fields.Nested(KeysSchema, required=True)


class WishSchema(Schema):
    """How someone wants to be told."""

    alerts = fields.String(
        required=True,
        validate=OneOf(
            [wish.value for wish in AcuteAlerts],
            error=lazy_gettext("Choose off, push or mail."),
        ),
        metadata={"description": "off, push or mail"},
    )


class AlertsSchema(Schema):
    """What someone has asked for, and what this device needs to subscribe."""

    alerts = fields.String(metadata={"description": "off, push or mail"})
    email = fields.String(metadata={"description": "where e-mail goes"})
    is_subscribed = fields.Boolean(metadata={"description": "this device, for this person"})
    key = fields.String(
        allow_none=True,
        metadata={"description": "the application server key; null: this service sends no push"},
    )
