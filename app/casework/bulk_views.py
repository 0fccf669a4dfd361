"""Many reports at once: each in a transaction of its own, so that one that is refused holds no other up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.casework.desk_views import blueprint, signed_in
from app.database import session, transaction
from app.errors import AppError, Invalid
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import Identity, visible_to
from app.service_requests import desk_verbs
from app.service_requests.acting import Work
from app.service_requests.desk_verbs import CaseVerb

MOST = 200
OFFERED = (
    CaseVerb.TAKE,
    CaseVerb.ASSIGN,
    CaseVerb.DEPARTMENT,
    CaseVerb.REPLY,
    CaseVerb.NOTE,
    CaseVerb.PLAN,
    CaseVerb.NO_ACTION,
)
BIGGEST = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one report. `problem` None: it is done."""

    number: str
    problem: str | None


@blueprint.post("/samlet")
@visible_to(Deed.DESK)
def many() -> ResponseReturnValue:
    """Carry one verb out on all ticked reports: a page with what came of each; 422 when nothing was tried."""
    who, jurisdiction = signed_in(), current_jurisdiction()
    ticked = list(dict.fromkeys(request.form.getlist("merk")))
    verb = request.form.get("verb", "")
    problem = _problem(ticked, verb)
    outcomes = [] if problem else list(_each(who, jurisdiction.id, CaseVerb(verb), ticked))
    page = render_template(
        "casework/many.html",
        problem=problem,
        outcomes=outcomes,
        done=sum(outcome.problem is None for outcome in outcomes),
        query=request.form.get("query", ""),
    )
    return page, 422 if problem else 200


def _problem(ticked: list[str], verb: str) -> str | None:
    if not ticked:
        return gettext("Tick the reports that you want to change.")
    if len(ticked) > MOST:
        return gettext("Change at most %(count)s reports at once.", count=MOST)
    if verb not in {offered.value for offered in OFFERED}:
        return gettext("Choose what to do with the reports.")
    return None


def _each(
    who: Identity, jurisdiction_id: int, verb: CaseVerb, ticked: list[str]
) -> Iterator[Outcome]:
    for mark in ticked:
        number, _, version = mark.partition(":")
        try:
            with transaction():
                found = desk_verbs.find(who, jurisdiction_id, number.replace("\0", ""))
                work = _work(int(version) if version.isdigit() else 0)
                actor = desk_verbs.actor_for(who, found)
                desk_verbs.do(verb, found, work, actor, now=datetime.now(UTC))
            yield Outcome(number=number, problem=None)
        except Invalid as fault:
            session().rollback()
            yield Outcome(number=number, problem=" ".join(fault.errors.values()))
        except AppError as fault:
            session().rollback()
            yield Outcome(number=number, problem=fault.detail)


def _work(version: int) -> Work:
    return Work(
        version=version,
        message=request.form.get("message", "").replace("\0", "").strip()[:2000] or None,
        assignee_id=_key("assignee"),
        department_id=_key("department"),
    )


def _key(name: str) -> int | None:
    written = request.form.get(name, "")
    is_key = written.isascii() and written.isdigit() and int(written) <= BIGGEST
    return int(written) if is_key else None
