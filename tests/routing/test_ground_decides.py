"""Roads, lamps, season and danger as conditions, and the facts in the reason."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect as sa_inspect

from app.catalog.queries import service_by_code
from app.database import session
from app.jurisdictions.models import Jurisdiction
from app.routing.operations import Case, decide, road_at

from ..factories import TOWN, lamp, near, road, rule

MARCH = datetime(2026, 3, 3, 8, tzinfo=UTC)
COUNTY = "Møre og Romsdal fylkeskommune"


def decision(jurisdiction, code="ROAD-POTHOLE", position=TOWN, at=MARCH, **more):
    case = Case(
        service=service_by_code(jurisdiction.id, code),
        position=position,
        channel="web",
        at=at,
        time_zone=jurisdiction.time_zone,
        **more,
    )
    return decide(case, languages=jurisdiction.languages)


def department(jurisdiction, *given, **more):
    return decision(jurisdiction, *given, **more).department_name["nb"]


def along(jurisdiction, category, *, north, **values):
    """A road from west to east, so many metres north of the town's position."""
    ends = [near(TOWN, east=east, north=north) for east in (-200, 200)]
    return road(jurisdiction, category, *ends, **values)


def test_the_nearest_roads_owner_decides(jurisdiction):
    rule(jurisdiction, "county", rank=-2, group="road", road_categories=["F"])
    along(jurisdiction, "F", north=7)
    along(jurisdiction, "K", north=-12)
    assert department(jurisdiction) == COUNTY
    assert department(jurisdiction, position=near(TOWN, north=-9)) == "Kommunalteknikk – vei"


def test_a_road_farther_away_than_a_hundred_metres_says_nothing(jurisdiction):
    rule(jurisdiction, "county", rank=-2, road_categories=["F"])
    along(jurisdiction, "F", north=95)
    assert department(jurisdiction) == COUNTY
    assert department(jurisdiction, position=near(TOWN, north=-10)) != COUNTY


def test_within_the_same_metre_the_higher_category_has_the_crossing(jurisdiction):
    along(jurisdiction, "K", north=0)
    along(jurisdiction, "F", north=0.2, number=64)
    assert road_at(jurisdiction.id, TOWN).category == "F"


def test_a_ferry_line_is_no_road_to_have_holes_in(jurisdiction):
    along(jurisdiction, "F", north=3, road_type="Bilferje")
    assert road_at(jurisdiction.id, TOWN) is None


def test_a_manager_by_name_is_a_condition(jurisdiction):
    rule(jurisdiction, "waste", rank=-2, road_manager="Nye Veier AS")
    along(jurisdiction, "E", north=30, manager="Statens vegvesen")
    assert department(jurisdiction) == "Statens vegvesen"
    along(jurisdiction, "E", north=3, manager="Nye Veier AS")
    assert department(jurisdiction) == "Renovasjon"


def test_the_reason_says_the_road_how_far_and_whose_it_is(jurisdiction):
    rule(jurisdiction, "county", rank=-2, group="road", road_categories=["F"])
    along(jurisdiction, "F", north=7, number=64, manager=COUNTY)
    made = decision(jurisdiction)
    assert made.reason["en"] == (
        f"County road\u00a064 is 7 m away and belongs to {COUNTY}. "
        "So reports about «Road» here go to Møre og Romsdal county (rule -2)."
    )
    assert (made.road.category, made.road.number, round(made.road.metres)) == ("F", 64, 7)


def test_a_road_without_a_manager_belongs_to_whom_its_category_says(jurisdiction):
    along(jurisdiction, "P", north=4, street_name="Testveien")
    assert (
        "Private road (Testveien) is 4 m away and belongs to a private owner."
        in (decision(jurisdiction).reason["en"])
    )


def test_the_road_is_not_mentioned_where_nobody_asked(jurisdiction):
    along(jurisdiction, "F", north=7, number=64)
    made = decision(jurisdiction, "WATER-LEAK")
    assert "64" not in made.reason["en"]
    assert made.road.category == "F"


