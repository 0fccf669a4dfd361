"""What departments.yaml may hold."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.departments.models import DepartmentKind, Receives, is_safe
from app.jurisdictions.setup_files import CODE, Texts


class DepartmentSchema(Schema):
    """Who answers for reports."""

    code = fields.String(required=True, validate=CODE)
    name = Texts(required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in DepartmentKind])
    )
    receives = fields.String(
        required=True, validate=validate.OneOf([way.value for way in Receives])
    )
    email = fields.Email(required=True, allow_none=True)
    webhook_url = fields.Url(
        load_default=None,
        allow_none=True,
        schemes={"http", "https"},
        require_tld=False,
        error_messages={"invalid": "not a web address"},
    )
    first_line = fields.Boolean(required=True)

    @validates_schema
    def _reachable(self, data: dict[str, Any], **_: Any) -> None:
        """Another body's address may be missing (null) as long as it is not known; our own may not."""
        receives, is_ours = data.get("receives"), data.get("kind") == DepartmentKind.INTERNAL
        if is_ours and receives == Receives.EMAIL and not data.get("email"):
            raise ValidationError("a department that receives by e-mail needs an address", "email")
        if is_ours and receives in {Receives.WEBHOOK, Receives.OPEN311}:
            raise ValidationError("only an external body receives in this way", "receives")
        url = data.get("webhook_url")
        if url and not is_safe(url):
            message = "a webhook's address begins with https://, but for one on this machine"
            raise ValidationError(message, "webhook_url")
