"""The way a report has come and has left: the dots of the timeline, and the log in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.i18n import day, gettext, local, localised, moment
from app.service_requests.kinds import IMPORTED, EntryKind, Visibility
from app.service_requests.models import HistoryEntry
from app.service_requests.status import OPEN, Party, Status
from app.service_requests.words import status_word

WAY = (Status.RECEIVED, Status.ASSIGNED, Status.IN_PROGRESS, Status.FIXED)
"""The way of most reports; what lies ahead is read from it."""
PASSED = {
    Status.RECEIVED: 0,
    Status.ASSESSING: 0,
    Status.ASSIGNED: 1,
    Status.PLANNED: 1,
    Status.IN_PROGRESS: 2,
}


FOR_STAFF = {EntryKind.NOTE, EntryKind.MATERIAL, EntryKind.ASSIGNED, EntryKind.ACUTE} | {
    EntryKind.FILE
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One dot: done, now or next. `text` is when, in words."""

    word: str
    at: datetime | None
    state: str
    text: str


def steps(history: Sequence[HistoryEntry], now: Status, due_at: datetime | None) -> list[Step]:
    """Each status once, at its last beginning, then what lies ahead of an open report."""
    reached: dict[Status, datetime] = {}
    for entry in history:
        if entry.status:
            status = Status(entry.status)
            if entry.kind == EntryKind.ROUTED and status == Status.RECEIVED:
                continue  # nothing has begun: the first line has what was received
            reached.pop(status, None)
            reached[status] = local(entry.occurred_at)
    found = [_reached(status, at, is_now=status == now) for status, at in reached.items()]
    return found + _ahead(now, due_at)


def _reached(status: Status, at: datetime, *, is_now: bool) -> Step:
    if is_now and status in OPEN and status != Status.RECEIVED:
        text = gettext("since %(day)s", day=day(at))
    else:
        text = moment(at)
    return Step(
        word=status_word(status),
        at=at,
        state="now" if is_now and status in OPEN else "done",
        text=text,
    )


def _ahead(now: Status, due_at: datetime | None) -> list[Step]:
    if now not in PASSED:
        return []
    ahead = WAY[PASSED[now] + 1 :]
    expected = gettext("expected by %(day)s", day=day(due_at)) if due_at else ""
    return [
        Step(
            word=status_word(status),
            at=None,
            state="next",
            text=expected if status == Status.FIXED else "",
        )
        for status in ahead
    ]


def is_for_staff(entry: HistoryEntry) -> bool:
    """Whether only staff may know that this happened."""
    if entry.kind == EntryKind.PHOTO:
        return entry.actor != "staff"  # they are shown when someone has looked at them
    return entry.kind in FOR_STAFF


def is_public(entry: HistoryEntry) -> bool:
    """Whether anyone may know that this happened; the rest is between the one who reported and us."""
    return not is_for_staff(entry) and entry.kind not in {
        EntryKind.RATED,
        EntryKind.MESSAGES,
        EntryKind.ERASED,
        EntryKind.UNREACHABLE,
        EntryKind.UNREACHABLE_BODY,
    }


def told(entry: HistoryEntry) -> str:
    """A history row in one public sentence."""
    if entry.kind == EntryKind.ERASED:
        if entry.actor == Party.SYSTEM:
            return gettext("What the one who reported had left was erased: the time was over.")
        return gettext("What the one who reported had left was erased at their wish.")
    if entry.actor == "reporter" and entry.kind != EntryKind.RECEIVED:
        return _told_of_reporter(entry)
    if entry.kind == EntryKind.STATUS and entry.actor == IMPORTED:
        word = status_word(Status(entry.status or Status.UNKNOWN))
        return gettext("It was imported with the status: %(status)s.", status=word)
    if entry.kind == EntryKind.UNREACHABLE_BODY:
        department = localised(entry.department.name) if entry.department else ""
        return gettext("%(department)s does not know that it was withdrawn.", department=department)
    return _told_of_work(entry) or _told_of_us(entry)


