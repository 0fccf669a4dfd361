"""What is still missing of a report, and how to ask for it, one question at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.catalog import queries as catalog
from app.catalog import questions
from app.catalog.models import ContactNeed, Needs, QuestionKind, Service, ServiceQuestion
from app.errors import Invalid, OutsideJurisdiction
from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.service_requests import intake
from app.service_requests.intake import Submission


@dataclass(frozen=True, kw_only=True)
class Ask:
    """The next question. `choices` are code, name and description."""

    field: str
    question: str
    is_optional: bool = False
    choices: Sequence[dict[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of looking a report over: `is_complete` means that it can be sent."""

    say: str
    is_complete: bool
    next: Ask | None
    errors: Mapping[str, str]
    department: str = ""
    reason: str = ""


def service_choices(services: Sequence[Service]) -> list[dict[str, str]]:
    """Services to choose from."""
    return [
        {
            "code": service.code,
            "name": localised(service.name),
            "description": localised(service.description),
        }
        for service in services
    ]


def look_over(
    jurisdiction: Jurisdiction, given: dict[str, Any], errors: dict[str, str], *, now: datetime
) -> Verdict:
    """The first thing that is wrong or missing, in the order in which a person would ask.

    :param given: fields that could be read, by the names of `NewServiceRequestSchema`.
    :param errors: a sentence for each field that could not.
    """
    service = _service(jurisdiction, given, errors)
    ask = _missing(jurisdiction, service, given, errors)
    verdict = Verdict(say="", is_complete=False, next=ask, errors=errors)
    if ask is None and not errors and service is not None:
        verdict = _decided(jurisdiction, service, given, now)
    return Verdict(**vars(verdict) | {"say": _say(jurisdiction, given, verdict)})


def _service(
    jurisdiction: Jurisdiction, given: dict[str, Any], errors: dict[str, str]
) -> Service | None:
    if "service_code" not in given:
        return None
    service = catalog.service_by_code(jurisdiction.id, given["service_code"])
    if service is None:
        errors["service_code"] = gettext("Choose what the report is about from the list.")
    return service


def _missing(
    jurisdiction: Jurisdiction,
    service: Service | None,
    given: dict[str, Any],
    errors: dict[str, str],
) -> Ask | None:
    """What to ask; what is wrong is asked for again."""
    if service is None:
        groups = catalog.services(jurisdiction.id)
        question = gettext("What is the report about?")
        return Ask(field="service_code", question=question, choices=service_choices(groups))
    if "position" not in given:
        return Ask(field="position", question=gettext("Where is the fault?"))
    if "description" not in given:
        return Ask(field="description", question=gettext("What is wrong, in your own words?"))
    if "lamps" in errors or (service.needs == Needs.LAMP and "lamps" not in given):
        question = gettext("Do you know the number on the pole?")
        return Ask(field="lamps", question=question, is_optional="lamps" not in errors)
    return _asked_more(service, given, errors) or _contact(service, given, errors)


def _asked_more(service: Service, given: dict[str, Any], errors: dict[str, str]) -> Ask | None:
    """The first question of the service that is not answered rightly."""
    answers = given.get("answers") or {}
    wrong: dict[str, str] = {}
    try:
        questions.checked(service, answers)
    except Invalid as fault:
        wrong = fault.errors
    for code, sentence in wrong.items():
        if code.removeprefix("answers.") in answers:
            errors[code] = sentence
    for question in questions.asked(service):
        if f"answers.{question.code}" in wrong:
            return Ask(
                field=f"answers.{question.code}",
                question=localised(question.label),
                choices=_answers(question),
            )
    return None


def _answers(question: ServiceQuestion) -> list[dict[str, str]]:
    if question.kind == QuestionKind.YES_NO:
        return [
            {"code": "yes", "name": gettext("Yes"), "description": ""},
            {"code": "no", "name": gettext("No"), "description": ""},
        ]
    return [
        {"code": choice["code"], "name": localised(choice["name"]), "description": ""}
        for choice in question.choices
    ]


def _contact(service: Service, given: dict[str, Any], errors: dict[str, str]) -> Ask | None:
    is_needed = service.contact_need != ContactNeed.NONE
    if "contact" in errors or (is_needed and not any((given.get("contact") or {}).values())):
        question = gettext("What is your e-mail address or telephone number?")
        return Ask(field="contact", question=question, is_optional=not is_needed)
    return None


def _decided(
    jurisdiction: Jurisdiction, service: Service, given: dict[str, Any], now: datetime
) -> Verdict:
    """Who would get the report; or what only the place or the lamps can tell."""
    wanted = Submission(
        service_code=service.code,
        position=given["position"],
        description=given["description"],
        is_acute=bool(given.get("is_acute")),
        lamps=tuple(given.get("lamps") or ()),
    )
    try:
        decision, _ = intake.decide(jurisdiction, wanted, now=now)
    except OutsideJurisdiction as fault:
        ask = Ask(field="position", question=gettext("Where is the fault?"))
        errors = {"position": fault.detail}
        return Verdict(say="", is_complete=False, next=ask, errors=errors)
    except Invalid as fault:
        ask = Ask(field="lamps", question=gettext("Do you know the number on the pole?"))
        return Verdict(say="", is_complete=False, next=ask, errors=fault.errors)
    return Verdict(
        say="",
        is_complete=True,
        next=None,
        errors={},
        department=localised(decision.department_name),
        reason=localised(decision.reason),
    )


def _say(jurisdiction: Jurisdiction, given: dict[str, Any], verdict: Verdict) -> str:
    """What is wrong, then what to ask; danger before all else."""
    parts = [_call_first(jurisdiction)] if given.get("is_acute") else []
    parts += list(verdict.errors.values())[:1]
    if verdict.next:
        parts.append(verdict.next.question)
    if verdict.is_complete:
        parts.append(
            gettext(
                "That is all we need. We send it to %(department)s. Shall I send it?",
                department=verdict.department,
            )
        )
    return " ".join(parts)


def _call_first(jurisdiction: Jurisdiction) -> str:
    numbers = "; ".join(
        f"{item['number']} {localised(item['text'])}" for item in jurisdiction.emergency_numbers
    )
    return gettext("Call first when someone can get hurt: %(numbers)s.", numbers=numbers)
