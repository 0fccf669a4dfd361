"""Many reports at once: each in a transaction of its own, so that one that is refused holds no other up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.casework.case_schemas import BIGGEST, chosen
from app.casework.case_words import WORDS
from app.casework.desk_views import blueprint, signed_in
from app.database import session, transaction
from app.errors import AppError
from app.i18n import LANGUAGES, gettext, lazy_gettext
from app.jurisdictions.views import current_jurisdiction
from app.notifications.tasks import the_post
from app.problems import first_messages
from app.replies import preview
from app.replies.preview import Sent
from app.roles import Deed
from app.security import visible_to
from app.service_requests import desk_verbs
from app.service_requests.acting import Work
from app.service_requests.desk_verbs import TELLS, CaseVerb
from app.service_requests.models import ServiceRequest
from app.service_requests.schemas import MessageText

MOST = 200
MOST_SHOWN = 3
"""So many letters a preview shows."""
OFFERED = (
    CaseVerb.TAKE,
    CaseVerb.ASSIGN,
    CaseVerb.DEPARTMENT,
    CaseVerb.REPLY,
    CaseVerb.NOTE,
    CaseVerb.PLAN,
    CaseVerb.NO_ACTION,
)
CHOOSE = lazy_gettext("Choose what to do with the reports.")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one report. `problem` None: it is done."""

    number: str
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the one who reported would get for one report, or why it would be refused."""

    number: str
    language: str
    language_name: str
    sent: Sent | None
    problem: str | None


class ManySchema(Schema):
    """The box under the list: what is to be done with all that are ticked."""

    class Meta:
        """The form carries the token, the ticks and the list's address too."""

        unknown = EXCLUDE

    verb = fields.String(
        required=True,
        validate=validate.OneOf([verb.value for verb in OFFERED], error=CHOOSE),
        error_messages={"required": CHOOSE},
    )
    message = MessageText(load_default=None)
    assignee_id = chosen("assignee")
    department_id = chosen("department")


@blueprint.post("/samlet")
@visible_to(Deed.DESK)
def many() -> ResponseReturnValue:
    """Carry one verb out on all ticked reports, or show what would be sent when `forhandsvis` was pressed.

    A page with what came of each; 422 when nothing was tried.
    """
    ticked = list(dict.fromkeys(request.form.getlist("merk")))
    given: dict[str, Any] = {}
    problem = _problem(ticked)
    try:
        given = ManySchema().load(request.form)
    except ValidationError as fault:
        problem = problem or next(iter(first_messages(fault).values()))
    if not problem and "forhandsvis" in request.form:
        return _preview(CaseVerb(given.pop("verb")), given, ticked)
    outcomes = [] if problem else list(_each(CaseVerb(given.pop("verb")), given, ticked))
    page = render_template(
        "casework/many.html",
        problem=problem,
        outcomes=outcomes,
        done=sum(outcome.problem is None for outcome in outcomes),
        query=request.form.get("query", ""),
    )
    return page, 422 if problem else 200


def _problem(ticked: list[str]) -> str | None:
    if not ticked:
        return gettext("Tick the reports that you want to change.")
    if len(ticked) > MOST:
        return gettext("Change at most %(count)s reports at once.", count=MOST)
    return None


def _each(verb: CaseVerb, given: dict[str, Any], ticked: list[str]) -> Iterator[Outcome]:
    for mark in ticked:
        number = mark.partition(":")[0]
        try:
            with transaction():
                found, work = _ready(verb, given, mark)
                actor = desk_verbs.actor_for(signed_in(), found)
                desk_verbs.do(verb, found, work, actor, now=datetime.now(UTC))
            yield Outcome(number=number, problem=None)
        except AppError as fault:
            session().rollback()
            yield Outcome(number=number, problem=fault.detail)


def _ready(verb: CaseVerb, given: dict[str, Any], mark: str) -> tuple[ServiceRequest, Work]:
    """The ticked report, and the work with its words filled in for it. :raises AppError: it cannot be done."""
    number, _, version = mark.replace("\0", "").partition(":")
    jurisdiction = current_jurisdiction()
    found = desk_verbs.find(signed_in(), jurisdiction.id, number)
    work = Work(version=_version(version), **given)
    base_url = current_app.config["SETTINGS"].base_url
    return found, preview.finished(found, verb, work, jurisdiction, base_url)


def _version(written: str) -> int:
    """What the list showed; -1, which no report has, for what is no number."""
    is_number = written.isascii() and written.isdigit() and len(written) <= len(str(BIGGEST))
    return int(written) if is_number else -1


def _preview(verb: CaseVerb, given: dict[str, Any], ticked: list[str]) -> ResponseReturnValue:
    """The letters of the first ones, and the button that sends all."""
    shown = [_shown(verb, given, mark) for mark in ticked[:MOST_SHOWN]] if verb in TELLS else []
    return render_template(
        "casework/many_preview.html",
        verb=verb.value,
        verb_word=WORDS[verb],
        tells=verb in TELLS,
        ticked=ticked,
        shown=shown,
        form=request.form,
    )


def _shown(verb: CaseVerb, given: dict[str, Any], mark: str) -> Shown:
    sent, problem, language = None, None, ""
    try:
        found, work = _ready(verb, given, mark)
        language = preview.language_of(found)
        work = replace(work, version=found.version)
        now = datetime.now(UTC)
        sent = preview.sent_as(signed_in(), found, verb, the_post(), work, now=now)
    except AppError as fault:
        session().rollback()
        problem = fault.detail
    return Shown(
        number=mark.partition(":")[0],
        language=language,
        language_name=LANGUAGES.get(language, language),
        sent=sent,
        problem=problem,
    )
