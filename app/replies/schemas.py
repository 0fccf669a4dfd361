"""Templates as they come in: from replies.yaml, and from the browser."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from app.i18n import LANGUAGES, lazy_gettext
from app.replies.words import unknown
from app.service_requests.status import Status

CODE = re.compile(r"^[a-z0-9_]{2,40}$")
LONGEST_NAME = 80
LONGEST_TEXT = 1500


def _checked(texts: dict[str, str], longest: int) -> None:
    """:raises ValidationError: a language without words, or too many."""
    for code in LANGUAGES:
        said = texts.get(code, "").strip()
        if not said:
            message = lazy_gettext("Write it in all languages.")
            raise ValidationError(str(message))
        if len(said) > longest:
            raise ValidationError(
                str(lazy_gettext("Write at most %(count)s characters.", count=longest))
            )


class TemplateSchema(Schema):
    """One template. `name` and `text` are by language."""

    code = fields.String(required=True, validate=validate.Regexp(CODE))
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    text = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    service = fields.String(load_default=None, allow_none=True)
    status = fields.Enum(Status, by_value=True, load_default=None, allow_none=True)

    @validates_schema
    def _words(self, data: dict[str, Any], **_: Any) -> None:
        for name, longest in (("name", LONGEST_NAME), ("text", LONGEST_TEXT)):
            try:
                _checked(data.get(name, {}), longest)
            except ValidationError as fault:
                raise ValidationError({name: fault.messages}) from fault
        wrong = [name for text in data["text"].values() for name in unknown(text)]
        if wrong:
            said = lazy_gettext(
                "«{%(name)s}» is not a placeholder. The list below has them all.", name=wrong[0]
            )
            raise ValidationError({"text": [str(said)]})


class TemplateFormSchema(Schema):
    """The browser's form: one field for each language, joined to what `TemplateSchema` takes."""

    class Meta:
        """The token comes along."""

        unknown = EXCLUDE

    version = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))
    service = fields.String(load_default="")
    status = fields.String(load_default="")


def from_form(form: dict[str, str], code: str) -> dict[str, Any]:
    """A template out of the fields `name-nb`, `text-nb` and so on. :raises ValidationError: by field."""
    values = {
        "code": code,
        "name": {tongue: _tidy(form.get(f"name-{tongue}", "")) for tongue in LANGUAGES},
        "text": {tongue: _tidy(form.get(f"text-{tongue}", "")) for tongue in LANGUAGES},
        "service": form.get("service") or None,
        "status": form.get("status") or None,
    }
    loaded: dict[str, Any] = TemplateSchema().load(values)
    return loaded


def _tidy(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()
