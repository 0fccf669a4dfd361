"""What the administrators' forms may hold."""

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.i18n import gettext, lazy_gettext
from app.routing.models import ASKED_CHANNELS, Owner, RoadCategory
from app.routing.rules import categories
from app.setup_log.models import Kind

MAX_NAME = 120
CHOOSE = lazy_gettext("Choose one from the list.")


class Line(fields.Field[str | None]):
    """One line of text without the blanks around it; empty is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:
        text = " ".join(str(value).split())
        if "\x00" in text:
            raise ValidationError(gettext("The text holds a character that cannot be stored."))
        if len(text) > MAX_NAME:
            raise ValidationError(gettext("Write at most %(count)s characters.", count=MAX_NAME))
        return text or None


class Choice(fields.Field[str | None]):
    """One of some values; empty is None."""

    def __init__(self, values: Any, **options: Any) -> None:
        super().__init__(load_default=None, **options)
        self.values = frozenset(str(value) for value in values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | None:
        if value and value not in self.values:
            raise ValidationError(str(CHOOSE))
        return str(value) if value else None


class Key(fields.Field[int | None]):
    """The key of something; empty is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int | None:
        text = str(value)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValidationError(str(CHOOSE))
        return int(text)


class VersionSchema(Schema):
    """The version of the draft on the page that the form stands on, and the place to move to."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    place = fields.Integer(load_default=None, validate=validate.Range(min=1, max=100_000))


class RuleFormSchema(Schema):
    """A rule as the form sends it; comes out as the values of `Rule`. `what` is g<group> or s<service>."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    name = Line(load_default=None)
    what = fields.String(
        load_default="", validate=validate.Regexp(r"^([gs]\d{1,9})?$", error=CHOOSE)
    )
    road = fields.List(fields.String(validate=validate.OneOf(list(RoadCategory), error=CHOOSE)))
    road_manager = Line(load_default=None)
    asset_owner = Choice(Owner)
    area = Key(load_default=None)
    from_day, from_month, to_day, to_month = (Choice(range(1, size)) for size in (32, 13, 32, 13))
    channel = Choice(ASKED_CHANNELS)
    acute = Choice(("yes", "no"))
    department = Key(load_default=None)
    active = fields.Boolean(load_default=False, truthy={"yes"}, falsy={""})

    @post_load
    def _as_rule(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        errors = {}
        if data["name"] is None:
            errors["name"] = [gettext("Write a name that says what the rule is for.")]
        if data["department"] is None:
            errors["department"] = [gettext("Choose who gets the reports.")]
        first = _day(data["from_day"], data["from_month"])
        last = _day(data["to_day"], data["to_month"])
        if first == 0 or last == 0 or (first is None) != (last is None):
            errors["season"] = [gettext("Choose day and month for both ends of the season.")]
        if errors:
            raise ValidationError(errors)
        kind, key = data["what"][:1], data["what"][1:]
        return {
            "name": data["name"],
            "service_id": int(key) if kind == "s" else None,
            "service_group_id": int(key) if kind == "g" else None,
            "area_id": data["area"],
            "channel": data["channel"],
            "road_categories": categories(data.get("road")),
            "road_manager": data["road_manager"],
            "asset_owner": data["asset_owner"],
            "season_from": first,
            "season_to": last,
            "is_acute": None if data["acute"] is None else data["acute"] == "yes",
            "department_id": data["department"],
            "is_active": data["active"],
        }


def _day(day: str | None, month: str | None) -> int | None:
    """Month × 100 + day, None for no day at all, 0 for half of one or one that no year has."""
    if not day and not month:
        return None
    try:
        date(2024, int(month or 0), int(day or 0))
    except ValueError:
        return 0
    return int(month or 0) * 100 + int(day or 0)


class AreaFormSchema(Schema):
    """A new area: its name and its outline as GeoJSON."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    name_nb, name_nn, name_en = (Line(load_default=None) for _ in range(3))
    boundary = fields.String(load_default="")

    @post_load
    def _names(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        name, boundary = data["name_nb"], data["boundary"].strip()
        errors = {}
        if name is None:
            errors["name_nb"] = [gettext("Write what people call the area.")]
        if not boundary:
            told = gettext("Draw the area on the map, or choose a GeoJSON file.")
            errors["boundary"] = [told]
        if errors:
            raise ValidationError(errors)
        names = {code: data[f"name_{code}"] or name for code in ("nb", "nn", "en")}
        return {"name": names, "boundary": boundary}


class LogSchema(Schema):
    """Where the page of the log begins."""

    class Meta:
        """Anything else in the address is left alone."""

        unknown = EXCLUDE

    eldre_enn = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**63 - 1))


class SetupLogSchema(LogSchema):
    """The log of the set-up: which kind of thing, and where the page begins."""

    hva = fields.String(
        load_default=None, validate=validate.OneOf(["", *(kind.value for kind in Kind)])
    )
