"""The one statement that decides, and what else is read of rules and the ground."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import RowMapping, func, select, text

from app.database import session
from app.geo.positions import Box, Position
from app.routing.matching import AREAS, MATCHES, NEAREST_LAMP, NEAREST_ROAD
from app.routing.models import LAMP, Area, Asset, GroundImport, RoutingRule


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What rules may ask about, before the ground is asked.

    :param day: of the year, month × 100 + day, by the municipality's clock.
    :param asset_ids: what the reporter picked; without a pick a lamp's service takes the nearest lamp.
    :param refused: departments that have said no: their rules are passed over.
    """

    jurisdiction_id: int
    service_id: int
    service_group_id: int
    needs_lamp: bool
    position: Position
    channel: str
    is_acute: bool
    day: int
    asset_ids: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


_DECIDE = text(f"""
WITH place AS MATERIALIZED (
     SELECT ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326) AS position,
            ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)::geography AS place,
            CAST(:jurisdiction_id AS integer) AS jurisdiction_id,
            CAST(:needs_lamp AS boolean) AS needs_lamp, CAST(:asset_ids AS bigint[]) AS asset_ids),
fact AS MATERIALIZED (
     SELECT fact.*,
            CAST(:service_id AS integer) AS service_id, CAST(:service_group_id AS integer) AS service_group_id,
            CAST(:channel AS text) AS channel, CAST(:is_acute AS boolean) AS is_acute,
            CAST(:day AS integer) AS day,
            road.category AS road_category, road.manager AS road_manager, road.number AS road_number,
            road.street_name, road.metres AS road_metres,
            lamp.owner AS asset_owner, lamp.operator AS asset_operator, lamp.number AS asset_number,
            ({AREAS}) AS area_ids
       FROM place AS fact
       LEFT JOIN LATERAL ({NEAREST_ROAD}) AS road ON true
       LEFT JOIN LATERAL ({NEAREST_LAMP}) AS lamp ON true)
SELECT ST_Covers(jurisdiction.boundary, fact.position) AS is_covered,
       fact.road_category, fact.road_manager, fact.road_number, fact.street_name, fact.road_metres,
       fact.asset_owner, fact.asset_operator, fact.asset_number,
       rule.id AS rule_id, rule.rank AS rule_rank, rule.name AS rule_name,
       rule.service_id IS NOT NULL AS by_service, rule.service_group_id IS NOT NULL AS by_group,
       rule.road_categories IS NOT NULL OR rule.road_manager IS NOT NULL AS by_road,
       rule.asset_owner IS NOT NULL AS by_asset, area.name AS area_name,
       department.id AS department_id, department.name AS department_name,
       department.kind AS department_kind, department.receives AS department_receives
  FROM fact
  JOIN jurisdiction ON jurisdiction.id = fact.jurisdiction_id
  LEFT JOIN LATERAL (
       SELECT rule.*
         FROM routing_rule AS rule
         JOIN department AS taker ON taker.id = rule.department_id AND taker.is_active
        WHERE rule.jurisdiction_id = fact.jurisdiction_id AND rule.is_active
          AND NOT rule.department_id = ANY (CAST(:refused AS integer[]))
          AND {MATCHES}
        ORDER BY rule.rank, rule.id
        LIMIT 1) AS rule ON true
  LEFT JOIN area ON area.id = rule.area_id
  JOIN department ON department.jurisdiction_id = jurisdiction.id
   AND CASE WHEN rule.id IS NULL THEN department.is_first_line ELSE department.id = rule.department_id END
""")  # noqa: S608


def decide(facts: Facts) -> RowMapping:
    """Whether the municipality covers the position, what the ground says, and the first rule that fits or
    the first-line desk.
    """
    values: dict[str, Any] = asdict(facts)
    values |= {name: list(values[name]) for name in ("asset_ids", "refused")}
    values |= {"longitude": facts.position.longitude, "latitude": facts.position.latitude}
    del values["position"]
    return session().execute(_DECIDE, values).mappings().one()


_ROAD = text(f"""
WITH fact AS (SELECT CAST(:jurisdiction_id AS integer) AS jurisdiction_id,
                     ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)::geography AS place)
SELECT road.category AS road_category, road.manager AS road_manager, road.number AS road_number,
       road.street_name, road.metres AS road_metres
  FROM fact CROSS JOIN LATERAL ({NEAREST_ROAD}) AS road
""")  # noqa: S608