@pytest.mark.parametrize(
    ("owner", "expected"),
    [("state", "Statens vegvesen"), ("municipality", "Kommunalteknikk – gatelys")],
)
def test_the_picked_lamps_owner_decides_however_far(jurisdiction, owner, expected):
    rule(jurisdiction, "statens_vegvesen", rank=-2, group="street_light", asset_owner="state")
    picked = lamp(jurisdiction, "A1", near(TOWN, east=80), owner=owner)
    lamp(jurisdiction, "A2", near(TOWN, east=5), owner="county")
    assert department(jurisdiction, "LIGHT-DARK", asset_ids=(picked.id,)) == expected


def test_without_a_pick_the_nearest_lamp_within_thirty_metres_is_taken(jurisdiction):
    rule(jurisdiction, "county", rank=-2, group="street_light", asset_owner="county")
    lamp(jurisdiction, "A2", near(TOWN, east=25), owner="county", operator="Nettselskapet")
    made = decision(jurisdiction, "LIGHT-DARK")
    assert made.department_name["nb"] == COUNTY
    assert made.reason["en"].startswith(
        "Lamp A2 belongs to the county and is run by Nettselskapet."
    )
    assert department(jurisdiction, "LIGHT-DARK", position=near(TOWN, east=-10)) != COUNTY


def test_a_lamp_out_of_use_is_not_taken(jurisdiction):
    rule(jurisdiction, "county", rank=-2, asset_owner="county")
    lamp(jurisdiction, "A2", near(TOWN, east=5), owner="county", is_active=False)
    assert department(jurisdiction, "LIGHT-DARK") != COUNTY


def test_only_services_that_need_a_lamp_ask_for_one(jurisdiction):
    rule(jurisdiction, "county", rank=-2, asset_owner="county")
    lamp(jurisdiction, "A2", near(TOWN, east=5), owner="county")
    assert department(jurisdiction, "ROAD-POTHOLE") != COUNTY


@pytest.mark.parametrize(
    ("season", "day", "fits"),
    [
        ((1101, 331), datetime(2026, 3, 31, 12, tzinfo=UTC), True),
        ((1101, 331), datetime(2026, 3, 31, 22, 30, tzinfo=UTC), False),  # 1 April in Norway
        ((1101, 331), datetime(2025, 12, 31, 23, 30, tzinfo=UTC), True),
        ((1101, 331), datetime(2026, 10, 31, 12, tzinfo=UTC), False),
        ((501, 930), datetime(2026, 5, 1, 12, tzinfo=UTC), True),
        ((501, 930), datetime(2026, 4, 30, 12, tzinfo=UTC), False),
    ],
)
def test_a_season_holds_on_its_days_by_the_municipalitys_clock(jurisdiction, season, day, fits):
    rule(jurisdiction, "waste", rank=-2, season_from=season[0], season_to=season[1])
    assert (department(jurisdiction, at=day) == "Renovasjon") is fits


@pytest.mark.parametrize("is_acute", [True, False])
def test_danger_is_a_condition(jurisdiction, is_acute):
    rule(jurisdiction, "waste", rank=-2, is_acute=True)
    assert (department(jurisdiction, is_acute=is_acute) == "Renovasjon") is is_acute


def test_who_has_refused_is_passed_over(jurisdiction):
    made = decision(jurisdiction)
    again = decision(jurisdiction, refused=(made.department_id,))
    assert again.rule_id is None
    assert again.department_name["nb"] == "Servicetorget"


def test_another_municipalitys_roads_and_lamps_do_not_count(jurisdiction):
    columns = {column.key for column in sa_inspect(Jurisdiction).column_attrs} - {"id"}
    values = {name: getattr(jurisdiction, name) for name in columns}
    other = Jurisdiction(**values | dict.fromkeys(("number", "slug", "number_prefix"), "9999"))
    session().add(other)
    session().flush()
    along(other, "F", north=3)
    lamp(other, "B1", TOWN, owner="county")
    made = decision(jurisdiction, "LIGHT-DARK")
    assert made.road is made.lamp is None
