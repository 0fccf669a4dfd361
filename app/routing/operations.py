"""Deciding who answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from app.catalog.models import Needs, Service
from app.errors import OutsideJurisdiction
from app.geo.positions import Position
from app.i18n import gettext, in_languages, localised
from app.jurisdictions.queries import other_name_at
from app.routing import queries
from app.routing.models import Owner, RoadCategory
from app.routing.reasons import (
    Lamp,
    Road,
    decision_sentence,
    lamp_sentence,
    road_sentence,
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a report says of itself that rules may ask about. `position` is EPSG:4326, longitude first."""

    service: Service
    position: Position
    channel: str
    at: datetime
    time_zone: str
    is_acute: bool = False
    asset_ids: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()

    @property
    def day(self) -> int:
        """Month × 100 + day, by the municipality's clock."""
        local = self.at.astimezone(ZoneInfo(self.time_zone))
        return local.month * 100 + local.day


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who answers and why. `reason` is a sentence in each language; `rule_id` None means the first-line desk.

    `road` and `lamp` are what the ground says, whether the rule asked or not.
    """

    department_id: int
    department_name: dict[str, str]
    is_external: bool
    receives: str
    rule_id: int | None
    rule_rank: int | None
    rule_name: str | None
    road: Road | None
    lamp: Lamp | None
    reason: dict[str, str]


def decide(case: Case, *, languages: Sequence[str]) -> Decision:
    """The department that answers for such a report here.

    :raises OutsideJurisdiction: when the municipality does not cover the position.
    """
    service = case.service
    facts = queries.Facts(
        jurisdiction_id=service.jurisdiction_id,
        service_id=service.id,
        service_group_id=service.group_id,
        needs_lamp=service.needs == Needs.LAMP,
        position=case.position,
        channel=case.channel,
        is_acute=case.is_acute,
        day=case.day,
        asset_ids=case.asset_ids,
        refused=case.refused,
    )
    row = queries.decide(facts)
    if not row["is_covered"]:
        other = other_name_at(service.jurisdiction_id, case.position)
        raise OutsideJurisdiction({"position": outside_sentence(other)})
    road, lamp = _road(row), _lamp(row)
    asks_road = row["by_road"] or service.needs == Needs.ROAD
    shown_road = road if asks_road or (service.needs == Needs.LAMP and not lamp) else None

    def say() -> str:
        what = (
            service.name if row["by_service"] else service.group.name if row["by_group"] else None
        )
        decided = decision_sentence(
            department=localised(row["department_name"]),
            what=localised(what),
            area=localised(row["area_name"]),
            rank=row["rule_rank"],
            by_ground=row["by_road"] or row["by_asset"],
        )
        ground = [road_sentence(shown_road)] if shown_road else []
        ground += [lamp_sentence(lamp)] if lamp else []
        return " ".join([*ground, decided])

    return Decision(
        department_id=row["department_id"],
        department_name=row["department_name"],
        is_external=row["department_kind"] == "external",
        receives=row["department_receives"],
        rule_id=row["rule_id"],
        rule_rank=row["rule_rank"],
        rule_name=row["rule_name"],
        road=road,
        lamp=lamp,
        reason=in_languages(languages, say),
    )


def road_at(jurisdiction_id: int, position: Position) -> Road | None:
    """The nearest road, at most 100 m away."""
    row = queries.nearest_road(jurisdiction_id, position)
    return _road(row) if row else None


def _road(row: RowMapping) -> Road | None:
    if row["road_category"] is None:
        return None
    return Road(
        category=RoadCategory(row["road_category"]),
        number=row["road_number"],
        manager=row["road_manager"],
        street_name=row["street_name"],
        metres=row["road_metres"],
    )


def _lamp(row: RowMapping) -> Lamp | None:
    if row["asset_owner"] is None:
        return None
    owner, operator = Owner(row["asset_owner"]), row["asset_operator"]
    return Lamp(number=row["asset_number"], owner=owner, operator=operator)


def outside_sentence(municipality: str | None) -> str:
    """What to tell someone who points outside the municipality."""
    if municipality:
        is_bare = "kommune" not in municipality and "municipality" not in municipality
        whole = gettext("%(name)s municipality", name=municipality) if is_bare else municipality
        return gettext(
            "The place is in %(municipality)s. We cannot take the report.", municipality=whole
        )
    return gettext("The place is outside the municipality. We cannot take the report.")
