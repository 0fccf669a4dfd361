"""The statuses and the one table of allowed changes: from, to, by whom, and what the change needs. Pure."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from app.roles import Role


class Status(StrEnum):
    """How far a report has come."""

    RECEIVED = "received"
    ASSESSING = "assessing"
    ASSIGNED = "assigned"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    FIXED = "fixed"
    FORWARDED = "forwarded"
    DUPLICATE = "duplicate"
    NO_ACTION = "no_action"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """Imported without a word of what became of it. Nobody sets it."""


class Phase(StrEnum):
    """The four words of the legend: how full the sign is."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    FIXED = "fixed"
    CLOSED = "closed"


class Party(StrEnum):
    """Who acts without an account: the service itself, an outside body that answers by its link, a contractor
    who works by the department's link, and the one who reported, by the personal link.
    """

    SYSTEM = "system"
    OUTSIDE = "outside"
    CONTRACTOR = "contractor"
    REPORTER = "reporter"


class Need(StrEnum):
    """What must come along with a change."""

    DEPARTMENT = "department"
    ORIGINAL = "original"
    REASON = "reason"
    IMPROVEMENT = "improvement"


OPEN = (Status.RECEIVED, Status.ASSESSING, Status.ASSIGNED, Status.PLANNED, Status.IN_PROGRESS)
CLOSED = (
    Status.FIXED,
    Status.FORWARDED,
    Status.DUPLICATE,
    Status.NO_ACTION,
    Status.REJECTED,
    Status.UNKNOWN,
)
RATED = (Status.FIXED, Status.NO_ACTION, Status.DUPLICATE)
"""The ends after which the one who reported is asked how it went."""

REFUSALS_TO_TRIAGE = 2
"""After so many refusals people, not rules, find out who should have a report."""

DESK = frozenset({Role.CASE_HANDLER, Role.FIRST_LINE})
EVERYBODY = DESK | {Role.CREW}
OUTSIDE = frozenset({Party.OUTSIDE})
CONTRACTOR = frozenset({Party.CONTRACTOR})
REPORTER = frozenset({Party.REPORTER})


@dataclass(frozen=True, kw_only=True)
class Change:
    """Who may make a change and what it needs."""

    roles: frozenset[Role | Party]
    needs: frozenset[Need] = frozenset()


def _table() -> dict[tuple[Status, Status], Change]:
    table: dict[tuple[Status, Status], Change] = {}

    def allow(
        sources: tuple[Status, ...],
        target: Status,
        roles: frozenset[Role] | frozenset[Party] | frozenset[Role | Party],
        *needs: Need,
    ) -> None:
        for source in sources:
            if source != target:
                table[source, target] = Change(roles=roles, needs=frozenset(needs))

    allow((Status.RECEIVED,), Status.ASSESSING, DESK)
    allow(
        (Status.ASSIGNED, Status.PLANNED, Status.IN_PROGRESS),
        Status.ASSESSING,
        EVERYBODY,
        Need.REASON,
    )
    allow((Status.RECEIVED, Status.ASSESSING), Status.ASSIGNED, DESK, Need.DEPARTMENT)
    allow((Status.ASSIGNED, Status.IN_PROGRESS), Status.PLANNED, EVERYBODY)
    allow(OPEN, Status.IN_PROGRESS, EVERYBODY | CONTRACTOR)
    allow(OPEN, Status.FIXED, EVERYBODY | CONTRACTOR, Need.IMPROVEMENT)
    allow(OPEN, Status.NO_ACTION, EVERYBODY | REPORTER, Need.REASON)
    allow(OPEN, Status.FORWARDED, DESK | {Party.SYSTEM}, Need.DEPARTMENT)
    allow(OPEN, Status.DUPLICATE, EVERYBODY, Need.ORIGINAL)
    allow(OPEN, Status.REJECTED, DESK, Need.REASON)
    allow(
        (Status.FORWARDED, Status.DUPLICATE, Status.REJECTED, Status.UNKNOWN),
        Status.ASSESSING,
        DESK,
    )
    allow((Status.FIXED, Status.NO_ACTION), Status.ASSESSING, DESK | REPORTER)
    # What an outside body tells of a report that was passed to it; the desk may write it down for it.
    allow((Status.FORWARDED,), Status.FIXED, DESK | OUTSIDE, Need.IMPROVEMENT)
    allow((Status.FORWARDED,), Status.NO_ACTION, DESK | REPORTER, Need.REASON)
    return table


CHANGES = _table()


def phase(status: Status) -> Phase:
    """The legend's word for a status."""
    match status:
        case Status.RECEIVED | Status.ASSESSING:
            return Phase.NEW
        case Status.ASSIGNED | Status.PLANNED | Status.IN_PROGRESS:
            return Phase.IN_PROGRESS
        case Status.FIXED:
            return Phase.FIXED
        case (
            Status.FORWARDED
            | Status.DUPLICATE
            | Status.NO_ACTION
            | Status.REJECTED
            | Status.UNKNOWN
        ):
            return Phase.CLOSED


def may_send_elsewhere(source: Status, roles: Set[Role | Party]) -> bool:
    """Whether these roles may give a report that is here to another department."""
    return (source in OPEN or source == Status.FORWARDED) and bool(roles & DESK)


def may_refuse(source: Status, roles: Set[Role | Party]) -> bool:
    """Whether these roles may say that a report that is here is not theirs."""
    if source == Status.FORWARDED:
        return Party.OUTSIDE in roles
    return source in {Status.ASSIGNED, Status.PLANNED, Status.IN_PROGRESS} and bool(
        roles & (EVERYBODY | OUTSIDE)
    )


def change(source: Status, target: Status, roles: Set[Role | Party]) -> Change | None:
    """The table's row, if one of the roles may make this change."""
    found = CHANGES.get((source, target))
    return found if found and found.roles & roles else None


def possible(source: Status, roles: Set[Role | Party]) -> list[Status]:
    """The statuses that these roles may set from here, in the table's order."""
    return [
        target for (start, target), row in CHANGES.items() if start == source and row.roles & roles
    ]
