"""Rules, what changed in them and why one never decides, in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.i18n import day, gettext, language, localised, ngettext
from app.routing.coverage import Finding, Reason
from app.routing.models import Channel, Owner, RoadCategory
from app.routing.reasons import category_word, owner_word
from app.routing.rules import Difference, Kind, Rule

Texts = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of everything that rules point to, by key and by code."""

    service_id: Mapping[int | str, Texts]
    service_group_id: Mapping[int | str, Texts]
    area_id: Mapping[int | str, Texts]
    department_id: Mapping[int | str, Texts]

    def of(self, column: str, key: int | str | None) -> str:
        """The name, or what we know of it."""
        if key is None:
            return ""
        found: Mapping[int | str, Texts] = getattr(self, column)
        return localised(found[key]) if key in found else str(key)


def conditions(rule: Rule, names: Names) -> list[str]:
    """Each condition in words; empty for a rule that takes everything."""
    if rule.service_group_id is not None:
        what = gettext(
            "all about %(group)s", group=names.of("service_group_id", rule.service_group_id)
        )
    else:
        what = names.of("service_id", rule.service_id)
    area = names.of("area_id", rule.area_id)
    season = rule.season_from and rule.season_to and (rule.season_from, rule.season_to)
    found = (
        what,
        roads(rule.road_categories),
        rule.road_manager and gettext("run by %(manager)s", manager=rule.road_manager),
        rule.asset_owner
        and gettext("lamp of %(owner)s", owner=owner_word(Owner(rule.asset_owner))),
        area and gettext("in the area %(area)s", area=area),
        season and season_words(*season),
        rule.channel and channel_word(rule.channel),
        None if rule.is_acute is None else acute_word(rule.is_acute),
    )
    said = [text for text in found if text]
    return [said[0][:1].upper() + said[0][1:], *said[1:]] if said else []


def sentence(rule: Rule, names: Names) -> str:
    """«Hull i veien · fylkesvei · 1. november–31. mars»."""
    return " · ".join(conditions(rule, names)) or gettext("Everything")


def roads(categories: Sequence[str] | None) -> str:
    """«fylkesvei eller riksvei»."""
    words = [category_word(RoadCategory(value)) for value in categories or ()]
    if language() != "en":
        words = [word[:1].lower() + word[1:] for word in words]
    return listed(words, gettext("or"))


