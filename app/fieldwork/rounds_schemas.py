"""What the forms of rounds may hold."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from app.i18n import lazy_gettext

BIGGEST = 2**63 - 1
_key = validate.Range(min=1, max=BIGGEST)


class _Form(Schema):
    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE


class PlanSchema(_Form):
    """Crew, day, people, and for a new round the department."""

    title = fields.String(
        required=True,
        validate=validate.Length(
            1, 60, error=lazy_gettext("Write the crew's name, at most 60 letters.")
        ),
        error_messages={"required": lazy_gettext("Write the crew's name, at most 60 letters.")},
    )
    day = fields.Date(
        required=True,
        format="iso",
        error_messages={
            "required": lazy_gettext("Choose the day of the round."),
            "invalid": lazy_gettext("Choose the day of the round."),
        },
    )
    members = fields.List(
        fields.Integer(validate=validate.Range(min=1, max=2**31 - 1)),
        load_default=list,
        error_messages={"invalid": lazy_gettext("Choose among the people of the department.")},
    )
    department_id = fields.Integer(
        data_key="department",
        load_default=None,
        validate=validate.Range(min=1, max=2**31 - 1),
        error_messages={"invalid": lazy_gettext("Choose whose round it is.")},
    )

    @pre_load
    def _tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """One crew is one crew, however its name is spaced."""
        return data | {"title": " ".join(str(data.get("title", "")).split())}


class ChangeSchema(_Form):
    """What the foreman's buttons send. `version` is that of the page."""

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    stop = fields.Integer(load_default=0, validate=validate.Range(min=0, max=BIGGEST))
    place = fields.Integer(load_default=0, validate=validate.Range(min=0, max=10_000))
    start = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=2**31 - 1)
    )
    order = fields.List(fields.Integer(validate=_key), load_default=list)

    @pre_load
    def _read_lists(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The order is written `3,1,2`; no start is an empty choice."""
        read = dict(data)
        if "order" in read:
            read["order"] = [part for part in str(read["order"]).split(",") if part]
        if read.get("start") == "":
            read["start"] = None
        return read


class StopSchema(_Form):
    """Which stop the crew ticks."""

    stop = fields.Integer(required=True, validate=_key)


class DaySchema(_Form):
    """From which day on rounds are listed."""

    dag = fields.Date(load_default=None, format="iso")
