"""What a report's history adds up to, told anew without looking at the report's columns. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from app.service_requests.kinds import IMPORTED, EntryKind, Visibility
from app.service_requests.status import CLOSED, Party, Status

ANSWERS = {EntryKind.STATUS, EntryKind.ACCEPTED}
"""What others than the one who reported write by these is an answer, and so are messages to the reporter."""
GIVEN = {Status.ASSIGNED, Status.FORWARDED}
"""A change to these names the department that has the report."""


class Untold(Enum):
    """Stands for a fact that history did not yet tell when its row was written."""

    UNTOLD = "untold"


UNTOLD = Untold.UNTOLD


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What counts of a row of history; the last six are out of its data, None when it does not say."""

    kind: str
    occurred_at: datetime
    actor: str
    department_id: int | None
    status: str | None
    visibility: str
    service: str | None = None
    led_to_improvement: bool | None = None
    department: int | None = None
    to: int | None = None
    original: int | None = None
    told: bool | None = None


@dataclass(kw_only=True, slots=True)
class Story:
    """A report as its history tells it. `led_to_improvement` of a repeated report is its original's."""

    status: str | None = None
    led_to_improvement: bool = False
    department_id: int | Untold | None = None
    duplicate_of_id: int | Untold | None = None
    first_response_at: datetime | Untold | None = None
    closed_at: datetime | None = None
    requested_at: datetime | None = None
    service: str | Untold = UNTOLD
    refusals: int = 0
    entries: int = field(default=0)

    def facts(self) -> dict[str, Any]:
        """By the names of the report's columns, but for improvement."""
        return {
            "status": self.status,
            "department_id": self.department_id,
            "duplicate_of_id": self.duplicate_of_id,
            "first_response_at": self.first_response_at,
            "closed_at": self.closed_at,
            "requested_at": self.requested_at,
            "service": self.service,
            "refusals": self.refusals,
        }


def replay(entries: Iterable[Entry]) -> Story:
    """The report after all rows of its history, oldest first."""
    story = Story()
    for entry in entries:
        story.entries += 1
        match entry.kind:
            case EntryKind.RECEIVED:
                story.requested_at = entry.occurred_at
                story.service = entry.service or UNTOLD
            case EntryKind.STATUS:
                _change(story, entry)
            case EntryKind.ROUTED | EntryKind.REROUTED:
                story.department_id = entry.department_id
            case EntryKind.REFUSED:
                _refuse(story, entry)
            case EntryKind.SERVICE:
                story.service = entry.service or UNTOLD
            case _:
                pass
        if entry.status is not None:
            story.status = entry.status
            story.closed_at = _closed(story, entry)
        if entry.led_to_improvement is not None and entry.kind != EntryKind.STATUS:
            story.led_to_improvement = entry.led_to_improvement
        _answer(story, entry)
    return story


def _change(story: Story, entry: Entry) -> None:
    """A change of status. Only a fix has an answer about improvement; everything else is no."""
    has_answer = entry.status == Status.FIXED or entry.actor == IMPORTED
    story.led_to_improvement = has_answer and bool(entry.led_to_improvement)
    if entry.status == Status.DUPLICATE:
        story.duplicate_of_id = entry.original or UNTOLD
    elif entry.status == Status.ASSESSING:
        story.duplicate_of_id = None
    if entry.status in GIVEN:
        story.department_id = entry.department or UNTOLD


def _refuse(story: Story, entry: Entry) -> None:
    """The next department follows as a row of its own, or the first line has it."""
    story.refusals += 1
    story.closed_at = None
    if entry.status is not None:
        story.department_id = entry.to or UNTOLD


def _closed(story: Story, entry: Entry) -> datetime | None:
    if entry.status not in CLOSED:
        return None
    return entry.occurred_at if entry.kind == EntryKind.STATUS else story.closed_at


def _answer(story: Story, entry: Entry) -> None:
    """The first word to the reporter from anybody else is the first answer."""
    if story.first_response_at is not None or entry.actor == Party.REPORTER:
        return
    if entry.actor == IMPORTED and entry.kind == EntryKind.STATUS:
        return  # what became of it elsewhere; an answer that is known has a row of its own
    is_message = entry.kind == EntryKind.MESSAGE and entry.visibility == Visibility.PUBLIC
    is_step = entry.kind in ANSWERS and entry.actor != IMPORTED and entry.told is not False
    if is_step or is_message or (entry.kind == EntryKind.REROUTED and entry.told):
        story.first_response_at = entry.occurred_at
    elif entry.kind == EntryKind.REROUTED and entry.told is None:
        story.first_response_at = UNTOLD


def differing(story: Story, columns: dict[str, Any], original_improved: bool | None) -> list[str]:
    """The columns that are not what history tells. `original_improved` is of the original of a repeated one."""
    wrong = [
        name for name, told in story.facts().items() if told is not UNTOLD and columns[name] != told
    ]
    if columns["led_to_improvement"] != improved(story, original_improved):
        wrong.append("led_to_improvement")
    return wrong


def improved(story: Story, original_improved: bool | None) -> bool:
    """Whether the report led to an improvement; a repeated one follows its original."""
    if story.status == Status.DUPLICATE and original_improved is not None:
        return original_improved
    return story.led_to_improvement


def untold(story: Story) -> int:
    """How many facts history does not tell, because it is older than the telling of them."""
    return sum(told is UNTOLD for told in story.facts().values())
