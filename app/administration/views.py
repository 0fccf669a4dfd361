"""The administrators' pages: the rules, the draft of them, putting it in force, and the log."""

from datetime import UTC, datetime
from enum import StrEnum

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration import page, words
from app.administration.schemas import LogSchema, VersionSchema
from app.database import transaction
from app.errors import Conflict, NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.routing import changes, drafts
from app.routing.models import GroundKind
from app.routing.queries import latest_import
from app.routing.rules import differences
from app.security import identity, visible_to

blueprint = Blueprint("administration", __name__, url_prefix="/styring")
LOG_PAGE = 40


class Verb(StrEnum):
    """What the buttons of a rule do to the draft, as they stand in addresses."""

    UP = "opp"
    DOWN = "ned"
    TO = "flytt"
    DISABLE = "av"
    ENABLE = "pa"
    REMOVE = "fjern"


def account_id() -> int:
    """Who is signed in."""
    who = identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who.account_id


def sent_version() -> int:
    """The version of the draft on the page that the form stood on."""
    return int(_sent()["version"])


def _sent() -> dict[str, int]:
    try:
        found: dict[str, int] = VersionSchema().load(request.form.to_dict())
    except ValidationError as fault:
        raise Conflict(gettext("Open the rules and try again.")) from fault
    return found


def conflict(fault: Conflict) -> ResponseReturnValue:
    """The page for whoever was late: what happened, and a way on."""
    return render_template("administration/conflict.html", explanation=fault.detail), 409


@blueprint.get("/regler")
@visible_to(Deed.SET_UP)
def rules() -> ResponseReturnValue:
    """The draft when there is one, else the rules in force."""
    jurisdiction = current_jurisdiction()
    draft = drafts.read(jurisdiction.id)
    in_force = drafts.in_force(jurisdiction.id)
    shown = draft.rules if draft else in_force
    rows = page.rows(jurisdiction.id, shown, page.names_of(jurisdiction.id), now=datetime.now(UTC))
    return render_template(
        "administration/rules.html",
        draft=draft,
        rows=rows,
        never_count=page.never_count(rows),
        change_count=len(differences(in_force, shown)),
        roads=latest_import(jurisdiction.id, GroundKind.ROADS),
        assets=latest_import(jurisdiction.id, GroundKind.ASSETS),
    )


@blueprint.post("/regler/utkast")
@visible_to(Deed.SET_UP)
def start_draft() -> ResponseReturnValue:
    """Make a draft of the rules in force."""
    with transaction():
        drafts.start(current_jurisdiction().id, account_id())
    return redirect(url_for("administration.rules"), 303)


@blueprint.post("/regler/utkast/forkast")
@visible_to(Deed.SET_UP)
def discard_draft() -> ResponseReturnValue:
    """Throw the draft away."""
    try:
        with transaction():
            drafts.discard(current_jurisdiction().id, sent_version())
    except Conflict as fault:
        return conflict(fault)
    flash(gettext("The draft is thrown away. The rules in force are as before."))
    return redirect(url_for("administration.rules"), 303)


@blueprint.post("/regler/utkast/behold")
@visible_to(Deed.SET_UP)
def keep_draft() -> ResponseReturnValue:
    """Go on with a draft although the rules in force were changed."""
    try:
        with transaction():
            drafts.keep(current_jurisdiction().id, sent_version(), account_id())
    except Conflict as fault:
        return conflict(fault)
    return redirect(url_for("administration.review"), 303)


@blueprint.post("/regler/<key>/<any(opp, ned, flytt, av, pa, fjern):verb>")
@visible_to(Deed.SET_UP)
def change_rule(key: str, verb: str) -> ResponseReturnValue:
    """Move a rule of the draft, switch it off or on, or leave it out."""
    place = ""
    try:
        with transaction():
            _change(Verb(verb), key)
        place = "" if verb == Verb.REMOVE else f"regel-{key}"
    except Conflict as fault:
        return conflict(fault)
    return redirect(url_for("administration.rules", _anchor=place or None), 303)


def _change(verb: Verb, key: str) -> None:
    sent, who, jurisdiction_id = _sent(), account_id(), current_jurisdiction().id
    version, place = sent["version"], sent["place"]
    match verb:
        case Verb.UP:
            drafts.shift(jurisdiction_id, version, key, -1, who)
        case Verb.DOWN:
            drafts.shift(jurisdiction_id, version, key, 1, who)
        case Verb.TO:
            drafts.move(jurisdiction_id, version, key, place or 1, who)
        case Verb.DISABLE | Verb.ENABLE:
            drafts.switch(jurisdiction_id, version, key, verb == Verb.ENABLE, who)
        case Verb.REMOVE:
            drafts.remove(jurisdiction_id, version, key, who)


@blueprint.get("/regler/kraft")
@visible_to(Deed.SET_UP)
def review() -> ResponseReturnValue:
    """What putting the draft in force would change, to look over first."""
    jurisdiction = current_jurisdiction()
    draft = drafts.read(jurisdiction.id)
    if draft is None:
        return redirect(url_for("administration.rules"), 303)
    names = page.names_of(jurisdiction.id)
    found = differences(drafts.in_force(jurisdiction.id), draft.rules)
    rows = page.rows(jurisdiction.id, draft.rules, names, now=datetime.now(UTC))
    return render_template(
        "administration/review.html",
        draft=draft,
        changes=[
            (words.kind_word(change.kind), change.rule.name, words.done(change, names))
            for change in found
        ],
        never=[row for row in rows if row.never],
    )


@blueprint.post("/regler/kraft")
@visible_to(Deed.SET_UP)
def publish() -> ResponseReturnValue:
    """Put the draft in force."""
    try:
        with transaction():
            drafts.publish(current_jurisdiction().id, sent_version(), account_id())
    except Conflict as fault:
        return conflict(fault)
    flash(gettext("The rules are in force. They decide about reports from now on."))
    return redirect(url_for("administration.rules"), 303)


@blueprint.get("/regler/historikk")
@visible_to(Deed.SET_UP)
def history() -> ResponseReturnValue:
    """The log, newest first."""
    jurisdiction = current_jurisdiction()
    try:
        before = LogSchema().load(request.args)["eldre_enn"]
    except ValidationError:
        return redirect(url_for("administration.history"), 303)
    found = changes.newest(jurisdiction.id, before=before, limit=LOG_PAGE + 1)
    names = page.names_of(jurisdiction.id)
    return render_template(
        "administration/history.html",
        entries=page.log_entries(found[:LOG_PAGE], names),
        is_first=before is None,
        more=found[LOG_PAGE - 1][0].id if len(found) > LOG_PAGE else None,
    )
