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


class _FormSchema(Schema):
    """A form of these pages: what it does not name is left alone."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE


class CodeSchema(_FormSchema):
    """A code of the app, or a recovery code."""

    code = fields.String(load_default="")


class AddressSchema(_FormSchema):
    """An e-mail address."""

    email = fields.String(load_default="")


class NameSchema(_FormSchema):
    """What colleagues call one."""

    name = fields.String(load_default="")


class NewPasswordSchema(_FormSchema):
    """A new password, twice; and the one that counts now, where it is asked for."""

    current = fields.String(load_default="")
    password = fields.String(load_default="")
    repeated = fields.String(load_default="")


class ConnectSchema(_FormSchema):
    """What is asked for before a provider becomes a way in: the password, and a code where one is."""

    current = fields.String(load_default="")
    code = fields.String(load_default="")
