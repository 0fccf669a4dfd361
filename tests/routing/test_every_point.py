"""Whatever the ground and the rules are, every place of the municipality has exactly one that answers."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from geoalchemy2.shape import to_shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, prepare
from sqlalchemy import select, text

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.errors import OutsideJurisdiction
from app.geo.positions import Position
from app.routing.models import Area, Channel, Owner, RoadCategory, RoutingRule
from app.routing.operations import Case, decide

from .ground import insert, lamp, road

CATEGORIES = [category.value for category in RoadCategory]
OWNERS = [owner.value for owner in Owner]
MANAGERS = ["Fylket", "Staten"]
DAYS = [101, 229, 331, 401, 630, 1101, 1231]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
UNIT = st.floats(0, 1, allow_nan=False)
GAP = st.floats(-0.003, 0.003, allow_nan=False)


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(values)


RULES = st.fixed_dictionaries(
    {
        "service": UNIT,
        "about": st.sampled_from(["service", "group", "anything"]),
        "in_area": st.booleans(),
        "channel": maybe(list(Channel)),
        "road_categories": st.none() | st.lists(st.sampled_from(CATEGORIES), max_size=3),
        "road_manager": maybe(MANAGERS),
        "asset_owner": maybe(OWNERS),
        "season": st.none() | st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)),
        "is_acute": maybe([True, False]),
        "department": UNIT,
        "is_active": st.booleans(),
        "rank": st.integers(-5, 5),
    }
)
ROADS = st.tuples(st.sampled_from(CATEGORIES), maybe(MANAGERS), GAP, GAP, GAP, GAP)
LAMPS = st.tuples(st.sampled_from(OWNERS), GAP, GAP, st.booleans())


@pytest.fixture
def boundary(jurisdiction):
    area = to_shape(jurisdiction.boundary)
    prepare(area)
    return area


def pick(values: list[Any], where: float) -> Any:
    return values[min(int(where * len(values)), len(values) - 1)]


def lay(jurisdiction, place: Position, roads, lamps, rules) -> None:
    """Roads, lamps and an area around the place, and these rules instead of those of the folder."""
    x, y = place.longitude, place.latitude
    for category, manager, *gaps in roads:
        west, south, east, north = gaps
        line = f"LINESTRING({x + west:.7f} {y + south:.7f}, {x + east:.7f} {y + north:.7f})"
        road(jurisdiction, category, line, manager=manager)
    for number, (owner, east, north, is_active) in enumerate(lamps):
        point = f"POINT({x + east / 10:.7f} {y + north / 10:.7f})"
        lamp(jurisdiction, f"H-{number}", owner, point, is_active=is_active)
    insert(
        "area (jurisdiction_id, code, name, boundary)"
        " VALUES (:id, 'here', jsonb_build_object('nb', 'Her', 'nn', 'Her', 'en', 'Here'),"
        " ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(:x, :y), 4326), 0.001)))",
        id=jurisdiction.id,
        x=x,
        y=y,
    )
    session().query(RoutingRule).update({"is_active": False})
    session().add_all(_rule(jurisdiction, number, dict(told)) for number, told in enumerate(rules))
    session().flush()


def _rule(jurisdiction, number: int, told: dict[str, Any]) -> RoutingRule:
    services = session().scalars(select(Service.id).order_by(Service.id)).all()
    groups = session().scalars(select(ServiceGroup.id).order_by(ServiceGroup.id)).all()
    departments = session().scalars(select(Department.id).order_by(Department.id)).all()
    about, where, season = told.pop("about"), told.pop("service"), told.pop("season")
    department, in_area = told.pop("department"), told.pop("in_area")
    here = session().scalars(select(Area.id).where(Area.code == "here")).one()
    return RoutingRule(
        jurisdiction_id=jurisdiction.id,
        name=f"rule {number}",
        service_id=pick(services, where) if about == "service" else None,
        service_group_id=pick(groups, where) if about == "group" else None,
        area_id=here if in_area else None,
        season_from=season[0] if season else None,
        season_to=season[1] if season else None,
        department_id=pick(departments, department),
        **told,
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    where=st.tuples(UNIT, UNIT),
    service=UNIT,
    channel=st.sampled_from(Channel),
    is_acute=st.booleans(),
    at=MOMENTS,
    roads=st.lists(ROADS, max_size=4),
    lamps=st.lists(LAMPS, max_size=3),
    rules=st.lists(RULES, max_size=6),
)
def test_every_point_inside_has_one_department_and_a_reason_and_outside_is_refused(
    jurisdiction, boundary, where, service, channel, is_acute, at, roads, lamps, rules
):
    west, south, east, north = boundary.bounds
    place = Position(
        longitude=west + where[0] * (east - west), latitude=south + where[1] * (north - south)
    )
    services = session().scalars(select(Service).order_by(Service.id)).all()
    case = Case(
        service=pick(list(services), service),
        position=place,
        channel=channel,
        at=at,
        time_zone=jurisdiction.time_zone,
        is_acute=is_acute,
    )
    with session().begin_nested() as undone:
        lay(jurisdiction, place, roads, lamps, rules)
        if boundary.covers(Point(place.longitude, place.latitude)):
            decision = decide(case, languages=jurisdiction.languages)
            _has_one_that_answers(jurisdiction, decision)
            assert decide(replace(case, asset_ids=()), languages=["nb"]).rule_id == decision.rule_id
        else:
            with pytest.raises(OutsideJurisdiction):
                decide(case, languages=jurisdiction.languages)
        undone.rollback()


def _has_one_that_answers(jurisdiction, decision) -> None:
    department = session().get_one(Department, decision.department_id)
    assert department.is_active
    assert department.jurisdiction_id == jurisdiction.id
    assert list(decision.reason) == list(jurisdiction.languages)
    for language, sentence in decision.reason.items():
        assert department.name[language] in sentence
    if decision.rule_id is None:
        assert department.is_first_line
    else:
        found = session().get_one(RoutingRule, decision.rule_id)
        assert (found.department_id, found.is_active) == (department.id, True)
        earlier = text(
            "SELECT count(*) FROM routing_rule WHERE is_active AND rank < :rank AND service_id IS NULL"
            " AND service_group_id IS NULL AND area_id IS NULL AND channel IS NULL AND is_acute IS NULL"
            " AND road_categories IS NULL AND road_manager IS NULL AND asset_owner IS NULL"
            " AND season_from IS NULL"
        )
        assert session().scalar(earlier, {"rank": found.rank}) == 0
