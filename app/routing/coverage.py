"""Which rules can never decide about a report, and why. Pure.

What rules may ask about is a space of few values in seven directions: service, category and manager of the
road, owner of the lamp, channel, danger, day of the year. A rule is a box in it, a set of values in each
direction (as bits of an integer). What is left of a rule after the boxes before it are taken away is exact.
Areas stand outside: a rule counts as coming before another only if it has no area, or one that covers the
other's. So what is called impossible is impossible; what only several areas together take is not found.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from app.routing.models import ASKED_CHANNELS
from app.routing.rules import Rule

DAYS = [
    day.month * 100 + day.day for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(366))
]
MAX_BOXES = 400
MAX_WORK = 150_000
"""A rule whose rest falls into more boxes, or a list that needs more comparisons, is not judged further."""

Box = tuple[int, ...]


class Reason(StrEnum):
    """Why a rule never decides."""

    TAKEN = "taken"
    NO_DAY = "no_day"
    DEPARTMENT_OUT_OF_USE = "department_out_of_use"
    SERVICE_OUT_OF_USE = "service_out_of_use"
    NO_ROADS = "no_roads"
    NO_SUCH_ROAD = "no_such_road"
    NO_ASSETS = "no_assets"
    NO_SUCH_OWNER = "no_such_owner"
    WITHOUT_LAMP = "without_lamp"
    OUTSIDE = "outside"


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is to ask about.

    :param services: the services in use and the group of each.
    :param with_lamp: those of them that are about a lamp; only their reports know the owner of one.
    :param departments: those in use.
    :param covers: pairs of areas; the first covers the second.
    :param outside: areas that share no place with the municipality.
    """

    services: Mapping[int, int]
    with_lamp: frozenset[int]
    departments: frozenset[int]
    categories: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    covers: frozenset[tuple[int, int]] = frozenset()
    outside: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that never decides. `takers`: the rules that take everything first, in their order.

    `may_follow`: it still gets what the departments of those rules send back.
    """

    rule: Rule
    reason: Reason
    takers: tuple[Rule, ...] = ()
    may_follow: bool = False


@dataclass
class _Work:
    left: int = field(default=MAX_WORK)


def findings(rules: Sequence[Rule], world: World) -> dict[str, Finding]:
    """By key: the rules in use that never decide, given the rules in their order."""
    earlier: list[tuple[Rule, Box]] = []
    found: dict[str, Finding] = {}
    work = _Work()
    for rule in rules:
        if not rule.is_active:
            continue
        reason = _impossible(rule, world)
        if reason:
            found[rule.key] = Finding(rule=rule, reason=reason)
            continue
        box = _box(rule, world)
        before = [(other, shape) for other, shape in earlier if _counts(other, rule, world.covers)]
        takers = _takers(box, before, work)
        if takers:
            others = any(taker.department_id != rule.department_id for taker in takers)
            found[rule.key] = Finding(
                rule=rule, reason=Reason.TAKEN, takers=takers, may_follow=others
            )
        else:
            earlier.append((rule, box))
    return found


def season_days(first: int, last: int) -> list[int]:
    """The days of the year from the first to the last, over New Year when the first is later."""
    if first <= last:
        return [day for day in DAYS if first <= day <= last]
    return [day for day in DAYS if day >= first or day <= last]


def _impossible(rule: Rule, world: World) -> Reason | None:
    """Why no report at all can fit, whatever stands before."""
    wanted = set(rule.road_categories or ())
    no_road = (wanted and not wanted & world.categories) or (
        rule.road_manager is not None and rule.road_manager not in world.managers
    )
    checks = (
        (rule.department_id not in world.departments, Reason.DEPARTMENT_OUT_OF_USE),
        (not _asked(rule, world.services), Reason.SERVICE_OUT_OF_USE),
        (_season(rule) == 0, Reason.NO_DAY),
        (bool(no_road), Reason.NO_SUCH_ROAD if world.categories else Reason.NO_ROADS),
        (
            rule.asset_owner is not None and rule.asset_owner not in world.owners,
            Reason.NO_SUCH_OWNER if world.owners else Reason.NO_ASSETS,
        ),
        (not _services(rule, world), Reason.WITHOUT_LAMP),
        (rule.area_id in world.outside, Reason.OUTSIDE),
    )
    return next((reason for is_so, reason in checks if is_so), None)


def _counts(earlier: Rule, rule: Rule, covers: frozenset[tuple[int, int]]) -> bool:
    """Whether the earlier rule holds wherever the later one does."""
    if earlier.area_id is None or earlier.area_id == rule.area_id:
        return True
    return rule.area_id is not None and (earlier.area_id, rule.area_id) in covers


def _takers(box: Box, earlier: Sequence[tuple[Rule, Box]], work: _Work) -> tuple[Rule, ...]:
    """The earlier rules that together take all of the box. Empty: something is left, or it is too much work."""
    work.left -= len(earlier)
    near = [(rule, shape) for rule, shape in earlier if _meet(box, shape)]
    whole = next((rule for rule, shape in near if _within(box, shape)), None)
    if whole:
        return (whole,)
    rest, takers = [box], []
    for rule, shape in near:
        work.left -= len(rest)
        if work.left < 0 or len(rest) > MAX_BOXES:
            return ()
        after = [part for piece in rest for part in _without(piece, shape)]
        if after != rest:
            takers.append(rule)
        rest = after
        if not rest:
            return tuple(takers)
    return ()


def _meet(one: Box, other: Box) -> bool:
    return all(a & b for a, b in zip(one, other, strict=True))


def _within(inner: Box, outer: Box) -> bool:
    return not any(a & ~b for a, b in zip(inner, outer, strict=True))


def _without(box: Box, taken: Box) -> list[Box]:
    """The box without what it shares with another: at most one piece for each direction."""
    if not _meet(box, taken):
        return [box]
    pieces, rest = [], list(box)
    for place, mask in enumerate(taken):
        outside = rest[place] & ~mask
        if outside:
            pieces.append((*rest[:place], outside, *rest[place + 1 :]))
        rest[place] &= mask
    return pieces


def _box(rule: Rule, world: World) -> Box:
    """The rule's values in each direction."""
    return (
        _services(rule, world),
        _bits(rule.road_categories, world.categories),
        _bits(rule.road_manager and (rule.road_manager,), world.managers),
        _bits(rule.asset_owner and (rule.asset_owner,), world.owners),
        _bits(rule.channel and (rule.channel,), frozenset(ASKED_CHANNELS)),
        0b11 if rule.is_acute is None else 0b10 if rule.is_acute else 0b01,
        _season(rule),
    )


def _bits(wanted: Collection[str] | None, values: frozenset[str]) -> int:
    """A bit for each value that fits; without a wish all of them, and one more for «none»."""
    if not wanted:
        return (1 << len(values) + 1) - 1
    return sum(1 << place for place, value in enumerate(sorted(values)) if value in wanted)


def _services(rule: Rule, world: World) -> int:
    """The services that the rule can decide about: if it asks for a lamp's owner, those with a lamp only."""
    asked = _asked(rule, world.services)
    if rule.asset_owner is not None:
        asked &= world.with_lamp
    return sum(1 << place for place, key in enumerate(sorted(world.services)) if key in asked)


def _asked(rule: Rule, services: Mapping[int, int]) -> frozenset[int]:
    return frozenset(
        service
        for service, group in services.items()
        if rule.service_id in {None, service} and rule.service_group_id in {None, group}
    )


def _season(rule: Rule) -> int:
    if rule.season_from is None or rule.season_to is None:
        return (1 << len(DAYS)) - 1
    days = set(season_days(rule.season_from, rule.season_to))
    return sum(1 << place for place, day in enumerate(DAYS) if day in days)
