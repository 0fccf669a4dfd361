"""The values of the page of rules: each with its words, its warnings and how often people overrode it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.administration import words
from app.administration.queries import override_shares
from app.administration.words import Names, Texts
from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.i18n import gettext, localised, number, percent
from app.routing.changes import FROM_FILES
from app.routing.coverage import findings
from app.routing.drafts import world
from app.routing.models import Area, RuleChange
from app.routing.rules import OF_AREAS, Rule

LOOK_BACK = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """One rule of the list. `overridden`: «12 av 140 (8,6 %)», empty when it has decided nothing."""

    key: str
    rank: int
    name: str
    sentence: str
    department: str
    is_active: bool
    is_new: bool
    never: str
    overridden: str


def names_of(jurisdiction_id: int) -> Names:
    """The names of all that rules point to, out of use or not."""
    tables: Mapping[str, Any] = {
        "service_id": Service,
        "service_group_id": ServiceGroup,
        "area_id": Area,
        "department_id": Department,
    }
    found: dict[str, dict[int | str, Texts]] = {}
    for column, table in tables.items():
        query = select(table.id, table.code, table.name).where(
            table.jurisdiction_id == jurisdiction_id
        )
        named = found.setdefault(column, {})
        for key, code, name in session().execute(query):
            named[key] = named[code] = name
    return Names(**found)


def rows(
    jurisdiction_id: int, rules: Sequence[Rule], names: Names, *, now: datetime
) -> list[RuleRow]:
    """The list in its order."""
    never = findings(rules, world(jurisdiction_id, rules))
    shares = override_shares(jurisdiction_id, now - LOOK_BACK)
    ranks = {rule.key: rank for rank, rule in enumerate(rules, 1)}
    return [
        RuleRow(
            key=rule.key,
            rank=rank,
            name=rule.name,
            sentence=words.sentence(rule, names),
            department=names.of("department_id", rule.department_id),
            is_active=rule.is_active,
            is_new=rule.id is None,
            never=words.never(never[rule.key], ranks) if rule.key in never else "",
            overridden=_share(shares.get(rule.id or 0)),
        )
        for rank, rule in enumerate(rules, 1)
    ]


def _share(counts: tuple[int, int] | None) -> str:
    if not counts or not counts[0]:
        return ""
    decided, overridden = counts
    return f"{number(overridden)}/{number(decided)} ({percent(overridden / decided)})"


def never_count(found: Iterable[RuleRow]) -> int:
    """How many of the rules never decide."""
    return sum(1 for row in found if row.never)


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One change of the log, in words."""

    at: datetime
    who: str
    kind: str
    title: str
    lines: Sequence[str]


def log_entries(
    found: Sequence[tuple[RuleChange, str | None]], names: Names
) -> list[tuple[datetime, str, list[LogEntry]]]:
    """The changes, those that came into force together under one time and one name."""
    groups: list[tuple[datetime, str, list[LogEntry]]] = []
    for change, email in found:
        entry = LogEntry(
            at=change.occurred_at,
            who=_who(change, email),
            kind=words.kind_word(change.kind),
            title=_title(change),
            lines=words.told(change.kind, change.before, change.after, names),
        )
        if not groups or groups[-1][:2] != (entry.at, entry.who):
            groups.append((entry.at, entry.who, []))
        groups[-1][2].append(entry)
    return groups


def _who(change: RuleChange, email: str | None) -> str:
    file = (change.after or {}).get(FROM_FILES)
    if file:
        return gettext("the set-up file %(file)s", file=file)
    return email or gettext("an account that is gone")


def _title(change: RuleChange) -> str:
    name = (change.after or change.before or {}).get("name")
    return localised(name) if change.kind in OF_AREAS and isinstance(name, dict) else change.title


def sentence_of(rule: Rule, names: Names) -> str:
    """A rule in one line: its name, conditions and department."""
    department = names.of("department_id", rule.department_id)
    return f"{rule.name}: {words.sentence(rule, names)} → {department}"
