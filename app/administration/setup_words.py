"""The log of the set-up in words."""

import json
from collections.abc import Mapping
from typing import Any

from app.i18n import gettext
from app.setup_log.models import Kind

MAX_SHOWN = 300


def kinds() -> dict[str, str]:
    """The kinds of things, by code, in the language in use."""
    return {
        Kind.DEPARTMENT.value: gettext("Department"),
        Kind.SERVICE.value: gettext("What can be reported"),
        Kind.QUESTION.value: gettext("Question"),
        Kind.GROUP.value: gettext("Category"),
        Kind.PLANNED_WORK.value: gettext("Planned work"),
        Kind.MUNICIPALITY.value: gettext("The municipality"),
        Kind.ANSWER.value: gettext("Answer to begin with"),
        Kind.DUTY.value: gettext("Who takes what"),
        Kind.PERSON.value: gettext("Person"),
        Kind.PRIVACY.value: gettext("Privacy"),
    }


def _labels() -> dict[str, str]:
    return {
        "name": gettext("Name"),
        "description": gettext("Description"),
        "label": gettext("Question"),
        "hint": gettext("Hint"),
        "choices": gettext("Choices"),
        "kind": gettext("Kind"),
        "receives": gettext("Gets reports by"),
        "email": gettext("E-mail"),
        "webhook_url": gettext("Webhook"),
        "is_active": gettext("In use"),
        "first_response_days": gettext("Days to the first answer"),
        "fix_days": gettext("Days until fixed"),
        "counts_calendar_days": gettext("All days count"),
        "description_is_public": gettext("Everyone can read the text"),
        "description_needs_look": gettext("The text waits until someone has looked"),
        "position_precision": gettext("What everyone sees of the place"),
        "is_required": gettext("Must be answered"),
        "is_public": gettext("Everyone can read the answer"),
        "contact_email": gettext("E-mail address"),
        "contact_phone": gettext("Telephone"),
        "opening_hours": gettext("Opening hours"),
        "emergency_numbers": gettext("Whom to call about danger"),
        "preliminary_days": gettext("Days until we write that it takes longer"),
        "title": gettext("Title"),
        "starts_on": gettext("First day"),
        "ends_on": gettext("Last day"),
        "area": gettext("Area"),
        "rank": gettext("Place in the order"),
        "roles": gettext("Roles"),
        "contact": gettext("Addresses, in days"),
        "photo": gettext("Photos, in days"),
        "text": gettext("Words, in days"),
        "two_steps": gettext("Second step"),
        "account": gettext("Answers"),
        "deputy": gettext("Stands in"),
    }


def told(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """A line for each value that changed."""
    labels = _labels()
    names = [*(after or before or {})]
    return [f"{labels.get(name, name)}: {_change(before, after, name)}" for name in names]


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, name: str) -> str:
    old = _value(before[name]) if before and name in before else ""
    new = _value(after[name]) if after and name in after else ""
    return f"{old} → {new}" if before is not None and after is not None else old or new


def _value(value: Any) -> str:
    if value is None or value == "":
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return " / ".join(f"{name}: {said}" for name, said in value.items())[:MAX_SHOWN]
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value))[
        :MAX_SHOWN
    ]
