"""What the crew's forms may hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.errors import Invalid
from app.i18n import gettext, lazy_gettext
from app.service_requests.schemas import MessageText, text_of

MOST_OF_A_NUMBER = 40


@dataclass(frozen=True, kw_only=True)
class Along:
    """Another report that is closed together with this one: they are one fault."""

    number: str
    version: int


class OriginalNumber(fields.Field[str | None]):
    """The number of the report that came first; nothing written is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str | None:
        text = text_of(value).strip().upper()
        if "\x00" in text or len(text) > MOST_OF_A_NUMBER:
            raise ValidationError(gettext("There is no other report with this number."))
        return text or None


class WorkSchema(Schema):
    """The fields of every verb. `version` is that of the page the verb was chosen on."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    message = MessageText(load_default=None)
    department_id = fields.Integer(
        data_key="department",
        load_default=None,
        validate=validate.Range(min=1, max=2**31 - 1),
        error_messages={"invalid": lazy_gettext("Choose who should have the report.")},
    )
    original_number = OriginalNumber(load_default=None)
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

    rekkefolge = fields.String(
        load_default="frist", validate=validate.OneOf(["frist", "nyeste", "hos-andre"])
    )


def along_from(written: Sequence[str]) -> list[Along]:
    """The reports ticked to be closed together, from `number:version`. :raises Invalid: one cannot be read."""
    found = []
    for item in written:
        number, _, version = item.partition(":")
        if not version.isdecimal() or len(version) > 9:
            message = gettext(
                "The list of reports to close together cannot be read. Open the job anew."
            )
            raise Invalid({"also": message})
        found.append(Along(number=number, version=int(version)))
    return found
