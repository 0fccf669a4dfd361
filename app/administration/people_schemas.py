"""What the forms about people may hold."""

from marshmallow import EXCLUDE, Schema, fields, validate


class _FormSchema(Schema):
    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE


class InviteSchema(_FormSchema):
    """Someone who is invited. What is missing is told by the operation."""

    email = fields.String(load_default="")
    name = fields.String(load_default="")
    roles = fields.List(fields.String(), load_default=list)


class ClaimSchema(_FormSchema):
    """A line of the table of claims and roles."""

    provider = fields.String(load_default="")
    value = fields.String(load_default="")
    role = fields.String(load_default="")


class LogSchema(_FormSchema):
    """Where in the log of sign-ins, and whose."""

    eldre_enn = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**62))
    hvem = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**31 - 1))
