"""The buttons on a round's page: the foreman's, held to the page's version, and the crew's ticks."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import transaction
from app.errors import Conflict, Invalid, NotFound
from app.fieldwork import rounds, rounds_page
from app.fieldwork.models import Round
from app.fieldwork.rounds import Plan
from app.fieldwork.rounds_schemas import ChangeSchema, PlanSchema, StopSchema
from app.fieldwork.rounds_views import (
    Sent,
    conflict_page,
    find_round,
    locked_round,
    right_now,
    round_page,
    sent_form,
)
from app.fieldwork.views import blueprint, signed_in
from app.geo.positions import Position
from app.i18n import gettext
from app.jurisdictions.queries import places
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to


@blueprint.post("/runder/<int:key>/<verb>")
@visible_to(Deed.FIELD_WORK)
def change_round(key: int, verb: str) -> ResponseReturnValue:
    """One press of a button on a round's page. An older page: 409 with what is otherwise now."""
    if verb in TICKS:
        return _tick(key, verb)
    if verb not in VERBS:
        raise NotFound(gettext("There is no such action."))
    found = find_round(key)
    try:
        values = ChangeSchema().load(request.form)
        with transaction():
            where = VERBS[verb](locked_round(key, values["version"]), values)
    except ValidationError as fault:
        return round_page(found, first_messages(fault), sent_form())
    except Invalid as fault:
        return round_page(rounds_page.fresh(found), fault.errors, sent_form())
    except Conflict as fault:
        return conflict_page(found, fault, _words(verb))
    return redirect(where, 303)


def _page_of(found: Round, stop_id: int | None = None) -> str:
    anchor = f"stopp-{stop_id}" if stop_id else None
    return url_for("fieldwork.show_round", key=found.id, _anchor=anchor)


def _up(found: Round, sent: Sent) -> str:
    rounds.shift(found, sent["stop"], -1)
    return _page_of(found, sent["stop"])


def _down(found: Round, sent: Sent) -> str:
    rounds.shift(found, sent["stop"], 1)
    return _page_of(found, sent["stop"])


def _move(found: Round, sent: Sent) -> str:
    rounds.move(found, sent["stop"], sent["place"])
    return _page_of(found, sent["stop"])


def _remove(found: Round, sent: Sent) -> str:
    rounds.remove(found, sent["stop"])
    flash(gettext("The job is out of the round. It is still open."))
    return _page_of(found)


def _arrange(found: Round, sent: Sent) -> str:
    rounds.arrange(found, sent["order"])
    flash(gettext("The order is as it was."))
    return _page_of(found)


def _suggest(found: Round, sent: Sent) -> str:
    before = ",".join(str(stop.id) for stop in found.stops)
    metres = rounds_page.metres_of(found)
    rounds.suggest(found, _start(sent["start"]))
    flash(rounds_page.suggested_text(metres, rounds_page.metres_of(found)))
    return url_for("fieldwork.show_round", key=found.id, angre=before)


def _start(place_id: int | None) -> Position | None:
    """Where the crew sets out. :raises Invalid: there is no such place here."""
    if place_id is None:
        return None
    found = [one for one in places(current_jurisdiction().id) if one.id == place_id]
    if not found:
        raise Invalid({"start": gettext("Choose a place from the list.")})
    return found[0].position


def _replan(found: Round, _: Sent) -> str:
    values = PlanSchema().load(sent_form())
    plan = Plan(title=values["title"], day=values["day"], member_ids=tuple(values["members"]))
    rounds.replan(found, plan, today=rounds_page.local_today(right_now()))
    flash(gettext("Saved."))
    return _page_of(found)


def _discard(found: Round, _: Sent) -> str:
    rounds.discard(found)
    flash(gettext("The round is removed. Its jobs are still open."))
    return url_for("fieldwork.rounds_index")


VERBS: dict[str, Callable[[Round, Sent], str]] = {
    "opp": _up,
    "ned": _down,
    "flytt": _move,
    "fjern": _remove,
    "rekkefolge": _arrange,
    "foresla": _suggest,
    "endre": _replan,
    "slett": _discard,
}
TICKS = {"kryss": rounds.tick, "fjern-kryss": rounds.untick}


def _words(verb: str) -> str:
    """What the person tried to do."""
    return {
        "opp": gettext("Move a job up"),
        "ned": gettext("Move a job down"),
        "flytt": gettext("Move a job"),
        "fjern": gettext("Take a job out of the round"),
        "rekkefolge": gettext("Put the order back"),
        "foresla": gettext("Suggest a short order"),
        "endre": gettext("Change crew, day or people"),
        "slett": gettext("Remove the round"),
    }[verb]


def _tick(key: int, verb: str) -> ResponseReturnValue:
    found = find_round(key)
    try:
        stop_id = StopSchema().load(request.form)["stop"]
        with transaction():
            ticked = TICKS[verb](
                signed_in(), stop_id, right_now(), jurisdiction_id=found.jurisdiction_id
            )
            where = url_for(
                "fieldwork.show_round", key=ticked.stop.round_id, _anchor=f"stopp-{ticked.stop.id}"
            )
    except ValidationError as fault:
        raise NotFound(gettext("This job is no longer in the round.")) from fault
    except Conflict as fault:
        return conflict_page(found, fault, gettext("Take the tick away"))
    return redirect(where, 303)
