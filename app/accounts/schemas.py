"""What the sign-in form may hold."""

from marshmallow import EXCLUDE, Schema, fields


class SignInSchema(Schema):
    """E-mail and password, and where to go afterwards."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    email = fields.String(load_default="")
    password = fields.String(load_default="")
    til = fields.String(load_default="")
