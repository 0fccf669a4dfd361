"""The crew's pages: the list, one job, and the verbs."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from app.database import session, transaction
from app.departments.queries import in_jurisdiction
from app.errors import Conflict, Invalid, NotFound
from app.fieldwork import links_work, operations, queries
from app.fieldwork.operations import WITH_PHOTOS, Verb
from app.fieldwork.schemas import OrderSchema, WorkSchema, along_from
from app.fieldwork.verb_words import DONE, WORDS
from app.forwarding.queries import shown_for
from app.i18n import gettext, local, localised
from app.jurisdictions.models import Openness
from app.jurisdictions.views import current_jurisdiction
from app.photos.queries import by_keys
from app.photos.views import SomeRefused, allow_photos, taken
from app.problems import first_messages
from app.roles import Deed
from app.routing.reasons import owner_word
from app.security import Identity, identity, visible_to
from app.service_requests import pictures
from app.service_requests.acting import Work
from app.service_requests.added import calls
from app.service_requests.additions import PhotoShows
from app.service_requests.cards import card_of, page_of
from app.service_requests.kinds import EntryKind
from app.service_requests.models import ServiceRequest
from app.service_requests.status import DESK, REFUSALS_TO_TRIAGE, Party
from app.service_requests.timeline import told

blueprint = Blueprint("fieldwork", __name__, url_prefix="/oppdrag")
allow_photos(blueprint, "fieldwork.act")


def signed_in() -> Identity:
    """Who asks. :raises NotFound: nobody, which the view's audience rules out."""
    who = identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who


@blueprint.get("")
@visible_to(Deed.FIELD_WORK)
def index() -> ResponseReturnValue:
    """The department's open reports."""
    try:
        order = OrderSchema(unknown=EXCLUDE).load(request.args)["rekkefolge"]
    except ValidationError:
        return redirect(url_for("fieldwork.index"), 303)
    who, jurisdiction = signed_in(), current_jurisdiction()
    now = datetime.now(UTC)
    sees_all = who.reach(jurisdiction.id, Deed.FIELD_WORK) is None
    if order == "hos-andre" and sees_all:
        rows = queries.with_others(jurisdiction.id)
    else:
        rows = queries.jobs(who, jurisdiction.id, by_deadline=order == "frist")
    names = [
        localised(department.name) for department in queries.departments_of(who, jurisdiction.id)
    ]
    failed = queries.not_sent(rows)
    called = calls([row.id for row in rows])
    # What got stuck comes first.
    rows.sort(key=lambda row: row.number not in failed and row.refusals < REFUSALS_TO_TRIAGE)
    faults = [
        (fault.circuit, [card_of(row, now=now) for row in fault.rows])
        for fault in queries.faults(who, jurisdiction.id, rows)
    ]
    return render_template(
        "fieldwork/index.html",
        faults=faults,
        failed=failed,
        calls={row.number: called[row.id] for row in rows if row.id in called},
        sees_all=sees_all,
        total=len(rows),
        department_name=", ".join(names),
        order=order,
    )


@blueprint.get("/<number>")
@visible_to(Deed.FIELD_WORK)
def show(number: str) -> ResponseReturnValue:
    """One job. `bilder` names photos that were sent already, when the job had changed meanwhile."""
    jurisdiction_id = current_jurisdiction().id
    found = operations.find(signed_in(), jurisdiction_id, number)
    kept = by_keys(jurisdiction_id, request.args.get("bilder", "").split(","))
    return job_page(found, {}, {"photos": ",".join(photo.key for photo in kept)})


