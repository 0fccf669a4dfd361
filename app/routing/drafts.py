"""The rules as administrators change them: a draft that all of them share, put in force as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import randbelow
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from app.catalog.models import Needs, Service, ServiceGroup
from app.catalog.queries import services
from app.database import session
from app.departments.models import Department
from app.departments.queries import in_jurisdiction
from app.errors import Conflict, Invalid, NotFound, OutdatedVersion
from app.i18n import gettext
from app.routing import changes
from app.routing.coverage import World
from app.routing.models import Area, Asset, RoadSegment, RoutingDraft, RoutingRule
from app.routing.queries import rules as rules_in_force
from app.routing.rules import NAMES, Difference, Rule, as_json, categories, differences, from_json

Edit = Callable[[list[Rule]], list[Rule]]
COLUMNS = tuple(name for name in NAMES if name not in {"id", "key", "road_categories"})
REFERENCES = (
    ("department", "department_id", Department),
    ("what", "service_id", Service),
    ("what", "service_group_id", ServiceGroup),
    ("area", "area_id", Area),
)
"""The form's field, the column, and the table that it points to."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The draft. `is_outdated`: the rules in force were changed after its last change."""

    version: int
    rules: tuple[Rule, ...]
    updated_at: datetime
    account_id: int | None
    is_outdated: bool

    def find(self, key: str) -> Rule:
        """The rule with this key. :raises NotFound: there is none."""
        return self.rules[_place(self.rules, key)]


def in_force(jurisdiction_id: int) -> tuple[Rule, ...]:
    """The rules in force in their order, disabled ones too."""
    return tuple(_rule(row) for row in rules_in_force(jurisdiction_id))


def read(jurisdiction_id: int) -> Draft | None:
    """The draft, if there is one."""
    row = session().get(RoutingDraft, jurisdiction_id, populate_existing=True)
    if row is None:
        return None
    return Draft(
        version=row.version,
        rules=tuple(from_json(values) for values in row.rules),
        updated_at=row.updated_at,
        account_id=row.account_id,
        is_outdated=changes.rules_changed_since(jurisdiction_id, row.updated_at),
    )


def start(jurisdiction_id: int, account_id: int) -> None:
    """Make the draft from the rules in force, if there is none."""
    now = changes.one_at_a_time(jurisdiction_id)
    if session().get(RoutingDraft, jurisdiction_id) is None:
        made = RoutingDraft(
            jurisdiction_id=jurisdiction_id,
            # Not 1: a page of a draft that was thrown away must not fit the next one.
            version=1 + randbelow(1_000_000) * 1000,
            rules=as_json(in_force(jurisdiction_id)),
            account_id=account_id,
            updated_at=now,
        )
        session().add(made)
        session().flush()


def discard(jurisdiction_id: int, version: int) -> None:
    """Throw the draft away. :raises Conflict: it is another one by now."""
    changes.one_at_a_time(jurisdiction_id)
    session().delete(_locked(jurisdiction_id, version))
    session().flush()


def keep(jurisdiction_id: int, version: int, account_id: int) -> None:
    """Go on with a draft although the rules in force were changed: putting it in force undoes those changes."""
    now = changes.one_at_a_time(jurisdiction_id)
    row = _locked(jurisdiction_id, version)
    row.version, row.account_id, row.updated_at = row.version + 1, account_id, now
    session().flush()


def put(jurisdiction_id: int, version: int, rule: Rule, account_id: int) -> Rule:
    """Replace the rule with this key, or add a new one (empty key) at the end.

    :raises Invalid: a name that another rule has, or something that is not this municipality's or not in use.
    """
    _check(jurisdiction_id, rule, in_use=True)
    stored = rule if rule.key else replace(rule, key=str(uuid4()), id=None)

    def edit(rules: list[Rule]) -> list[Rule]:
        if any(other.name == rule.name and other.key != stored.key for other in rules):
            raise Invalid({"name": gettext("Another rule has this name.")})
        if not rule.key:
            return [*rules, stored]
        place = _place(rules, rule.key)
        kept = replace(stored, id=rules[place].id)
        return [*rules[:place], kept, *rules[place + 1 :]]

    _edit(jurisdiction_id, version, account_id, edit)
    return stored


