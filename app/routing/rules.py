"""A rule as a value, and the differences between two lists of rules. Pure."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of routing. `id` None: not in force yet. `key` names it in forms, also before it has an id.

    Conditions that are None always hold. A season is two days of the year as month × 100 + day.
    """

    id: int | None
    key: str
    name: str
    department_id: int
    service_id: int | None = None
    service_group_id: int | None = None
    area_id: int | None = None
    channel: str | None = None
    road_categories: tuple[str, ...] | None = None
    road_manager: str | None = None
    asset_owner: str | None = None
    season_from: int | None = None
    season_to: int | None = None
    is_acute: bool | None = None
    is_active: bool = True


NAMES = tuple(field.name for field in fields(Rule))
CONTENT = tuple(name for name in NAMES if name not in {"id", "key", "is_active"})
"""What makes a rule, apart from its place and whether it is in use."""


def as_json(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The rules as a draft stores them: with their places as ranks, and a negative id for new ones."""
    stored = []
    for rank, rule in enumerate(rules, 1):
        values = asdict(rule) | {"rank": rank, "id": -rank if rule.id is None else rule.id}
        values["road_categories"] = rule.road_categories and list(rule.road_categories)
        stored.append(values)
    return stored


def from_json(values: Mapping[str, Any]) -> Rule:
    """A stored rule."""
    known = {name: values[name] for name in NAMES if name in values}
    known["id"] = None if values["id"] is None or values["id"] < 0 else values["id"]
    return Rule(**known | {"road_categories": categories(values.get("road_categories"))})


def categories(stored: Sequence[str] | None) -> tuple[str, ...] | None:
    """Road categories as a rule has them: in one order, None for none."""
    return tuple(sorted(stored)) if stored else None


class Kind(StrEnum):
    """What can happen to a rule, or to an area."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    DISABLED = "disabled"
    ENABLED = "enabled"
    REMOVED = "removed"
    AREA_ADDED = "area_added"
    AREA_REMOVED = "area_removed"


OF_AREAS = (Kind.AREA_ADDED, Kind.AREA_REMOVED)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs. Ranks are places from 1; None where the rule is not in that list."""

    kind: Kind
    before: Rule | None
    after: Rule | None
    rank_before: int | None
    rank_after: int | None

    @property
    def rule(self) -> Rule:
        """The rule as it is afterwards, or as it was when it is gone."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a difference is about a rule")
        return found


def differences(before: Sequence[Rule], after: Sequence[Rule]) -> list[Difference]:
    """What has to happen to the first list to become the second. Rules are the same by their id.

    Of rules that changed places as few as possible are told as moved: the rest kept their order.
    """
    old = {rule.id: (rank, rule) for rank, rule in enumerate(before, 1)}
    kept = [rule.id for rule in after if rule.id in old]
    moved = set(kept) - _longest_rise([(old[key][0], key) for key in kept])
    found = []
    for rank, rule in enumerate(after, 1):
        if rule.id is None or rule.id not in old:
            found.append(_difference(Kind.ADDED, None, rule, None, rank))
            continue
        rank_before, was = old[rule.id]
        kinds = []
        if replace(was, key=rule.key, is_active=rule.is_active) != rule:
            kinds.append(Kind.CHANGED)
        if rule.id in moved:
            kinds.append(Kind.MOVED)
        if was.is_active != rule.is_active:
            kinds.append(Kind.ENABLED if rule.is_active else Kind.DISABLED)
        found += [_difference(kind, was, rule, rank_before, rank) for kind in kinds]
    left = set(kept)
    gone = [(rank, rule) for key, (rank, rule) in old.items() if key not in left]
    return found + [_difference(Kind.REMOVED, rule, None, rank, None) for rank, rule in gone]


def _difference(
    kind: Kind, before: Rule | None, after: Rule | None, rank_before: int | None, rank: int | None
) -> Difference:
    return Difference(
        kind=kind, before=before, after=after, rank_before=rank_before, rank_after=rank
    )


def _longest_rise(pairs: Sequence[tuple[int, int | None]]) -> set[int | None]:
    """The keys of a longest rising subsequence of the ranks (patience sorting)."""
    ends: list[int] = []
    last: list[int] = []
    parent: list[int] = []
    for index, (rank, _) in enumerate(pairs):
        place = bisect_left(ends, rank)
        parent.append(last[place - 1] if place else -1)
        ends[place : place + 1] = [rank]
        last[place : place + 1] = [index]
    chosen, index = set(), last[-1] if last else -1
    while index >= 0:
        chosen.add(pairs[index][1])
        index = parent[index]
    return chosen
