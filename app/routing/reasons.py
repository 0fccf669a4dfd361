"""A decision as a sentence: the road or the lamp, how far away, who owns it, and which rule decided. Pure."""

from dataclasses import dataclass

from app.i18n import gettext, number
from app.routing.models import Owner, RoadCategory

HERE_METRES = 3
"""Nearer than this to its centre line one stands on the road."""


@dataclass(frozen=True, kw_only=True)
class Road:
    """The road at the place. `metres` from the report's position to its centre line."""

    category: RoadCategory
    number: int | None
    manager: str | None
    street_name: str | None
    metres: float


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """The lamp that a report is about, or the nearest one."""

    number: str
    owner: Owner
    operator: str | None


def category_word(category: RoadCategory) -> str:
    """«Fylkesvei»."""
    match category:
        case RoadCategory.EUROPEAN:
            return gettext("European road")
        case RoadCategory.NATIONAL:
            return gettext("National road")
        case RoadCategory.COUNTY:
            return gettext("County road")
        case RoadCategory.MUNICIPAL:
            return gettext("Municipal road")
        case RoadCategory.PRIVATE:
            return gettext("Private road")
        case RoadCategory.FOREST:
            return gettext("Forest road")
        case RoadCategory.UNKNOWN:
            return gettext("Road without a known owner")


def owner_word(owner: Owner) -> str:
    """«Kommunen»."""
    match owner:
        case Owner.MUNICIPALITY:
            return gettext("the municipality")
        case Owner.COUNTY:
            return gettext("the county")
        case Owner.STATE:
            return gettext("the state")
        case Owner.PRIVATE:
            return gettext("a private owner")
        case Owner.GRID_COMPANY:
            return gettext("the grid company")
        case Owner.UNKNOWN:
            return gettext("an owner we do not know")


def road_owner(road: Road) -> str:
    """The manager by name if NVDB says it, else who owns roads of this category."""
    if road.manager:
        return road.manager
    match road.category:
        case RoadCategory.EUROPEAN | RoadCategory.NATIONAL:
            return owner_word(Owner.STATE)
        case RoadCategory.COUNTY:
            return owner_word(Owner.COUNTY)
        case RoadCategory.MUNICIPAL:
            return owner_word(Owner.MUNICIPALITY)
        case RoadCategory.PRIVATE | RoadCategory.FOREST:
            return owner_word(Owner.PRIVATE)
        case RoadCategory.UNKNOWN:
            return owner_word(Owner.UNKNOWN)


def road_name(road: Road) -> str:
    """«Fylkesvei 64», «Kommunal vei (Vågeveien)»: numbers for through roads, street names for the rest."""
    word = category_word(road.category)
    through = {RoadCategory.EUROPEAN, RoadCategory.NATIONAL, RoadCategory.COUNTY}
    if road.category in through and road.number:
        return f"{word}\u00a0{road.number}"
    return f"{word} ({road.street_name})" if road.street_name else word


def road_sentence(road: Road) -> str:
    """«Fylkesvei 64 ligger 7 m unna og hører til Møre og Romsdal fylkeskommune.»"""
    if road.metres < HERE_METRES:
        return gettext(
            "%(road)s runs here and belongs to %(owner)s.",
            road=road_name(road),
            owner=road_owner(road),
        )
    return gettext(
        "%(road)s is %(metres)s m away and belongs to %(owner)s.",
        road=road_name(road),
        metres=number(round(road.metres)),
        owner=road_owner(road),
    )


def lamp_sentence(lamp: Lamp) -> str:
    """«Lykt 1234 hører til kommunen og drives av …»"""
    facts = {"number": lamp.number, "owner": owner_word(lamp.owner)}
    if lamp.operator:
        return gettext(
            "Lamp %(number)s belongs to %(owner)s and is run by %(operator)s.",
            operator=lamp.operator,
            **facts,
        )
    return gettext("Lamp %(number)s belongs to %(owner)s.", **facts)


def decision_sentence(
    *, department: str, what: str, area: str, rank: int | None, by_ground: bool = False
) -> str:
    """«Kommunalteknikk – vei har ansvar for meldinger om «Vei» (regel 8).» Without a rule: the first line.

    :param by_ground: the rule asked whose the road or the lamp is, and the sentence before has said it.
    """
    facts = {"department": department, "what": what, "area": area, "rank": rank}
    if rank is None:
        return gettext(
            "This kind of report has no department of its own, so %(department)s finds the right one.",
            **facts,
        )
    if by_ground and what:
        return gettext(
            "So reports about «%(what)s» here go to %(department)s (rule %(rank)s).", **facts
        )
    if area and what:
        return gettext(
            "%(department)s answers for reports about «%(what)s» in the area %(area)s (rule %(rank)s).",
            **facts,
        )
    if area:
        return gettext(
            "%(department)s answers for reports in the area %(area)s (rule %(rank)s).", **facts
        )
    if what:
        return gettext(
            "%(department)s answers for reports about «%(what)s» (rule %(rank)s).", **facts
        )
    return gettext("%(department)s answers for such reports here (rule %(rank)s).", **facts)
