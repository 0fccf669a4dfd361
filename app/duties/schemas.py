"""Forms of duties and absences."""

from datetime import date, timedelta
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)

from app.i18n import gettext, lazy_gettext

BIGGEST = 2**31 - 2
LONGEST = 366
"""Days of one absence."""
FARTHEST = 730
"""Days from today to the first day."""
KEY = validate.Range(1, BIGGEST)


class _Form(Schema):
    class Meta:
        """The form also carries the token."""

        unknown = EXCLUDE

    @pre_load
    def _trim(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        tidy = {name: text.replace("\0", "").strip() for name, text in data.items()}
        return {name: text for name, text in tidy.items() if text}


class PlaceSchema(_Form):
    """Which duty of a department, as it was at `version`; 0: there was none."""

    service_code = fields.String(
        load_default=None, data_key="service", validate=validate.Length(max=100)
    )
    version = fields.Integer(required=True, validate=validate.Range(0, BIGGEST))


class DutySchema(PlaceSchema):
    """Who answers, and who stands in."""

    account_id = fields.Integer(
        required=True,
        data_key="account",
        validate=KEY,
        error_messages={"required": lazy_gettext("Choose who answers.")},
    )
    deputy_id = fields.Integer(load_default=None, data_key="deputy", validate=KEY)


class AbsenceSchema(_Form):
    """Days away, the first and the last included.

    :param today: by the municipality's clock.
    """

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    first_day = fields.Date(
        required=True, error_messages={"required": lazy_gettext("Choose the first day.")}
    )
    last_day = fields.Date(
        required=True, error_messages={"required": lazy_gettext("Choose the last day.")}
    )

    @validates_schema
    def _possible(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data["first_day"], data["last_day"]
        if last < first:
            raise ValidationError(gettext("The last day is before the first."), "last_day")
        if last < self.today:
            raise ValidationError(gettext("These days are over."), "last_day")
        if (last - first).days >= LONGEST:
            raise ValidationError(gettext("Write down at most a year at a time."), "last_day")
        if first > self.today + timedelta(days=FARTHEST):
            raise ValidationError(gettext("Choose days within the next two years."), "first_day")


class OthersAbsenceSchema(AbsenceSchema):
    """Days away that an administrator writes down for somebody who cannot."""

    account_id = fields.Integer(
        required=True,
        data_key="account",
        validate=KEY,
        error_messages={"required": lazy_gettext("Choose who is away.")},
    )


class WhoseSchema(_Form):
    """Whose days away are taken back."""

    account_id = fields.Integer(required=True, data_key="account", validate=KEY)
