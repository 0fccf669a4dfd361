"""One report at the desk: the page, the verbs, who else has it open."""

from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.casework import case_page, presence
from app.casework.case_schemas import CaseWorkSchema
from app.casework.case_words import DONE, WORDS
from app.casework.desk_views import blueprint, signed_in
from app.database import session, transaction
from app.errors import Conflict, Invalid, NotFound
from app.i18n import gettext
from app.jurisdictions.models import Openness
from app.jurisdictions.views import current_jurisdiction
from app.privacy import lookups
from app.privacy.models import Look
from app.problems import first_messages, json_response
from app.replies.preview import filled, finished, language_of
from app.roles import Deed
from app.security import asking_person, limiter, visible_to
from app.service_requests import desk_verbs
from app.service_requests.acting import Work
from app.service_requests.desk_verbs import CaseVerb
from app.service_requests.models import ServiceRequest
from app.web_addresses import own_path

BEATS = "120 per minute"
"""For each person: three a minute for each open report."""


@blueprint.get("/<number>")
@visible_to(Deed.DESK)
def show(number: str) -> ResponseReturnValue:
    """The report. `del` leaves out the frame, for the inbox's third pane; `kontakt` shows who reported."""
    return case_page_with(found_or_404(number), {}, {})


def found_or_404(number: str) -> ServiceRequest:
    """The report that this person may work on. :raises NotFound: there is none."""
    return desk_verbs.find(signed_in(), current_jurisdiction().id, number.replace("\0", ""))


def case_page_with(
    found: ServiceRequest, errors: dict[str, str], form: dict[str, str]
) -> tuple[str, int]:
    """The report's page, with what is missing in the verb that was tried."""
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    with_contact = "kontakt" in request.args and who.may(jurisdiction.id, Deed.SEE_CONTACT)
    if with_contact:
        with transaction():
            lookups.note(who, jurisdiction.id, Look.CONTACT, found, now=now)
    body = render_template(
        "casework/pane.html" if "del" in request.args else "casework/case.html",
        **case_page.values(who, jurisdiction, found, with_contact=with_contact, now=now),
        **_answers(found),
        photos_are_public=jurisdiction.photos != Openness.OFF,
        errors=errors,
        form=form,
        tried=form.get("verb", ""),
        words=WORDS,
        is_pane="del" in request.args,
    )
    return body, 422 if errors else 200


def _answers(found: ServiceRequest) -> dict[str, object]:
    """The answers to begin with where they were asked for: all, or the one that is to stand in the field."""
    asked = {"maler", "mal"} & set(request.args)
    if not asked:
        return {}
    base_url = current_app.config["SETTINGS"].base_url
    made = filled(found, current_jurisdiction(), base_url)
    chosen = [answer.text for answer in made if answer.code == request.args.get("mal")]
    shown = made if "maler" in request.args else []
    said = {"answers_language": language_of(found)}
    return said | {"answers": shown, "prefilled": chosen[0] if chosen else ""}


@blueprint.post("/<number>/<verb>")
@visible_to(Deed.DESK)
def act(number: str, verb: str) -> ResponseReturnValue:
    """Carry a verb out: back to the report, the report with what is missing (422), or the conflict (409)."""
    if verb not in set(CaseVerb):
        raise NotFound(gettext("There is no such action."))
    found = found_or_404(number)
    tried = request.form.to_dict() | {"verb": verb}
    try:
        work = Work(**CaseWorkSchema().load(request.form))
        with transaction():
            actor = desk_verbs.actor_for(signed_in(), found)
            base_url = current_app.config["SETTINGS"].base_url
            work = finished(found, CaseVerb(verb), work, current_jurisdiction(), base_url)
            desk_verbs.do(CaseVerb(verb), found, work, actor, now=datetime.now(UTC))
            presence.leave(found.id, signed_in().account_id)
    except ValidationError as fault:
        return case_page_with(found, first_messages(fault), tried)
    except Invalid as fault:
        session().expire_all()
        return case_page_with(found, fault.errors, tried)
    except Conflict as fault:
        return _conflict(found, fault, tried)
    flash(str(DONE[CaseVerb(verb)]))
    return redirect(_back(request.form.get("til", ""), found.number), 303)


def _back(target: str, number: str) -> str:
    """The list that the person came from with the report chosen, else the report."""
    inbox = url_for("casework.inbox")
    if own_path(target) and (target == inbox or target.startswith(f"{inbox}?")):
        return f"{target}#{number}"
    return _next(number)


def _next(number: str) -> str:
    """The report again, or the inbox when it has gone to another department."""
    try:
        found_or_404(number)
    except NotFound:
        return url_for("casework.inbox")
    return url_for("casework.show", number=number)


def _conflict(found: ServiceRequest, fault: Conflict, tried: dict[str, str]) -> ResponseReturnValue:
    """Somebody was there first: both texts, and the button that sends one's own all the same."""
    session().expire_all()
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    page = render_template(
        "casework/conflict.html",
        **case_page.values(who, jurisdiction, found, with_contact=False, now=now),
        explanation=fault.detail,
        tried=tried,
        tried_word=WORDS[CaseVerb(tried["verb"])],
        may_still=tried["verb"] in desk_verbs.verbs(found, desk_verbs.actor_for(who, found)),
    )
    return page, 409


@blueprint.post("/<number>/her")
@limiter.limit(BEATS, key_func=asking_person)
@visible_to(Deed.DESK)
def here(number: str) -> ResponseReturnValue:
    """Say that one has the report open: JSON with who else has, and the report's version now."""
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    found = found_or_404(number)
    with transaction():
        if request.form.get("borte"):
            presence.leave(found.id, who.account_id)
        else:
            writes = request.form.get("skriver") == "1"
            presence.beat(jurisdiction.id, found.id, who.account_id, is_writing=writes, now=now)
    others = presence.others(found.id, who.account_id, now=now)
    return json_response(
        {
            "version": found.version,
            "others": [{"label": other.label, "is_writing": other.is_writing} for other in others],
        }
    )
