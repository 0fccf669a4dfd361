"""What the forms about privacy may hold."""

from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from app.i18n import lazy_gettext

LONGEST_DAYS = 36_500


class _FormSchema(Schema):
    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE


def _days() -> fields.Integer:
    span = validate.Range(min=0, max=LONGEST_DAYS)
    return fields.Integer(validate=span, allow_none=True, load_default=None)


class KeepSchema(_FormSchema):
    """How many days each is kept after the closing; empty: for good."""

    contact = _days()
    photo = _days()
    text = _days()
    seen = fields.String(load_default="")

    @pre_load
    def _empty_is_for_good(self, data: dict[str, str], **_: object) -> dict[str, str | None]:
        return {name: value.strip() or None for name, value in data.items() if name != "seen"} | {
            "seen": data.get("seen", "")
        }


class PersonSchema(_FormSchema):
    """An e-mail address or a telephone number, as it was left."""

    who = fields.String(
        required=True,
        validate=validate.Length(
            min=3, max=254, error=lazy_gettext("Write an e-mail address or a telephone number.")
        ),
    )