def listed(words: Sequence[str], joint: str) -> str:
    """«a, b eller c»."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def season_words(first: int, last: int) -> str:
    """«1. november–31. mars»."""
    return f"{_day(first)}–{_day(last)}"


def _day(value: int) -> str:
    return day(date(2024, value // 100, value % 100), year=False)


def channel_word(channel: str) -> str:
    """How a report came in."""
    match Channel(channel):
        case Channel.WEB:
            return gettext("from the form")
        case Channel.API:
            return gettext("from another service")
        case Channel.PHONE:
            return gettext("by telephone")
        case Channel.COUNTER:
            return gettext("at the counter")
        case Channel.EMAIL:
            return gettext("by e-mail")
        case Channel.LETTER:
            return gettext("by letter")
        case Channel.SOCIAL:
            return gettext("from social media")
        case Channel.IMPORT:
            return gettext("imported")


def acute_word(is_acute: bool) -> str:
    """Whether someone may be in danger."""
    return gettext("danger now") if is_acute else gettext("no danger now")


def numbered(rules: Sequence[Rule], ranks: Mapping[str, int]) -> str:
    """«regel 3 «Veier» og regel 5 «Gatelys»»."""
    said = [
        gettext("rule %(rank)s «%(name)s»", rank=ranks[rule.key], name=rule.name) for rule in rules
    ]
    return listed(said, gettext("and"))


def never(finding: Finding, ranks: Mapping[str, int]) -> str:
    """Why the rule never decides, as a sentence."""
    match finding.reason:
        case Reason.TAKEN:
            taken = ngettext(
                "%(rules)s takes everything first.",
                "%(rules)s take everything first.",
                len(finding.takers),
                rules=numbered(finding.takers, ranks),
            )
            after = gettext("This one only gets what those departments send back.")
            taken = taken[:1].upper() + taken[1:]
            return f"{taken} {after}" if finding.may_follow else taken
        case Reason.NO_DAY:
            return gettext("There is no day in its season.")
        case Reason.DEPARTMENT_OUT_OF_USE:
            return gettext("Its department is out of use.")
        case Reason.SERVICE_OUT_OF_USE:
            return gettext("What it asks for can no longer be reported.")
        case Reason.NO_ROADS:
            return gettext("No roads are imported yet.")
        case Reason.NO_SUCH_ROAD:
            return gettext("There is no such road in the municipality.")
        case Reason.NO_ASSETS:
            return gettext("No lamps are imported yet.")
        case Reason.NO_SUCH_OWNER:
            return gettext("No lamp has this owner.")
        case Reason.WITHOUT_LAMP:
            return gettext("What it asks for is reported without a lamp.")
        case Reason.OUTSIDE:
            return gettext("Its area lies outside the municipality.")


def kind_word(kind: str) -> str:
    """What happened, in a word."""
    match Kind(kind):
        case Kind.ADDED:
            return gettext("New rule")
        case Kind.CHANGED:
            return gettext("Changed")
        case Kind.MOVED:
            return gettext("Moved")
        case Kind.DISABLED:
            return gettext("Disabled")
        case Kind.ENABLED:
            return gettext("Enabled")
        case Kind.REMOVED:
            return gettext("Removed")
        case Kind.AREA_ADDED:
            return gettext("New area")
        case Kind.AREA_REMOVED:
            return gettext("Area removed")


COLUMNS = {
    "service": "service_id",
    "group": "service_group_id",
    "area": "area_id",
    "department": "department_id",
}


def told(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names
) -> list[str]:
    """A change of the log, field by field: «Avdeling: Vei → Park»."""
    match Kind(kind):
        case Kind.MOVED:
            return [
                gettext(
                    "From place %(before)s to place %(after)s",
                    before=(before or {}).get("rank"),
                    after=(after or {}).get("rank"),
                )
            ]
        case Kind.DISABLED | Kind.ENABLED | Kind.AREA_ADDED | Kind.AREA_REMOVED:
            return []
        case Kind.CHANGED:
            one, other = before or {}, after or {}
            fields = [name for name in FIELDS if name in one or name in other]
            return [
                f"{FIELDS[name]()}: {_value(name, one.get(name), names)}"
                f" → {_value(name, other.get(name), names)}"
                for name in fields
            ]
        case Kind.ADDED | Kind.REMOVED:
            values = after if kind == Kind.ADDED else before
            return [
                f"{FIELDS[name]()}: {_value(name, value, names)}"
                for name, value in (values or {}).items()
                if name in FIELDS and name != "name"
            ]


FIELDS: dict[str, Callable[[], str]] = {
    "name": lambda: gettext("Name"),
    "service": lambda: gettext("What is reported"),
    "group": lambda: gettext("Group"),
    "road": lambda: gettext("Road"),
    "road_manager": lambda: gettext("Road's manager"),
    "asset_owner": lambda: gettext("Lamp's owner"),
    "area": lambda: gettext("Area"),
    "season": lambda: gettext("Season"),
    "channel": lambda: gettext("Channel"),
    "acute": lambda: gettext("Danger"),
    "department": lambda: gettext("Department"),
}


def _value(name: str, value: Any, names: Names) -> str:
    if value is None:
        return gettext("nothing")
    if name in COLUMNS:
        return names.of(COLUMNS[name], value)
    if name == "road":
        return roads(value)
    if name == "asset_owner":
        return owner_word(Owner(value))
    if name == "season":
        first, last = (int(value[side].replace("-", "")) for side in ("from", "to"))
        return season_words(first, last)
    if name == "channel":
        return channel_word(value)
    return acute_word(value) if name == "acute" else str(value)


def done(difference: Difference, names: Names) -> list[str]:
    """A difference that is about to be put in force, in the same words as in the log."""
    before, after = difference.before, difference.after
    match difference.kind:
        case Kind.ADDED | Kind.REMOVED:
            rule = difference.rule
            arrow = names.of("department_id", rule.department_id)
            return [f"{sentence(rule, names)} → {arrow}"]
        case Kind.CHANGED if before and after:
            lines = []
            if before.name != after.name:
                word = gettext("Name")
                lines.append(f"{word}: {before.name} → {after.name}")
            if sentence(before, names) != sentence(after, names):
                lines.append(f"{sentence(before, names)} → {sentence(after, names)}")
            if before.department_id != after.department_id:
                one, other = (names.of("department_id", r.department_id) for r in (before, after))
                word = gettext("Department")
                lines.append(f"{word}: {one} → {other}")
            return lines
        case Kind.MOVED:
            ranks = {"before": difference.rank_before, "after": difference.rank_after}
            return [gettext("From place %(before)s to place %(after)s", **ranks)]
        case _:
            return []
