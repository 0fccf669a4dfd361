"""What the one who reported may do with the report now, by the personal link, and until when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import CLOSED, OPEN, RATED, Party, Status, change

BETWEEN_NUDGES = timedelta(days=7)
WITHOUT_DATE = timedelta(days=30)
"""How long someone waits before asking about a report that has no date of ours."""
REOPEN_WITHIN = timedelta(days=30)
RATING_STANDS_AFTER = timedelta(days=30)
REPORTER = frozenset({Party.REPORTER})


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What is open to the one who reported. Times are aware; None means that it is not offered at all."""

    may_add: bool
    may_nudge_from: datetime | None
    nudged_at: datetime | None
    may_reopen_until: datetime | None
    may_withdraw: bool
    may_rate: bool
    score: int | None
    score_words: str | None
    """What was written with the score."""
    rating_stands_at: datetime | None
    """When the score given can no longer be changed."""
    wants_messages: bool | None
    """None when there is no address to send to."""
    is_erased: bool


def choices_of(
    request: ServiceRequest,
    *,
    score: int | None,
    words: str | None = None,
    answered_at: datetime | None,
    wants_messages: bool | None,
    now: datetime,
) -> Choices:
    """The choices for this report now, with what was answered before."""
    status = Status(request.status)
    is_here = status in OPEN or status == Status.FORWARDED
    if answered_at and request.closed_at and answered_at < request.closed_at:
        score, words, answered_at = None, None, None  # it was about an earlier end
    stands_at = answered_at + RATING_STANDS_AFTER if answered_at else None
    is_over = status in RATED
    is_over = is_over and not is_withdrawn(request.history)
    return Choices(
        may_add=is_here,
        may_nudge_from=nudge_from(request) if is_here else None,
        nudged_at=last(request.history, EntryKind.NUDGED),
        may_reopen_until=reopen_until(request, now),
        may_withdraw=change(status, Status.NO_ACTION, REPORTER) is not None,
        may_rate=is_over and (stands_at is None or now < stands_at),
        score=score if is_over else None,
        score_words=words if is_over else None,
        rating_stands_at=stands_at,
        wants_messages=wants_messages,
        is_erased=is_erased(request.history),
    )


def nudge_from(request: ServiceRequest) -> datetime:
    """From when the one who reported may ask what became of it: after a promise of ours has passed, or
    when there is none or we wait for them after a month, and not again within a week.
    """
    if request.status == Status.FORWARDED:
        start = (request.closed_at or request.requested_at) + WITHOUT_DATE
    else:
        start = request.due_at or request.requested_at + WITHOUT_DATE
        if request.first_response_at is None:
            start = min(start, request.first_response_due_at)
    if request.waiting_since is not None:
        start = max(start, request.waiting_since + WITHOUT_DATE)
    nudged_at = last(request.history, EntryKind.NUDGED)
    return max(start, nudged_at + BETWEEN_NUDGES) if nudged_at else start


def reopen_until(request: ServiceRequest, now: datetime) -> datetime | None:
    """Until when «not fixed» takes a closed report up again; None when it cannot, or no longer."""
    if request.closed_at is None or request.status not in CLOSED:
        return None
    if change(Status(request.status), Status.ASSESSING, REPORTER) is None:
        return None
    until = request.closed_at + REOPEN_WITHIN
    return until if now < until else None


def last(history: Sequence[HistoryEntry], kind: EntryKind) -> datetime | None:
    """When this last happened."""
    return max((entry.occurred_at for entry in history if entry.kind == kind), default=None)


def is_erased(history: Sequence[HistoryEntry]) -> bool:
    """Whether what the one who reported had left was erased at their wish."""
    return erasure_of(history) is not None


def erasure_of(history: Sequence[HistoryEntry]) -> HistoryEntry | None:
    """The row that says that it was erased, and by whom."""
    return next((entry for entry in history if entry.kind == EntryKind.ERASED), None)


def is_withdrawn(history: Sequence[HistoryEntry]) -> bool:
    """Whether the newest change of status was that the one who reported withdrew it."""
    changes = [entry for entry in history if entry.status]
    return bool(changes) and was_withdrawn(changes[-1])


def was_withdrawn(entry: HistoryEntry) -> bool:
    """Whether this row of history closed the report at the wish of the one who reported."""
    return entry.actor == Party.REPORTER and entry.status == Status.NO_ACTION
