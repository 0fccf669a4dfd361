"""What an outside body answers by its link: they take it, it is not theirs, it is done."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError

from app.database import session
from app.errors import AppError, ChangeNotAllowed, Conflict, NotFound
from app.forwarding import queries
from app.forwarding.cards import Answer, Sheet, answer_of, sheet_of
from app.forwarding.models import Forwarding, ForwardingState, Verb
from app.forwarding.operations import arrived
from app.i18n import gettext
from app.service_requests import operations as requests
from app.service_requests import pictures
from app.service_requests import queries as request_queries
from app.service_requests.acting import Actor, Work
from app.service_requests.additions import PhotoShows
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.pictures import Picture
from app.service_requests.status import Party, Status

FINAL = {ForwardingState.REFUSED, ForwardingState.DONE}
PATIENCE_SECONDS = 1
"""Enough for one answer given twice at once. Who answers before taking our webhook is told to come again."""


class Busy(AppError):
    """The report is being sent, or answered, at this very moment."""

    status = 503
    retry_seconds = 5


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer as it comes in. `photos` are keys of photos of the fix; they count for DONE."""

    verb: Verb
    message: str | None = None
    led_to_improvement: bool | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What stands on the answer page. `verbs` are the answers that can be given now."""

    sheet: Sheet
    state: ForwardingState
    answers: list[Answer]
    verbs: list[Verb]
    photos: list[Picture]
    """Those of the fault, for as long as the report is theirs."""


def desk_of(forwarding_id: int, jurisdiction_id: int, base_url: str, *, now: datetime) -> Desk:
    """The page of one handing over. Changes nothing. :raises NotFound: there is none here."""
    row = queries.by_id(forwarding_id)
    request = request_queries.by_id(row.service_request_id) if row else None
    if row is None or request is None or row.jurisdiction_id != jurisdiction_id:
        raise NotFound(gettext("There is no such report."))
    told = [answer_of(entry, _word(entry)) for entry in queries.answers(row)]
    verbs = _verbs(row, request)
    photos = pictures.shown(request, personal=True) if verbs else []
    return Desk(
        sheet=sheet_of(row, request, base_url, now=now),
        state=ForwardingState(row.state),
        answers=told,
        verbs=verbs,
        photos=[photo for photo in photos if photo.shows == PhotoShows.FAULT],
    )


def answer(forwarding_id: int, jurisdiction_id: int, given: Given, *, now: datetime) -> Forwarding:
    """Carry out an answer. The same answer again changes nothing.

    :raises NotFound: no such handing over here. :raises Invalid: what the answer needs is missing.
    :raises Conflict: they have given their last answer, or the report is no longer theirs.
    :raises Busy: the sending is not over yet.
    """
    row = _locked(forwarding_id)
    if row is None or row.jurisdiction_id != jurisdiction_id:
        raise NotFound(gettext("There is no such report."))
    if row.state == given.verb:
        return row
    if row.state in FINAL:
        raise Conflict(gettext("You have answered already. Nothing was changed."))
    request = request_queries.locked(row.service_request_id)
    if not queries.awaits_answer(row, request):
        raise ChangeNotAllowed(gettext("The report is no longer with you. Nothing was changed."))
    if row.state not in {ForwardingState.SENT, ForwardingState.ACCEPTED}:
        request = arrived(row, now=now)
    _carry_out(request, row, given, now)
    row.state, row.answered_at = ForwardingState(given.verb), now
    session().flush()
    return row


def _locked(forwarding_id: int) -> Forwarding | None:
    queries.wait_at_most(PATIENCE_SECONDS)
    try:
        return queries.locked(forwarding_id)
    except OperationalError as fault:
        if not isinstance(fault.orig, LockNotAvailable):
            raise
        message = gettext(
            "The report is being sent to you right now. Nothing was changed. Answer again in a few seconds."
        )
        raise Busy(message) from None


def _carry_out(request: ServiceRequest, row: Forwarding, given: Given, now: datetime) -> None:
    they = Actor(account_id=None, roles=frozenset({Party.OUTSIDE}), department_id=row.department_id)
    work = Work(
        version=request.version,
        message=given.message,
        led_to_improvement=given.led_to_improvement if given.verb == Verb.DONE else None,
    )
    match given.verb:
        case Verb.ACCEPT:
            requests.accept(request, work, they, now=now)
        case Verb.REFUSE:
            requests.refuse(request, work, they, now=now)
        case Verb.DONE:
            entry = requests.change_status(request, Status.FIXED, work, they, now=now)
            pictures.attach(
                request,
                given.photos,
                shows=PhotoShows.FIX,
                added_by="outside",
                now=now,
                entry=entry,
            )


def _verbs(row: Forwarding, request: ServiceRequest) -> list[Verb]:
    if not queries.awaits_answer(row, request):
        return []
    return [verb for verb in Verb if verb != row.state]


def _word(entry: HistoryEntry) -> str:
    match entry.kind:
        case EntryKind.ACCEPTED:
            return gettext("You have taken it on.")
        case EntryKind.REFUSED:
            return gettext("You answered that it is not yours.")
        case _:
            return gettext("You answered that it is done.")
