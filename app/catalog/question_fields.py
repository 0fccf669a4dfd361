"""The questions of a service as fields of a page: their names, what was answered, what is wrong. Pure.

A field is called `answer.`, the service's code, a point and the question's code: `answer.ROAD-POTHOLE.size`. So
a page may carry the questions of several services, and keeps the answers when another one is chosen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.catalog.models import QuestionKind, Service, ServiceQuestion
from app.catalog.questions import MAX_TEXT, asked
from app.i18n import localised

ANSWER = "answer."
MAX_ANSWERS = 200
"""So many fields of answers are read."""

Pairs = tuple[tuple[str, str], ...]
"""Fields and values as they were sent; a question with several answers is there several times."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question on the page: its field's name, and what was answered."""

    name: str
    id: str
    kind: str
    label: str
    hint: str
    is_required: bool
    choices: tuple[tuple[str, str], ...]
    values: tuple[str, ...]
    error: str


def answers_in(sent: Iterable[tuple[str, str]]) -> Pairs:
    """What was sent in fields of questions and is not empty."""
    pairs = [(name, value) for name, value in sent if value and name.startswith(ANSWER)]
    return tuple(pairs[:MAX_ANSWERS])


def answers_to(service: Service, pairs: Pairs) -> dict[str, Any]:
    """What was answered to a service's questions, by code; to several-choice questions as a list."""
    found: dict[str, Any] = {}
    for question in asked(service):
        name = _name(service, question)
        values = [value for field, value in pairs if field == name]
        if values:
            is_list = question.kind == QuestionKind.SEVERAL
            found[question.code] = values if is_list else values[-1]
    return found


def fields_of(service: Service, pairs: Pairs, errors: Mapping[str, str]) -> tuple[Question, ...]:
    """The service's questions as fields; `errors` are by the field's name."""
    return tuple(_field(service, question, pairs, errors) for question in asked(service))


def at_fields(service_code: str, errors: Mapping[str, str]) -> dict[str, str]:
    """`answers.size`, as the operations call it, as the name of the question's field on the page."""
    return {
        f"{ANSWER}{service_code}.{name.removeprefix('answers.')}"
        if name.startswith("answers.")
        else name: text
        for name, text in errors.items()
    }


def _name(service: Service, question: ServiceQuestion) -> str:
    return f"{ANSWER}{service.code}.{question.code}"


def _field(
    service: Service, question: ServiceQuestion, pairs: Pairs, errors: Mapping[str, str]
) -> Question:
    name = _name(service, question)
    return Question(
        name=name,
        id=name.replace(".", "-"),
        kind=question.kind,
        label=localised(question.label),
        hint=localised(question.hint),
        is_required=question.is_required,
        choices=tuple((item["code"], localised(item["name"])) for item in question.choices),
        values=tuple(value[: MAX_TEXT * 2] for field, value in pairs if field == name),
        error=errors.get(name, ""),
    )
