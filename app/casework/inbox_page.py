"""The inbox in words: rows, tabs, what the filters offer. Values are finished; templates only repeat."""

from dataclasses import dataclass
from datetime import date, datetime

from app.casework.inbox_filter import SOON, InboxFilter, Order, Queue
from app.casework.inbox_queries import InboxRow
from app.i18n import day, gettext, local, localised, ngettext
from app.service_requests.status import OPEN, REFUSALS_TO_TRIAGE, Phase, Status, phase
from app.service_requests.words import status_word

COLOURS = {
    Phase.NEW: "info",
    Phase.IN_PROGRESS: "warning",
    Phase.FIXED: "success",
    Phase.CLOSED: "neutral",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """A row of the list. `deadline` says what we promised for when, `urgency` is over, soon, ok or waits."""

    number: str
    version: int
    name: str
    place: str
    age: str
    status: Status
    status_word: str
    color: str
    phase: Phase
    group_code: str
    department: str
    assignee: str | None
    deadline: str
    urgency: str
    is_acute: bool
    is_demo: bool
    needs_triage: bool
    longitude: float
    latitude: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A queue as a link; `count` None is not counted."""

    queue: Queue
    word: str
    count: int | None
    is_here: bool


def item_of(row: InboxRow, now: datetime) -> Item:
    """A row in words."""
    text, urgency = deadline_of(row, now)
    word, name = status_word(row.status), localised(row.service_name)
    place = row.place_text or gettext("place not known yet")
    parts = [row.number, name, place, word, text, row.assignee or ""]
    return Item(
        number=row.number,
        version=row.version,
        name=name,
        place=place,
        age=age(row.requested_at, now),
        status=row.status,
        status_word=word,
        color=COLOURS[phase(row.status)],
        phase=phase(row.status),
        group_code=row.group_code,
        department=localised(row.department_name),
        assignee=row.assignee,
        deadline=text,
        urgency=urgency,
        is_acute=row.is_acute,
        is_demo=row.is_demo,
        needs_triage=row.status in OPEN and row.refusals >= REFUSALS_TO_TRIAGE,
        longitude=row.longitude,
        latitude=row.latitude,
        sentence=", ".join(part for part in parts if part),
    )


def spot_of(row: InboxRow, now: datetime) -> dict[str, object]:
    """A row as the map needs it: JSON, EPSG:4326, degrees."""
    place = row.place_text or gettext("place not known yet")
    name, word = localised(row.service_name), status_word(row.status)
    is_open = row.status in OPEN and row.waiting_since is None
    return {
        "number": row.number,
        "longitude": row.longitude,
        "latitude": row.latitude,
        "phase": phase(row.status),
        "group": row.group_code,
        "sentence": f"{row.number}, {name}, {place}, {word}",
        "isOverdue": is_open and row.next_due is not None and row.next_due < now,
    }


def age(moment: datetime, now: datetime) -> str:
    """«3 t», «6 d»: how long ago, short."""
    hours = max(int((now - moment).total_seconds() // 3600), 0)
    if hours < 1:
        return gettext("now")
    if hours < 48:
        return gettext("%(count)s h", count=hours)
    return gettext("%(count)s d", count=hours // 24)


def deadline_of(row: InboxRow, now: datetime) -> tuple[str, str]:
    """What we have promised next, in words, and how urgent it is."""
    if row.status not in OPEN:
        return "", "ok"
    if row.waiting_since is not None:
        return gettext("Waits for an answer since %(day)s", day=day(row.waiting_since)), "waits"
    if row.next_due is None:
        return gettext("No date of ours"), "ok"
    is_answer = row.first_response_at is None and row.next_due == row.first_response_due_at
    urgency = "over" if row.next_due < now else "soon" if row.next_due - now < SOON else "ok"
    return (_answer_by if is_answer else _fix_by)(row.next_due, now), urgency


def _days(due: datetime, now: datetime) -> tuple[int, date]:
    last = local(due).date()
    return (last - local(now).date()).days, last


def _answer_by(due: datetime, now: datetime) -> str:
    left, last = _days(due, now)
    if due < now:
        return gettext("Answer was due %(day)s", day=day(last))
    if left == 0:
        return gettext("Answer today")
    if left == 1:
        return gettext("Answer tomorrow")
    return gettext("Answer by %(day)s", day=day(last))


def _fix_by(due: datetime, now: datetime) -> str:
    left, last = _days(due, now)
    if due < now:
        over = max(-left, 1)
        return ngettext("%(num)s day over", "%(num)s days over", over)
    if left == 0:
        return gettext("Fix today")
    if left == 1:
        return gettext("Fix tomorrow")
    return gettext("Fix by %(day)s", day=day(last))


def queue_word(queue: Queue) -> str:
    """A tab's name."""
    match queue:
        case Queue.INBOX:
            return gettext("Inbox")
        case Queue.OVERDUE:
            return gettext("Overdue")
        case Queue.TODAY:
            return gettext("Due today")
        case Queue.MINE:
            return gettext("Mine")
        case Queue.WAITING:
            return gettext("Waiting")
        case Queue.OPEN:
            return gettext("All open")
        case Queue.FORWARDED:
            return gettext("With others")
        case Queue.CLOSED:
            return gettext("Ended")


def order_word(order: Order) -> str:
    """An order's name."""
    match order:
        case Order.DEADLINE:
            return gettext("Deadline first")
        case Order.NEWEST:
            return gettext("Newest first")
        case Order.CHANGED:
            return gettext("Changed last first")


def tabs(wanted: InboxFilter, counts: dict[Queue, int]) -> list[Tab]:
    """All tabs, with how many are in those that are counted."""
    return [
        Tab(
            queue=queue,
            word=queue_word(queue),
            count=counts.get(queue),
            is_here=queue == wanted.queue,
        )
        for queue in Queue
    ]
