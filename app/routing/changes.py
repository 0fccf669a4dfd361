"""The log of the rules: what was changed, by whom and when, and one change at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, text

from app.accounts.models import Account
from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.routing.models import Area, RuleChange
from app.routing.rules import CONTENT, OF_AREAS, Difference, Kind, Rule

LOCK = 7_715_051
"""The advisory lock of changes to rules, together with the municipality's key."""
CODED = {
    "service_id": ("service", Service),
    "service_group_id": ("group", ServiceGroup),
    "area_id": ("area", Area),
    "department_id": ("department", Department),
}
"""Columns that point to something with a code, and the word under which the log keeps the code."""
FROM_FILES = "from"
"""In what stands after a change: the file that brought it, when it was not a person."""
WORDS = {"road_categories": "road", "is_acute": "acute"}


def one_at_a_time(jurisdiction_id: int) -> datetime:
    """Wait for others who change rules or the draft; the time, by the database's clock, when it is our turn.

    Later ones wait until the transaction ends, so that the times in the log are in the order of the changes.
    """
    lock = text("SELECT pg_advisory_xact_lock(:lock, :jurisdiction_id)")
    session().execute(lock, {"lock": LOCK, "jurisdiction_id": jurisdiction_id})
    now: datetime = session().scalars(select(func.clock_timestamp())).one()
    return now


def record_rules(
    jurisdiction_id: int,
    found: Sequence[Difference],
    ids: Sequence[int | None],
    *,
    account_id: int | None,
    now: datetime,
    file: str | None = None,
) -> None:
    """A row for each difference. `ids`: the stored rule of each. `file`: what brought them, if not a person."""
    codes = _codes(jurisdiction_id)
    for difference, rule_id in zip(found, ids, strict=True):
        before, after = _sides(difference, codes)
        if file:
            after = {**(after or {}), FROM_FILES: file}
        session().add(
            RuleChange(
                jurisdiction_id=jurisdiction_id,
                occurred_at=now,
                account_id=account_id,
                kind=difference.kind,
                rule_id=rule_id,
                title=difference.rule.name,
                before=before,
                after=after,
            )
        )
    session().flush()


def record_area(area: Area, kind: Kind, *, account_id: int | None, now: datetime) -> None:
    """A row about an area that came or went."""
    values = {"code": area.code, "name": area.name}
    session().add(
        RuleChange(
            jurisdiction_id=area.jurisdiction_id,
            occurred_at=now,
            account_id=account_id,
            kind=kind,
            rule_id=None,
            title=area.code,
            before=values if kind == Kind.AREA_REMOVED else None,
            after=values if kind == Kind.AREA_ADDED else None,
        )
    )
    session().flush()


def rules_changed_since(jurisdiction_id: int, moment: datetime) -> bool:
    """Whether the rules in force were changed after the moment."""
    query = select(
        exists().where(
            RuleChange.jurisdiction_id == jurisdiction_id,
            RuleChange.kind.not_in(OF_AREAS),
            RuleChange.occurred_at > moment,
        )
    )
    return bool(session().scalar(query))


def edited_in_browser(jurisdiction_id: int) -> bool:
    """Whether people changed the rules after the set-up files last did. Accounts may be gone by now."""
    query = (
        select(RuleChange.after)
        .where(RuleChange.jurisdiction_id == jurisdiction_id, RuleChange.kind.not_in(OF_AREAS))
        .order_by(RuleChange.id.desc())
        .limit(1)
    )
    row = session().execute(query).first()
    return row is not None and FROM_FILES not in (row[0] or {})


def newest(
    jurisdiction_id: int, *, before: int | None, limit: int
) -> Sequence[tuple[RuleChange, str | None]]:
    """The log, newest first, each with the account's address; `before` is the key where the last page ended."""
    query = (
        select(RuleChange, Account.label)
        .outerjoin(Account, Account.id == RuleChange.account_id)
        .where(RuleChange.jurisdiction_id == jurisdiction_id)
        .order_by(RuleChange.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(RuleChange.id < before)
    return [(change, email) for change, email in session().execute(query)]


def _codes(jurisdiction_id: int) -> dict[str, dict[int, str]]:
    codes = {}
    for column, (_, table) in CODED.items():
        query = select(table.id, table.code).where(table.jurisdiction_id == jurisdiction_id)  # type: ignore[attr-defined]
        codes[column] = dict(session().execute(query).all())
    return codes


Sides = tuple[dict[str, Any] | None, dict[str, Any] | None]


def _sides(difference: Difference, codes: dict[str, dict[int, str]]) -> Sides:
    """What stood and what stands: all of a rule that came or went, else only what differs."""
    match difference.kind:
        case Kind.MOVED:
            return {"rank": difference.rank_before}, {"rank": difference.rank_after}
        case Kind.DISABLED | Kind.ENABLED:
            is_active = difference.kind == Kind.ENABLED
            return {"active": not is_active}, {"active": is_active}
        case _:
            before = _readable(difference.before, difference.rank_before, codes)
            after = _readable(difference.after, difference.rank_after, codes)
            if before is None or after is None or difference.kind != Kind.CHANGED:
                return before, after
            del before["rank"], after["rank"]
            names = [name for name in before | after if before.get(name) != after.get(name)]
            return {name: before.get(name) for name in names}, {
                name: after.get(name) for name in names
            }


def _readable(
    rule: Rule | None, rank: int | None, codes: dict[str, dict[int, str]]
) -> dict[str, Any] | None:
    if rule is None:
        return None
    values: dict[str, Any] = {"rank": rank}
    for name in CONTENT:
        value = getattr(rule, name)
        if value is None or name.startswith("season"):
            continue
        if name in CODED:
            value = codes[name].get(value, str(value))
        values[CODED[name][0] if name in CODED else WORDS.get(name, name)] = value
    if rule.season_from is not None and rule.season_to is not None:
        values["season"] = {"from": _day(rule.season_from), "to": _day(rule.season_to)}
    if "road" in values:
        values["road"] = list(values["road"])
    return values


def _day(value: int) -> str:
    return f"{value // 100:02}-{value % 100:02}"