def move(jurisdiction_id: int, version: int, key: str, place: int, account_id: int) -> None:
    """Put the rule at this place, from 1; beyond the ends is the end."""

    def edit(rules: list[Rule]) -> list[Rule]:
        found = rules.pop(_place(rules, key))
        rules.insert(max(0, place - 1), found)
        return rules

    _edit(jurisdiction_id, version, account_id, edit)


def shift(jurisdiction_id: int, version: int, key: str, steps: int, account_id: int) -> None:
    """Move the rule so many places down; up when negative."""

    def edit(rules: list[Rule]) -> list[Rule]:
        place = _place(rules, key)
        found = rules.pop(place)
        rules.insert(max(0, place + steps), found)
        return rules

    _edit(jurisdiction_id, version, account_id, edit)


def switch(jurisdiction_id: int, version: int, key: str, is_active: bool, account_id: int) -> None:
    """Take the rule out of use, or back into it."""

    def edit(rules: list[Rule]) -> list[Rule]:
        place = _place(rules, key)
        rules[place] = replace(rules[place], is_active=is_active)
        return rules

    _edit(jurisdiction_id, version, account_id, edit)


def remove(jurisdiction_id: int, version: int, key: str, account_id: int) -> None:
    """Leave the rule out."""

    def edit(rules: list[Rule]) -> list[Rule]:
        del rules[_place(rules, key)]
        return rules

    _edit(jurisdiction_id, version, account_id, edit)


def publish(jurisdiction_id: int, version: int, account_id: int) -> list[Difference]:
    """Put the draft in force, all of it at this moment, with a row of the log for each difference.

    :raises Conflict: it is another draft by now, the rules in force were changed meanwhile, nothing differs, or
        a rule names something that is gone.
    """
    now = changes.one_at_a_time(jurisdiction_id)
    row = _locked(jurisdiction_id, version)
    _refuse_outdated(row)
    wanted = [from_json(values) for values in row.rules]
    found = differences(in_force(jurisdiction_id), wanted)
    if not found:
        raise Conflict(gettext("The draft is the same as the rules in force."))
    for rule in wanted:
        try:
            _check(jurisdiction_id, rule, in_use=False)
        except Invalid as fault:
            detail = gettext(
                "The rule «%(name)s» names something that is gone. Open it, choose anew, and try again.",
                name=rule.name,
            )
            raise Conflict(detail) from fault
    stored = {rule.id: rule for rule in rules_in_force(jurisdiction_id)}
    ids = {}
    for rank, rule in enumerate(wanted, 1):
        target = stored.pop(rule.id, None) if rule.id else None
        if target is None:
            target = RoutingRule(jurisdiction_id=jurisdiction_id)
            session().add(target)
        for name in COLUMNS:
            setattr(target, name, getattr(rule, name))
        target.road_categories = list(rule.road_categories) if rule.road_categories else None
        target.rank, target.is_removed = rank, False
        session().flush()
        ids[rule.key] = target.id
    for gone in stored.values():
        gone.is_active, gone.is_removed = False, True
    session().delete(row)
    keys = [ids.get(difference.rule.key, difference.rule.id) for difference in found]
    changes.record_rules(jurisdiction_id, found, keys, account_id=account_id, now=now)
    return found


_COVERS = text("""
SELECT one.id AS outer_id, other.id AS inner_id
  FROM area AS one
  JOIN area AS other ON other.id <> one.id AND ST_Covers(one.boundary, other.boundary)
 WHERE one.id = ANY (CAST(:area_ids AS integer[])) AND other.id = ANY (CAST(:area_ids AS integer[]))
 UNION ALL
SELECT NULL, area.id
  FROM area
  JOIN jurisdiction ON jurisdiction.id = area.jurisdiction_id
   AND NOT ST_Intersects(jurisdiction.boundary, area.boundary)
 WHERE area.id = ANY (CAST(:area_ids AS integer[]))
""")