def _told_of_work(entry: HistoryEntry) -> str | None:
    """What came from the place without a change of status."""
    by = localised(entry.department.name) if entry.department else ""
    match EntryKind(entry.kind):
        case EntryKind.FILE if entry.data.get("removed"):
            return gettext("A file was removed.")
        case EntryKind.FILE:
            return gettext("A file was attached.")
        case EntryKind.NOTE:
            return gettext("%(department)s wrote a note for staff.", department=by)
        case EntryKind.MATERIAL:
            return gettext("%(department)s wrote down what was used.", department=by)
        case EntryKind.PHOTO:
            return gettext("%(department)s added photos.", department=by)
        case _:
            return _told_of_desk(entry)


def _told_of_desk(entry: HistoryEntry) -> str | None:
    """What case handlers set right."""
    match EntryKind(entry.kind):
        case EntryKind.ASSIGNED if entry.data.get("assignee"):
            return gettext("Somebody on the staff has it now.")
        case EntryKind.ASSIGNED:
            return gettext("Nobody in particular has it now.")
        case EntryKind.ACUTE if entry.data.get("acute"):
            return gettext("It was marked as dangerous.")
        case EntryKind.ACUTE:
            return gettext("It is no longer marked as dangerous.")
        case EntryKind.SERVICE:
            return gettext("We corrected what the report is about.")
        case EntryKind.MOVED:
            return gettext("We corrected the place.")
        case EntryKind.SPLIT if entry.data.get("from"):
            return gettext("It was a part of %(number)s.", number=entry.data["from"])
        case EntryKind.SPLIT:
            number = entry.data.get("into", "")
            return gettext("A part of it became a report of its own: %(number)s.", number=number)
        case _:
            return None


def _told_of_reporter(entry: HistoryEntry) -> str:
    match EntryKind(entry.kind):
        case EntryKind.STATUS if entry.status == Status.NO_ACTION:
            return gettext("The one who reported withdrew the report.")
        case EntryKind.STATUS:
            return gettext("The one who reported says that it is not fixed. We look at it again.")
        case EntryKind.NUDGED:
            return gettext("The one who reported asked when it will be fixed.")
        case EntryKind.RATED:
            return gettext("The one who reported has said how it went.")
        case EntryKind.MESSAGES if entry.data.get("wanted"):
            return gettext("Messages to the one who reported were turned on.")
        case EntryKind.MESSAGES:
            return gettext("Messages to the one who reported were turned off.")
        case _:
            return gettext("The one who reported added something.")


def _told_of_us(entry: HistoryEntry) -> str:
    department = localised(entry.department.name) if entry.department else ""
    match EntryKind(entry.kind):
        case EntryKind.RECEIVED:
            return gettext("We received the report.")
        case EntryKind.ROUTED:
            return gettext("We sent it to %(department)s.", department=department)
        case EntryKind.REROUTED:
            return gettext("Our staff sent it on to %(department)s.", department=department)
        case EntryKind.REFUSED:
            return gettext("%(department)s answered that it is not theirs.", department=department)
        case EntryKind.ACCEPTED:
            return gettext("%(department)s has taken on the report.", department=department)
        case EntryKind.STATUS if entry.status == Status.FORWARDED:
            return gettext("We passed it to %(department)s.", department=department)
        case EntryKind.STATUS if entry.visibility == Visibility.INTERNAL:
            return gettext(
                "%(department)s handed it back to be assessed anew.", department=department
            )
        case EntryKind.STATUS:
            word = status_word(Status(entry.status or Status.RECEIVED))
            return gettext(
                "%(department)s set the status: %(status)s.", department=department, status=word
            )
        case EntryKind.MESSAGE:
            return gettext("%(department)s wrote to the one who reported.", department=department)
        case EntryKind.PRELIMINARY:
            return gettext("We told the one who reported that we need more time.")
        case EntryKind.UNREACHABLE:
            return gettext(
                "Messages to the one who reported do not arrive; we have stopped sending."
            )
        case _:
            return gettext("The answer about improvement was corrected.")
