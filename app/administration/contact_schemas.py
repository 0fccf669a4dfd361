"""What the form about telephones and opening hours may hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from app.errors import Invalid
from app.i18n import LANGUAGES, gettext
from app.jurisdictions.schemas import EmergencyNumberSchema

MOST = 10
"""Numbers to call about danger."""
CATEGORIES = "ERFKPS"
"""Of roads, as the national road data have them: European, national, county, municipal, private, forest."""
LONGEST = 200


class ContactFormSchema(Schema):
    """E-mail address, telephone, opening hours in three languages, and the days until we write."""

    class Meta:
        """The form also carries the CSRF token and the numbers."""

        unknown = EXCLUDE

    contact_email = fields.Email(load_default=None, allow_none=True)
    contact_phone = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9 +]{3,20}$")
    )
    preliminary_days = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=365)
    )
    opening_hours_nb, opening_hours_nn, opening_hours_en = (
        fields.String(load_default="", validate=validate.Length(max=LONGEST)) for _ in range(3)
    )

    @pre_load
    def _trim(self, data: Mapping[str, str], **_: Any) -> dict[str, str | None]:
        optional = {"contact_email", "contact_phone", "preliminary_days"}
        return {
            name: (text.strip() or None) if name in optional else text.strip()
            for name, text in data.items()
        }

    @post_load
    def _hours(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        hours = {code: data.pop(f"opening_hours_{code}") for code in LANGUAGES}
        first = hours["nb"]
        if not first and any(hours.values()):
            raise ValidationError(gettext("Write it in bokmål first."), "opening_hours_nb")
        filled = {code: text or first for code, text in hours.items()} if first else {}
        return data | {"opening_hours": filled}


def numbers(rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The numbers as they are stored. :raises Invalid: the field is `danger`."""
    if len(rows) > MOST:
        raise Invalid({"danger": gettext("At most %(count)s numbers.", count=MOST)})
    found = []
    for row in rows:
        first = row["nb"].strip()
        entry: dict[str, Any] = {
            "number": row["number"].strip(),
            "text": {code: row[code].strip() or first for code in LANGUAGES},
        }
        roads = [sign for sign in row["roads"].upper() if sign.isalpha()]
        if roads:
            entry["road_categories"] = roads
        if not first or EmergencyNumberSchema().validate(entry):
            message = gettext(
                "Each line needs a number, words in bokmål, and for roads only letters of %(letters)s.",
                letters=", ".join(CATEGORIES),
            )
            raise Invalid({"danger": message})
        found.append(entry)
    return found