@blueprint.post("/<number>/<verb>")
@visible_to(Deed.FIELD_WORK)
def act(number: str, verb: str) -> ResponseReturnValue:
    """Carry out a verb: back to the job, or the job with what is missing (422), or the conflict (409)."""
    if verb not in set(Verb):
        raise NotFound(gettext("There is no such action."))
    who, jurisdiction_id = signed_in(), current_jurisdiction().id
    found = operations.find(who, jurisdiction_id, number)
    tried = request.form.to_dict()
    try:
        photos = _photos(tried) if verb in WITH_PHOTOS else ()
        work = Work(**WorkSchema().load(tried))
        along = along_from(request.form.getlist("also")) if verb == Verb.FIXED else []
        with transaction():
            actor, now = operations.actor_for(who, found), datetime.now(UTC)
            if along:
                operations.close_together(who, found, work, along, now=now, photos=photos)
            else:
                operations.do_once(
                    Verb(verb), found, work, actor, now=now, **_shown_as(photos, tried)
                )
    except ValidationError as fault:
        errors = first_messages(fault)
        return job_page(found, errors, tried | {"verb": verb})
    except Invalid as fault:
        return job_page(found, fault.errors, tried | {"verb": verb})
    except Conflict as fault:
        return _conflict(found, fault, tried | {"verb": verb})
    flash(str(DONE[Verb(verb)]))
    return redirect(_next(found, who, jurisdiction_id), 303)


def _shown_as(photos: tuple[str, ...], tried: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Whether the form's photos are from before or after."""
    return {"before" if tried.get("shows") == PhotoShows.FAULT else "photos": photos}


def _photos(tried: dict[str, str]) -> tuple[str, ...]:
    """The photos of the fix; what is kept of them is written into the form, for when it is shown again.

    :raises Invalid: too many, or not a photo.
    """
    files, removed = request.files.getlist("photo"), request.form.getlist("remove_photo")
    try:
        photos = taken(tried.get("photos", ""), files, removed)
    except SomeRefused as fault:
        tried["photos"] = ",".join(fault.keys)
        raise
    tried["photos"] = ",".join(photos)
    return photos


def _next(found: ServiceRequest, who: Identity, jurisdiction_id: int) -> str:
    """The job again, or the list when it has left the department."""
    try:
        operations.find(who, jurisdiction_id, found.number)
    except NotFound:
        return url_for("fieldwork.index")
    return url_for("fieldwork.show", number=found.number)


def job_page(
    found: ServiceRequest, errors: dict[str, str], form: dict[str, str]
) -> ResponseReturnValue:
    """The job, with what is missing in a form that was sent (422)."""
    session().refresh(found)
    who, now = signed_in(), datetime.now(UTC)
    actor = operations.actor_for(who, found)
    circuits = [
        (
            fault.circuit,
            [(card_of(row, now=now), row.version) for row in fault.rows if row.id != found.id],
        )
        for fault in queries.same_circuit(who, found)
    ]
    page = render_template(
        "fieldwork/show.html",
        report=page_of(found, personal=True, now=now),
        version=found.version,
        lamps=found.assets,
        circuits=circuits,
        departments=[
            department
            for department in in_jurisdiction(found.jurisdiction_id)
            if department.id != found.department_id
        ],
        owner_word=owner_word,
        handed_over=shown_for(found.id),
        may_try_again=bool(actor.roles & DESK),
        actions=operations.verbs(found, actor),
        rule_name=_rule_name(found),
        errors=errors,
        form=form,
        photos=pictures.for_staff(found),
        photos_are_public=current_jurisdiction().photos != Openness.OFF,
        call=calls([found.id]).get(found.id),
        internal_notes=[
            entry
            for entry in found.history
            if entry.message and entry.visibility == "internal" and entry.actor != Party.REPORTER
        ],
        log=[
            (local(entry.occurred_at), told(entry), entry.data.get("contractor"))
            for entry in found.history
        ],
        telephone=queries.caller(found.id),
        job_links=links_work.of_report(found),
        gives_out_links=bool(actor.roles & DESK) and found.closed_at is None,
    )
    return page, 422 if errors else 200


def _rule_name(found: ServiceRequest) -> str | None:
    """The rule that the newest decision came from, if a rule still has the say."""
    if found.routing_rule_id is None:
        return None
    decided = [entry.data for entry in found.history if entry.kind == EntryKind.ROUTED]
    return decided[-1].get("name") if decided else None


def _conflict(found: ServiceRequest, fault: Conflict, tried: dict[str, str]) -> ResponseReturnValue:
    session().refresh(found)
    page = render_template(
        "fieldwork/conflict.html",
        report=page_of(found, personal=True, now=datetime.now(UTC)),
        explanation=fault.detail,
        tried=tried,
        tried_words=WORDS[Verb(tried["verb"])],
    )
    return page, 409
