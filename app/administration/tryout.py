"""Try before you switch: what a draft of the rules would have done to the reports of a period.

Nothing is changed. The reports' stored facts are matched by the rules in force and by the draft, with the same
SQL that decides about new reports; where a report is now, after people moved it, does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError

from app.administration import queries
from app.database import session
from app.errors import AppError
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction

MOST_POINTS = 2000
TIMEOUT_SECONDS = 60


class TookTooLong(AppError):
    """The reports of the period are too many to try now."""

    status = 503


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of either set. `rank` counts from the top, those that cannot decide left out of the set."""

    id: int
    rank: int
    name: str
    department_id: int


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Reports that would go from one department to another, and the rules that say so; None: no rule fits.

    `share` is of all that move.
    """

    source_id: int
    target_id: int
    count: int
    share: float
    rules: tuple[tuple[Rule | None, Rule | None], ...]


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many reports a rule takes now and would take. A rule that is not in a set takes None in it."""

    rule: Rule | None
    before: int | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A report that would go elsewhere. EPSG:4326, degrees."""

    number: str
    longitude: float
    latitude: float
    source_id: int
    target_id: int


@dataclass(frozen=True, kw_only=True)
class TryOut:
    """The outcome. `points`: the newest that move, at most MOST_POINTS; `loads` ends with the first line."""

    version: int
    start: datetime
    end: datetime
    looked_at: int
    moved: int
    flows: tuple[Flow, ...]
    loads: tuple[Load, ...]
    points: tuple[Moved, ...]
    seconds: float


def try_draft(jurisdiction: Jurisdiction, *, start: datetime, end: datetime) -> TryOut | None:
    """What the draft would do to the reports of the period, `end` not included; None without a draft.

    :raises TookTooLong: after a minute; the transaction is rolled back then.
    """
    before = perf_counter()
    try:
        row = queries.try_draft(
            jurisdiction.id,
            start=start,
            end=end,
            time_zone=jurisdiction.time_zone,
            points=MOST_POINTS,
            timeout_seconds=TIMEOUT_SECONDS,
        )
    except OperationalError as fault:
        if not isinstance(fault.orig, QueryCanceled):
            raise
        session().rollback()
        message = gettext(
            "Trying took more than a minute and was stopped. Choose a shorter period, or try again later."
        )
        raise TookTooLong(message) from fault
    if row["version"] is None:
        return None
    current = {rule["id"]: Rule(**rule) for rule in row["current_rules"]}
    draft = {rule["id"]: Rule(**rule) for rule in row["draft_rules"]}
    moving = [
        flow for flow in row["flows"] if flow["department_before"] != flow["department_after"]
    ]
    return TryOut(
        version=row["version"],
        start=start,
        end=end,
        looked_at=sum(flow["reports"] for flow in row["flows"]),
        moved=sum(flow["reports"] for flow in moving),
        flows=tuple(_flows(moving, current, draft)),
        loads=tuple(_loads(row["flows"], current, draft)),
        points=tuple(_moved(point) for point in row["moved"]),
        seconds=perf_counter() - before,
    )


def _flows(
    moving: Sequence[Mapping[str, Any]], current: Mapping[int, Rule], draft: Mapping[int, Rule]
) -> Iterable[Flow]:
    """The largest first; within one the rules that move the most first."""
    total = sum(flow["reports"] for flow in moving)
    by_departments: dict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for flow in sorted(moving, key=lambda flow: -flow["reports"]):
        by_departments[flow["department_before"], flow["department_after"]].append(flow)
    counted = {key: sum(flow["reports"] for flow in parts) for key, parts in by_departments.items()}
    for source, target in sorted(counted, key=lambda key: (-counted[key], key)):
        parts = by_departments[source, target]
        yield Flow(
            source_id=source,
            target_id=target,
            count=counted[source, target],
            share=counted[source, target] / total,
            rules=tuple(
                (current.get(part["rule_before"]), draft.get(part["rule_after"])) for part in parts
            ),
        )


def _loads(
    flows: Sequence[Mapping[str, Any]], current: Mapping[int, Rule], draft: Mapping[int, Rule]
) -> Iterable[Load]:
    """The draft's rules in their order, then those that it no longer has, then what no rule takes."""
    before: dict[int | None, int] = defaultdict(int)
    after: dict[int | None, int] = defaultdict(int)
    for flow in flows:
        before[flow["rule_before"]] += flow["reports"]
        after[flow["rule_after"]] += flow["reports"]
    gone = {key: rule for key, rule in current.items() if key not in draft}
    for key, rule in {**draft, **gone}.items():
        yield Load(
            rule=rule,
            before=before[key] if key in current else None,
            after=after[key] if key in draft else None,
        )
    yield Load(rule=None, before=before[None], after=after[None])


def _moved(point: Mapping[str, Any]) -> Moved:
    return Moved(
        number=point["number"],
        longitude=point["longitude"],
        latitude=point["latitude"],
        source_id=point["department_before"],
        target_id=point["department_after"],
    )
