"""What the pages of the set-up share: a row as a form, the version sent, what differs for whoever was late."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from app.administration.setup_schemas import VersionOnlySchema
from app.administration.setup_words import told
from app.errors import Conflict
from app.i18n import LANGUAGES, gettext


def as_form(values: Mapping[str, Any]) -> dict[str, str]:
    """A row's values as the fields of its form."""
    form: dict[str, str] = {}
    for name, value in values.items():
        if name == "choices":
            form[name] = "\n".join(_choice(one) for one in value)
        elif isinstance(value, dict):
            form |= {f"{name}_{code}": value.get(code, "") for code in LANGUAGES}
        elif isinstance(value, bool):
            form |= {name: "true"} if value else {}
        else:
            form[name] = "" if value is None else str(value)
    return form


def _choice(one: Mapping[str, Any]) -> str:
    return " | ".join([one["code"], *(one["name"].get(code, "") for code in ("nb", "nn", "en"))])


def sent_version(form: Mapping[str, str]) -> int:
    """The version of the page that the form stood on. :raises Conflict: none was sent."""
    try:
        version: int = VersionOnlySchema().load(dict(form))["version"]
    except ValidationError as fault:
        raise Conflict(gettext("Open the page and try again.")) from fault
    return version


def both(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> list[str]:
    """A line for each value that differs: as it is now → as it was sent."""
    differing = {name: value for name, value in sent.items() if stored.get(name) != value}
    return told({name: stored.get(name) for name in differing}, differing)
