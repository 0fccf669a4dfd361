"""What the form of this room may hold."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema

from app.i18n import lazy_gettext
from app.service_requests.schemas import Email


class LinkSchema(Schema):
    """The address to send the link to."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    email = Email(load_default=None)

    @validates_schema
    def _is_there(self, data: dict[str, Any], **_: Any) -> None:
        if not data["email"]:
            message = lazy_gettext("Write an e-mail address, for example name@example.org.")
            raise ValidationError({"email": [str(message)]})
