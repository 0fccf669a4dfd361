"""What becomes of an action when others may have done something meanwhile.

What can stand beside what others did is added. Two different ends cannot: those the person decides.
"""

from collections.abc import Callable
from typing import Any

from app.fieldwork import crew_photos, rounds
from app.fieldwork.models import Outcome
from app.fieldwork.operations import Verb
from app.fieldwork.snapshot import is_theirs
from app.fieldwork.sync_data import Kind
from app.fieldwork.sync_ends import ENDS, UNASSIGNED, is_same_end
from app.fieldwork.sync_resolve import resolve
from app.fieldwork.sync_schemas import Seen
from app.fieldwork.sync_turn import (
    MEANT,
    Answer,
    Turn,
    add_words,
    mine,
    perform,
    shots,
    target,
    theirs,
)
from app.i18n import gettext, language, localised
from app.routing.models import Channel
from app.service_requests import intake
from app.service_requests.intake import Submission
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status
from app.service_requests.words import status_word

WORDS = {Kind.MESSAGE: Verb.MESSAGE, Kind.NOTE: Verb.NOTE, Kind.MATERIAL: Verb.MATERIAL}
STEPS = {Kind.START: Verb.START, Kind.PAUSE: Verb.PAUSE}


def carry_out(turn: Turn) -> Answer:
    """Do what the action says, or say why not.

    :raises Later: something must be sent first. :raises AppError: it cannot be done.
    """
    return RULES[turn.action.kind](turn)


def is_untouched(request: ServiceRequest, seen: Seen | None) -> bool:
    """Whether nothing happened that the person did not know of, or nothing that changes what they saw."""
    return seen is None or request.version == seen.version or request.status == seen.status


def _done(request: ServiceRequest, *, is_beside: bool) -> Answer:
    if not is_beside:
        return Answer(outcome=Outcome.DONE, service_request_id=request.id)
    return Answer(
        outcome=Outcome.MERGED,
        service_request_id=request.id,
        sentence=gettext("Others have been here meanwhile. What you did is added to it."),
    )


def _words(turn: Turn) -> Answer:
    """Words always find their place."""
    request = target(turn)
    is_beside = _is_beside(turn, request)
    perform(turn, WORDS[turn.action.kind], request)
    return _done(request, is_beside=is_beside)


def _photos(turn: Turn) -> Answer:
    """So do photos."""
    request = target(turn)
    is_beside = _is_beside(turn, request)
    perform(turn, Verb.PHOTO, request, shots(turn, turn.action.data))
    return _done(request, is_beside=is_beside)


def _is_beside(turn: Turn, request: ServiceRequest) -> bool:
    was_open = turn.action.seen is None or turn.action.seen.status in OPEN
    is_gone = not is_theirs(turn.who, request) or (was_open and request.status not in OPEN)
    return is_gone or not is_untouched(request, turn.action.seen)


def _step(turn: Turn) -> Answer:
    """Start and pause: nothing to decide when it is so already, nothing to do when it is closed or gone."""
    request = target(turn)
    if request.status == MEANT[turn.action.kind] and is_theirs(turn.who, request):
        add_words(turn, request)
        return _already(request)
    if gone := _gone(turn, request):
        return Answer(outcome=Outcome.REFUSED, service_request_id=request.id, sentence=gone)
    is_beside = _is_beside(turn, request)
    perform(turn, STEPS[turn.action.kind], request)
    return _done(request, is_beside=is_beside)


def _already(request: ServiceRequest) -> Answer:
    sentence = gettext("Someone had done this already. What you wrote is kept with it.")
    return Answer(outcome=Outcome.ALREADY, service_request_id=request.id, sentence=sentence)


def _gone(turn: Turn, request: ServiceRequest) -> str:
    """Why there is nothing to work on any more, or nothing."""
    if not is_theirs(turn.who, request):
        name = localised(request.department.name)
        return gettext("Meanwhile %(department)s has got this report.", department=name)
    if request.status not in OPEN:
        word = status_word(Status(request.status))
        return gettext("Meanwhile this report was set to «%(status)s».", status=word)
    return ""


def _end(turn: Turn) -> Answer:
    """An end: once. Another end than the one it has come to meanwhile is for the person to decide."""
    action = turn.action
    request = target(turn)
    photos = shots(turn, action.data)
    if is_same_end(request, action, is_theirs=is_theirs(turn.who, request)):
        add_words(turn, request, photos)
        return _already(request)
    gone = _gone(turn, request)
    if action.kind == Kind.HAND_BACK and request.status in UNASSIGNED:
        gone = gone or gettext("Meanwhile this report was given back to be assessed.")
    if gone:
        keys = photos.before + photos.after
        crew_photos.hold(turn.jurisdiction.id, keys, now=turn.now)
        return Answer(
            outcome=Outcome.CONFLICT,
            service_request_id=request.id,
            sentence=gettext("%(what)s Choose what is to stand.", what=gone),
            theirs=theirs(request),
            mine=mine(turn),
        )
    is_beside = _is_beside(turn, request)
    perform(turn, ENDS[action.kind], request, photos)
    return _done(request, is_beside=is_beside)


def _report(turn: Turn) -> Answer:
    """A report that is made on the spot."""
    data: dict[str, Any] = turn.action.data
    photos = shots(turn, data)
    submission = Submission(
        service_code=data["service_code"],
        position=data["position"],
        description=data["description"],
        is_acute=data["is_acute"],
        photos=photos.before + photos.after,
        channel=Channel.WEB,
        language=language(),
        is_by_staff=True,
    )
    made = intake.submit(turn.jurisdiction, submission, now=turn.now)
    more = {"number": made.number}
    return Answer(outcome=Outcome.DONE, service_request_id=made.id, more=more)


def _tick(turn: Turn) -> Answer:
    change = rounds.tick if turn.action.kind == Kind.TICK else rounds.untick
    stop_id = turn.action.data["stop"]
    ticked = change(turn.who, stop_id, turn.now, jurisdiction_id=turn.jurisdiction.id)
    outcome = Outcome.ALREADY if ticked.was_so else Outcome.DONE
    return Answer(outcome=outcome, service_request_id=ticked.stop.service_request_id)


RULES: dict[Kind, Callable[[Turn], Answer]] = {
    **dict.fromkeys(WORDS, _words),
    **dict.fromkeys(STEPS, _step),
    **dict.fromkeys(ENDS, _end),
    Kind.PHOTO: _photos,
    Kind.REPORT: _report,
    Kind.TICK: _tick,
    Kind.UNTICK: _tick,
    Kind.RESOLVE: resolve,
}
