"""What departments.yaml may hold."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.departments.models import DepartmentKind, Receives
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
    first_line = fields.Boolean(required=True)

    @validates_schema
    def _reachable(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("receives") == Receives.EMAIL and not data.get("email"):
            raise ValidationError("a department that receives by e-mail needs an address", "email")
