"""Forms of departments, services and questions."""

from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from app.catalog.models import Needs, PositionPrecision, QuestionKind
from app.departments.models import DepartmentKind, Receives
from app.departments.schemas import DepartmentSchema
from app.i18n import LANGUAGES, gettext
from app.jurisdictions.setup_files import CODE

MAX_TEXT = 1000
MAX_VERSION = 2**31 - 2


def _texts(name: str, data: dict[str, Any], *, required: bool = True) -> dict[str, str]:
    """The text in every language, from fields `name_nb` and so on. :raises ValidationError: one is missing."""
    found = {code: (data.get(f"{name}_{code}") or "").strip() for code in LANGUAGES}
    if not required and not any(found.values()):
        return {}
    errors = {
        f"{name}_{code}": [gettext("Write this in every language.")]
        for code, text in found.items()
        if not text
    }
    errors |= {
        f"{name}_{code}": [gettext("Write at most %(count)s characters.", count=MAX_TEXT)]
        for code, text in found.items()
        if len(text) > MAX_TEXT or "\x00" in text
    }
    if errors:
        raise ValidationError(errors)
    return found


class _Form(Schema):
    class Meta:
        """The form also carries the token, and texts that `post_load` reads."""

        unknown = EXCLUDE

    texts: tuple[tuple[str, bool], ...] = ()

    @pre_load
    def _trim(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.context_texts = dict(data)
        return {name: text.strip() for name, text in data.items() if text.strip()}

    @post_load
    def _with_texts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        for name, required in self.texts:
            try:
                data[name] = _texts(name, self.context_texts, required=required)
            except ValidationError as fault:
                errors |= fault.messages_dict
        if errors:
            raise ValidationError(errors)
        return data


class VersionOnlySchema(_Form):
    """The version of the page that a form stood on."""

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=MAX_VERSION))


class DepartmentFormSchema(_Form):
    """A department."""

    texts = (("name", True),)
    kind = fields.String(required=True, validate=validate.OneOf([k.value for k in DepartmentKind]))
    receives = fields.String(required=True, validate=validate.OneOf([r.value for r in Receives]))
    email = fields.Email(load_default=None)
    webhook_url = fields.String(load_default=None, validate=validate.Length(max=500))
    is_active = fields.Boolean(load_default=False)

    @post_load
    def _reachable(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        checked = ("kind", "receives", "email", "webhook_url")
        names = dict.fromkeys(LANGUAGES, "x")
        facts = {name: data[name] for name in checked} | {"name": names}
        errors = DepartmentSchema().validate({"code": "x", "first_line": False, **facts})
        if errors:
            raise ValidationError(errors)
        return data


class NewCodeSchema(_Form):
    """The code of something new."""

    code = fields.String(required=True, validate=[CODE, validate.Length(max=60)])


class ServiceFormSchema(_Form):
    """A service: its words, deadlines and what everyone sees."""

    texts = (("name", True), ("description", True))
    first_response_days = fields.Integer(required=True, validate=validate.Range(min=0, max=365))
    fix_days = fields.Integer(load_default=None, validate=validate.Range(min=0, max=3650))
    counts_calendar_days = fields.Boolean(load_default=False)
    description_is_public = fields.Boolean(load_default=False)
    description_needs_look = fields.Boolean(load_default=False)
    position_precision = fields.String(
        required=True, validate=validate.OneOf([p.value for p in PositionPrecision])
    )
    is_active = fields.Boolean(load_default=False)


class NewServiceSchema(_Form):
    """What is chosen once, when a service is made: its code, its category, and what finds who answers."""

    code = fields.String(required=True, validate=[CODE, validate.Length(max=60)])
    group = fields.String(required=True)
    needs = fields.String(required=True, validate=validate.OneOf([need.value for need in Needs]))


class GroupFormSchema(_Form):
    """The words of a category."""

    texts = (("name", True), ("description", True))


class QuestionFormSchema(_Form):
    """A question; its choices one a line: code | bokmål | nynorsk | English."""

    texts = (("label", True), ("hint", False))
    kind = fields.String(required=True, validate=validate.OneOf([k.value for k in QuestionKind]))
    is_required = fields.Boolean(load_default=False)
    is_public = fields.Boolean(load_default=False)
    is_active = fields.Boolean(load_default=False)
    choices = fields.String(load_default="", validate=validate.Length(max=10_000))

    @post_load
    def _choices(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        wants = data["kind"] in {QuestionKind.CHOICE, QuestionKind.SEVERAL}
        data["choices"] = _choice_rows(data["choices"]) if wants else []
        return data


def _choice_rows(text: str) -> list[dict[str, Any]]:
    rows = [
        [part.strip() for part in line.split("|")] for line in text.splitlines() if line.strip()
    ]
    told = gettext("Write two lines or more: code | bokmål | nynorsk | English, each code once.")
    codes = {row[0] for row in rows}
    if (
        len(rows) < 2
        or len(codes) < len(rows)
        or any(len(row) != 4 or not all(row) for row in rows)
    ):
        raise ValidationError(told, "choices")
    for row in rows:
        try:
            CODE(row[0])
        except ValidationError as fault:
            raise ValidationError(told, "choices") from fault
    return [
        {"code": row[0], "name": dict(zip(("nb", "nn", "en"), row[1:], strict=True))}
        for row in rows
    ]


class PlannedWorkFormSchema(_Form):
    """Planned work: its words, its first and last day, and the category that it explains."""

    texts = (("title", True), ("description", True))
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    service_group_id = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**31))

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["starts_on"] > data["ends_on"]:
            raise ValidationError(gettext("The last day comes before the first."), "ends_on")