def nearest_road(jurisdiction_id: int, position: Position) -> RowMapping | None:
    """The road that the decision would take for the one at this position."""
    place = {"longitude": position.longitude, "latitude": position.latitude}
    values = {"jurisdiction_id": jurisdiction_id, **place}
    return session().execute(_ROAD, values).mappings().one_or_none()


def rules(jurisdiction_id: int) -> Sequence[RoutingRule]:
    """The rules, disabled ones too, in their order."""
    query = (
        select(RoutingRule)
        .where(RoutingRule.jurisdiction_id == jurisdiction_id, ~RoutingRule.is_removed)
        .order_by(RoutingRule.rank, RoutingRule.id)
    )
    return session().scalars(query).all()


def areas(jurisdiction_id: int) -> Sequence[Area]:
    """The areas that rules may name, by code; without their boundaries."""
    query = select(Area).where(Area.jurisdiction_id == jurisdiction_id).order_by(Area.code)
    return session().scalars(query).all()


def latest_import(jurisdiction_id: int, kind: str) -> GroundImport | None:
    """The import that the roads or assets come from."""
    query = (
        select(GroundImport)
        .where(GroundImport.jurisdiction_id == jurisdiction_id, GroundImport.kind == kind)
        .order_by(GroundImport.imported_at.desc(), GroundImport.id.desc())
        .limit(1)
    )
    return session().scalars(query).first()


@dataclass(frozen=True, kw_only=True, slots=True)
class NearAsset:
    """A lamp to pick. EPSG:4326, degrees; metres from the place asked about."""

    id: int
    number: str
    longitude: float
    latitude: float
    metres: float


def _near_columns(position: Position) -> tuple[Any, ...]:
    geometry = func.geometry(Asset.position)
    return (
        Asset.id,
        Asset.number,
        func.ST_X(geometry).label("longitude"),
        func.ST_Y(geometry).label("latitude"),
        func.ST_Distance(Asset.position, _point(position)).label("metres"),
    )


def _point(position: Position) -> Any:
    return func.geography(
        func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    )


def assets_near(
    jurisdiction_id: int,
    position: Position,
    *,
    kind: str = LAMP,
    metres: float = 150,
    limit: int = 12,
) -> list[NearAsset]:
    """The nearest assets in use, nearest first."""
    distance = func.ST_Distance(Asset.position, _point(position)).label("metres")
    query = (
        select(*_near_columns(position))
        .where(
            Asset.jurisdiction_id == jurisdiction_id,
            Asset.kind == kind,
            Asset.is_active,
            func.ST_DWithin(Asset.position, _point(position), metres),
        )
        .order_by(distance, Asset.id)
        .limit(limit)
    )
    return [NearAsset(**row) for row in session().execute(query).mappings()]


def assets_by_number(
    jurisdiction_id: int, numbers: Sequence[str], position: Position, *, kind: str = LAMP
) -> list[NearAsset]:
    """The assets in use with these numbers, nearest first, capitals or not."""
    wanted = [number.upper() for number in numbers]
    query = (
        select(*_near_columns(position))
        .where(
            Asset.jurisdiction_id == jurisdiction_id,
            Asset.kind == kind,
            Asset.is_active,
            func.upper(Asset.number).in_(wanted),
        )
        .order_by(func.ST_Distance(Asset.position, _point(position)), Asset.id)
    )
    return [NearAsset(**row) for row in session().execute(query).mappings()]


def assets_in(
    jurisdiction_id: int, box: Box, *, kind: str, limit: int
) -> tuple[list[NearAsset], int]:
    """The assets in use within a box, by number, and how many there are without the limit.

    `metres` is from the box's south-west corner. The box is one of the map, not of the globe: its edges follow
    the parallels, and it may hold the whole world.
    """
    corner = Position(longitude=box.west, latitude=box.south)
    envelope = func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4326)
    query = (
        select(*_near_columns(corner), func.count().over().label("matched"))
        .where(
            Asset.jurisdiction_id == jurisdiction_id,
            Asset.kind == kind,
            Asset.is_active,
            func.geometry(Asset.position).op("&&")(envelope),
        )
        .order_by(Asset.number, Asset.id)
        .limit(limit)
    )
    rows = [dict(row) for row in session().execute(query).mappings()]
    matched = rows[0]["matched"] if rows else 0
    names = NearAsset.__dataclass_fields__
    return [NearAsset(**{name: row[name] for name in names}) for row in rows], matched