def world(jurisdiction_id: int, rules: Sequence[Rule]) -> World:
    """What there is for these rules to ask about, now."""
    area_ids = list({rule.area_id for rule in rules if rule.area_id is not None})
    pairs = session().execute(_COVERS, {"area_ids": area_ids}).all() if area_ids else []
    reportable = services(jurisdiction_id)
    roads = RoadSegment.jurisdiction_id == jurisdiction_id
    lamps = and_(Asset.jurisdiction_id == jurisdiction_id, Asset.is_active)
    return World(
        services={service.id: service.group_id for service in reportable},
        with_lamp=frozenset(each.id for each in reportable if each.needs == Needs.LAMP),
        departments=frozenset(department.id for department in in_jurisdiction(jurisdiction_id)),
        categories=frozenset(_values(RoadSegment.category, roads)),
        managers=frozenset(managers(jurisdiction_id)),
        owners=frozenset(_values(Asset.owner, lamps)),
        covers=frozenset((outer, inner) for outer, inner in pairs if outer is not None),
        outside=frozenset(inner for outer, inner in pairs if outer is None),
    )


def managers(jurisdiction_id: int) -> Sequence[str]:
    """Who looks after roads here, by name."""
    return _values(RoadSegment.manager, RoadSegment.jurisdiction_id == jurisdiction_id)


def _values(column: InstrumentedAttribute[Any], where: ColumnElement[bool]) -> list[str]:
    """The few different values of a column in many rows, in their order: one look into its index for each."""
    first = select(func.min(column).label("value")).where(where)
    found = first.cte("found", recursive=True)
    following = select(func.min(column)).where(where, column > found.c.value).scalar_subquery()
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    return list(session().scalars(select(found.c.value).where(found.c.value.is_not(None))))


def _rule(row: RoutingRule) -> Rule:
    values: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    values["road_categories"] = categories(row.road_categories)
    return Rule(id=row.id, key=str(row.id), **values)


def _place(rules: Sequence[Rule], key: str) -> int:
    found = next((place for place, rule in enumerate(rules) if rule.key == key), None)
    if found is None:
        raise NotFound(gettext("There is no such rule in the draft. It may have been removed."))
    return found


def _edit(jurisdiction_id: int, version: int, account_id: int, edit: Edit) -> None:
    now = changes.one_at_a_time(jurisdiction_id)
    row = _locked(jurisdiction_id, version)
    _refuse_outdated(row)
    row.rules = as_json(edit([from_json(values) for values in row.rules]))
    row.version, row.account_id, row.updated_at = row.version + 1, account_id, now
    session().flush()


def _locked(jurisdiction_id: int, version: int) -> RoutingDraft:
    row = session().get(RoutingDraft, jurisdiction_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Conflict(gettext("The draft is gone. Someone has put it in force or thrown it away."))
    if row.version != version:
        detail = gettext("Someone changed the draft while you had it open.")
        raise OutdatedVersion(detail, expected=version, actual=row.version)
    return row


def _refuse_outdated(row: RoutingDraft) -> None:
    if changes.rules_changed_since(row.jurisdiction_id, row.updated_at):
        raise Conflict(gettext("The rules in force were changed after this draft was made."))


def _check(jurisdiction_id: int, rule: Rule, *, in_use: bool) -> None:
    """:raises Invalid: something that the rule names is not this municipality's, or not in use."""
    errors = {
        field: gettext("Choose one from the list.")
        for field, column, table in REFERENCES
        if not _may_name(jurisdiction_id, table, getattr(rule, column), in_use)
    }
    if errors:
        raise Invalid(errors)


def _may_name(jurisdiction_id: int, table: Any, key: int | None, in_use: bool) -> bool:
    if key is None:
        return True
    found = session().get(table, key)
    is_ours = found is not None and found.jurisdiction_id == jurisdiction_id
    return is_ours and (not in_use or getattr(found, "is_active", True))
