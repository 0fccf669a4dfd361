"""What happened, in the words of a letter. Finished values in the language in use."""

from dataclasses import dataclass
from datetime import datetime

from app.i18n import gettext, local, localised
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import CLOSED, RATED, Party, Status
from app.service_requests.words import status_word

FOR_REPORTER = frozenset(
    {
        EntryKind.ROUTED,
        EntryKind.REROUTED,
        EntryKind.REFUSED,
        EntryKind.ACCEPTED,
        EntryKind.STATUS,
        EntryKind.MESSAGE,
        EntryKind.PRELIMINARY,
    }
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. `reason` is why the report went where it went."""

    at: datetime
    heading: str
    message: str | None
    department_name: str
    reason: str | None
    is_fixed: bool
    asks_how_it_went: bool
    """It is an end that the one who reported can give a mark."""
    is_preliminary: bool


def is_for_reporter(entry: HistoryEntry) -> bool:
    """Whether the one who reported is told of this: not of what they did themself, nor of what is internal."""
    if entry.actor == Party.REPORTER or entry.kind not in FOR_REPORTER:
        return False
    return entry.visibility != Visibility.INTERNAL or entry.status is not None


def event_of(entry: HistoryEntry, request: ServiceRequest, *, personal: bool) -> Event:
    """A row of history as it is told.

    :param personal: to the one who reported; else to someone who follows.
    """
    department = localised((entry.department or request.department).name)
    is_elsewhere = entry.status == Status.FORWARDED or entry.kind in {
        EntryKind.ROUTED,
        EntryKind.REROUTED,
    }
    is_ours = entry.actor != Party.REPORTER and entry.visibility != Visibility.INTERNAL
    return Event(
        at=local(entry.occurred_at),
        heading=heading(entry, request, department, personal=personal),
        message=entry.message if is_ours else None,
        department_name=department,
        reason=localised(request.routing_reason) if is_elsewhere else None,
        is_fixed=entry.status == Status.FIXED,
        asks_how_it_went=personal
        and entry.status in RATED
        and entry.actor != Party.REPORTER
        and request.status in RATED,
        is_preliminary=entry.kind == EntryKind.PRELIMINARY,
    )


def heading(
    entry: HistoryEntry, request: ServiceRequest, department: str, *, personal: bool
) -> str:
    """What happened, in a few words: «Sendt til Kommunalteknikk», «Utført»."""
    match EntryKind(entry.kind):
        case EntryKind.RECEIVED:
            return gettext("New report")
        case EntryKind.ROUTED | EntryKind.REROUTED:
            return gettext("Sent to %(department)s", department=department)
        case EntryKind.ACCEPTED if personal:
            return gettext("%(department)s has taken on your report", department=department)
        case EntryKind.ACCEPTED:
            return gettext("%(department)s has taken it on", department=department)
        case EntryKind.PRELIMINARY:
            return gettext("We need more time")
        case EntryKind.STATUS | EntryKind.REFUSED if entry.status:
            return _status_heading(entry, request, department)
        case _ if personal:
            return gettext("Message about your report")
        case _:
            return gettext("Message about the report")


def _status_heading(entry: HistoryEntry, request: ServiceRequest, department: str) -> str:
    if entry.status == Status.FORWARDED:
        return gettext("Passed on to %(department)s", department=department)
    if entry.status == Status.ASSESSING and _was_closed(entry, request):
        return gettext("Taken up again")
    return status_word(Status(entry.status or request.status))


def _was_closed(entry: HistoryEntry, request: ServiceRequest) -> bool:
    """Whether the report was closed when this happened."""
    before = [row.status for row in request.history if row.id < entry.id and row.status]
    return bool(before) and before[-1] in CLOSED
