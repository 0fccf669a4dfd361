"""What a service asks for more than a description: checking the answers, and telling them. Pure.

An answer is stored under its question's code: a choice as its code, several as a list of codes, yes and
no as a boolean, a number as a number, a text as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.catalog.models import QuestionKind, Service, ServiceQuestion
from app.errors import Invalid
from app.i18n import gettext, localised, number

MAX_TEXT = 500
MOST = 1_000_000
"""A number beyond this is a slip of the finger."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A question and its answer, in words."""

    code: str
    label: str
    text: str


def asked(service: Service) -> list[ServiceQuestion]:
    """The questions in use, in their order."""
    return [question for question in service.questions if question.is_active]


def checked(
    service: Service, given: Mapping[str, Any], *, needs_all: bool = True
) -> dict[str, Any]:
    """The answers as they are stored; what was left empty is left out.

    :param needs_all: whether what must be answered must: not where staff write down what somebody else told.

    :raises Invalid: under `answers.CODE`: not an answer to the question, a question that must be answered,
        or one that the service does not ask.
    """
    known = {question.code: question for question in asked(service)}
    errors = {
        f"answers.{code}": gettext("This question is not asked about such a report.")
        for code in given
        if code not in known
    }
    answers = {}
    for code, question in known.items():
        try:
            answer = _read(question, given.get(code))
        except ValueError as fault:
            errors[f"answers.{code}"] = str(fault)
            continue
        if answer is not None:
            answers[code] = answer
        elif question.is_required and needs_all:
            label = localised(question.label)
            errors[f"answers.{code}"] = gettext("Answer the question «%(label)s»", label=label)
    if errors:
        raise Invalid(errors)
    return answers


def _read(question: ServiceQuestion, given: Any) -> Any:
    """The value to store; None when nothing was answered. :raises ValueError: a sentence."""
    if given is None or given in ("", []):
        return None
    codes = [choice["code"] for choice in question.choices]
    match QuestionKind(question.kind):
        case QuestionKind.CHOICE:
            return _one_of(codes, given)
        case QuestionKind.SEVERAL:
            chosen = [_one_of(codes, code) for code in _list(given)]
            return [code for code in codes if code in chosen]
        case QuestionKind.YES_NO:
            return _yes_or_no(given)
        case QuestionKind.NUMBER:
            return _number(given)
        case QuestionKind.TEXT:
            return _text(given)


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _one_of(codes: list[str], given: Any) -> str:
    if not isinstance(given, str) or given not in codes:
        raise ValueError(gettext("Choose one of the answers."))
    return given


def _yes_or_no(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    if given not in ("yes", "no"):
        raise ValueError(gettext("Answer yes or no."))
    return bool(given == "yes")


def _number(given: Any) -> int | float:
    sentence = gettext("Write a number, for example 12 or 2,5.")
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError(sentence)
    try:
        value = float(str(given).strip().replace(",", "."))
    except ValueError as fault:
        raise ValueError(sentence) from fault
    if not 0 <= value <= MOST:
        raise ValueError(gettext("Write a number between 0 and %(most)s.", most=number(MOST)))
    return int(value) if value.is_integer() else round(value, 3)


def _text(given: Any) -> str | None:
    if not isinstance(given, str) or "\x00" in given:
        raise ValueError(gettext("Write a text."))
    text = given.strip().replace("\r\n", "\n")
    if len(text) > MAX_TEXT:
        raise ValueError(gettext("Write at most %(count)s characters.", count=MAX_TEXT))
    return text or None


def told(service: Service, answers: Mapping[str, Any], *, public_only: bool = False) -> list[Told]:
    """The answers in words, in the language in use; also to questions that are not asked any more."""
    return [
        Told(code=question.code, label=localised(question.label), text=_words(question, answer))
        for question in service.questions
        if (answer := answers.get(question.code)) is not None
        and (question.is_public or not public_only)
    ]


def public(service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that anyone may read, as stored."""
    shown = {question.code for question in service.questions if question.is_public}
    return {code: answer for code, answer in answers.items() if code in shown}


def _words(question: ServiceQuestion, answer: Any) -> str:
    if isinstance(answer, bool):
        return gettext("Yes") if answer else gettext("No")
    if isinstance(answer, int | float):
        return number(answer, decimals=0 if isinstance(answer, int) else 1)
    names = {choice["code"]: localised(choice["name"]) for choice in question.choices}
    return ", ".join(names.get(str(code), str(code)) for code in _list(answer))
