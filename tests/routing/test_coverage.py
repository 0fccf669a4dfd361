"""Which rules can never decide, held against trying every fact there is, and against the SQL."""

import json
import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.database import session
from app.routing.coverage import DAYS, Reason, World, findings, season_days
from app.routing.matching import MATCHES, RULE_COLUMNS
from app.routing.rules import Rule, as_json

SERVICES = {1: 10, 2: 10, 3: 20}
CATEGORIES, MANAGERS, OWNERS = ("F", "K"), ("Nye Veier",), ("county",)
SOME_DAYS = (101, 229, 331, 1101, 1231)
WITH_LAMP = frozenset({1, 3})
WORLD = World(
    services=SERVICES,
    with_lamp=WITH_LAMP,
    departments=frozenset({1, 2}),
    categories=frozenset(CATEGORIES),
    managers=frozenset(MANAGERS),
    owners=frozenset(OWNERS),
    covers=frozenset({(100, 101)}),
)


def rule(key="a", **values):
    return Rule(id=None, key=key, **{"name": f"rule {key}", "department_id": 1, **values})


def fits(rule, fact):
    """The rule's conditions as `matching.MATCHES` has them."""
    service, category, manager, owner, channel, is_acute, day, areas = fact
    first, last = rule.season_from, rule.season_to
    return (
        rule.service_id in (None, service)
        and rule.service_group_id in (None, SERVICES[service])
        and rule.channel in (None, channel)
        and rule.is_acute in (None, is_acute)
        and (rule.road_categories is None or category in rule.road_categories)
        and rule.road_manager in (None, manager)
        and rule.asset_owner in (None, owner)
        and (first is None or day in season_days(first, last))
        and (rule.area_id is None or rule.area_id in areas)
    )


def facts(days=SOME_DAYS):
    every = product(
        SERVICES,
        (None, *CATEGORIES),
        (None, *MANAGERS),
        (None, *OWNERS),
        ("web", "api"),
        (False, True),
        days,
        ((), (100,), (100, 101)),
    )
    return (fact for fact in every if fact[3] is None or fact[0] in WITH_LAMP)


FACTS = list(facts())
maybe = lambda values: st.one_of(st.none(), st.sampled_from(values))  # noqa: E731
whats = st.sampled_from([(None, None), (1, None), (2, None), (None, 10), (None, 20)])
seasons = st.sampled_from([(None, None), (101, 331), (1101, 331), (401, 1031), (1101, 1231)])
contents = st.tuples(
    whats,
    maybe([("F",), ("K",), ("F", "K")]),
    maybe(MANAGERS),
    maybe(OWNERS),
    maybe(["web", "api"]),
    maybe([False, True]),
    seasons,
    maybe([100, 101]),
    st.booleans(),
)


def rules_of(drawn):
    return [
        rule(
            str(place),
            service_id=what[0],
            service_group_id=what[1],
            road_categories=categories,
            road_manager=manager,
            asset_owner=owner,
            channel=channel,
            is_acute=is_acute,
            season_from=season[0],
            season_to=season[1],
            area_id=area,
            is_active=is_active,
        )
        for place, (
            what,
            categories,
            manager,
            owner,
            channel,
            is_acute,
            season,
            area,
            is_active,
        ) in enumerate(drawn)
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(contents, min_size=1, max_size=6))
def test_what_is_called_impossible_decides_nothing_and_without_areas_the_other_way_round(drawn):
    rules = rules_of(drawn)
    found = findings(rules, WORLD)
    active = [each for each in rules if each.is_active]
    # the days between the seasons' ends that SOME_DAYS leaves out behave like one that it has
    deciding = set()
    for fact in facts((*SOME_DAYS, 401, 1031)):
        first = next((each for each in active if fits(each, fact)), None)
        deciding.add(first.key if first else None)
    assert not deciding & found.keys()
    if all(each.area_id is None for each in active):
        assert {each.key for each in active} - deciding == found.keys()


@settings(max_examples=25, deadline=None)
@given(st.lists(contents, min_size=1, max_size=5))
def test_the_facts_are_read_as_the_statement_reads_them(app_for_facts, drawn):
    rules = [each for each in rules_of(drawn) if each.is_active]
    sample = FACTS[:: max(1, len(FACTS) // 60)]
    names = [
        "service_id",
        "road_category",
        "road_manager",
        "asset_owner",
        "channel",
        "is_acute",
        "day",
        "area_ids",
    ]
    rows = [
        dict(zip(names, fact, strict=True)) | {"service_group_id": SERVICES[fact[0]], "place": n}
        for n, fact in enumerate(sample)
    ]
    query = text(f"""
        SELECT fact.place, rule.rank
          FROM jsonb_to_recordset(CAST(:facts AS jsonb)) AS fact(place integer, service_id integer,
               service_group_id integer, road_category text, road_manager text, asset_owner text,
               channel text, is_acute boolean, day integer, area_ids integer[])
          JOIN jsonb_to_recordset(CAST(:rules AS jsonb)) AS rule({RULE_COLUMNS}) ON {MATCHES}""")
    values = {"facts": json.dumps(rows), "rules": json.dumps(as_json(rules))}
    told = {(place, rank) for place, rank in session().execute(query, values)}
    assert told == {
        (place, rank)
        for place, fact in enumerate(sample)
        for rank, each in enumerate(rules, 1)
        if fits(each, fact)
    }


@pytest.fixture(scope="module")
def app_for_facts(whole_app):
    with whole_app.app_context():
        yield whole_app


def test_the_rules_that_take_everything_first_are_named():
    rules = [
        rule("a", service_id=1, department_id=2),
        rule("b", channel="web"),
        rule("c", service_id=2),
        rule("d", service_group_id=10),
    ]
    finding = findings(rules, WORLD)["d"]
    assert finding.reason == Reason.TAKEN
    assert [taker.key for taker in finding.takers] == ["a", "b", "c"]
    assert finding.may_follow


def test_one_rule_that_takes_it_all_is_named_alone():
    rules = [rule("a", service_id=1), rule("b"), rule("c", service_id=1, channel="web")]
    found = findings(rules, WORLD)
    assert [taker.key for taker in found["c"].takers] == ["a"]
    assert not found["c"].may_follow


def test_an_area_proves_something_only_about_what_lies_within_it():
    rules = [rule("a", area_id=100), rule("b", area_id=101), rule("c", area_id=102), rule("d")]
    assert findings(rules, WORLD).keys() == {"b"}


@pytest.mark.parametrize(
    ("world", "values", "reason"),
    [
        ({}, {"season_from": 230, "season_to": 230}, Reason.NO_DAY),
        ({}, {"department_id": 9}, Reason.DEPARTMENT_OUT_OF_USE),
        ({}, {"service_id": 9}, Reason.SERVICE_OUT_OF_USE),
        ({}, {"service_group_id": 90}, Reason.SERVICE_OUT_OF_USE),
        ({"categories": frozenset()}, {"road_categories": ("F",)}, Reason.NO_ROADS),
        ({}, {"road_categories": ("S",)}, Reason.NO_SUCH_ROAD),
        ({}, {"road_manager": "Noone"}, Reason.NO_SUCH_ROAD),
        ({"owners": frozenset()}, {"asset_owner": "county"}, Reason.NO_ASSETS),
        ({}, {"asset_owner": "state"}, Reason.NO_SUCH_OWNER),
        ({}, {"asset_owner": "county", "service_id": 2}, Reason.WITHOUT_LAMP),
        ({"outside": frozenset({103})}, {"area_id": 103}, Reason.OUTSIDE),
    ],
)
def test_what_can_never_hold_is_told(world, values, reason):
    from dataclasses import replace

    found = findings([rule(**values), rule("b")], replace(WORLD, **world))
    assert found["a"].reason == reason
    assert "b" not in found


def test_a_rule_that_is_off_takes_nothing():
    assert findings([rule("a", is_active=False), rule("b")], WORLD) == {}


def test_a_season_over_new_year_and_the_rest_of_the_year_leave_nothing():
    rules = [
        rule("a", season_from=1101, season_to=331),
        rule("b", season_from=401, season_to=1031),
        rule("c"),
    ]
    assert findings(rules, WORLD)["c"].reason == Reason.TAKEN
    assert len(DAYS) == 366


def test_two_hundred_entangled_rules_are_judged_within_a_second():
    services = {n: n % 7 for n in range(60)}
    world = World(
        services=services,
        with_lamp=frozenset(services),
        departments=frozenset({1}),
        categories=frozenset("ERFKPSU"),
        managers=frozenset(f"m{n}" for n in range(9)),
        owners=frozenset({"county", "state"}),
    )
    rules = [
        rule(
            str(n),
            service_group_id=n % 7 if n % 3 else None,
            road_categories=tuple(sorted({"ERFKPSU"[n % 7], "ERFKPSU"[n * 5 % 7]})),
            road_manager=f"m{n % 9}" if n % 4 == 0 else None,
            asset_owner=("county", "state", None)[n % 3],
            channel=("web", "api", None, None)[n % 4],
            is_acute=(None, True, False)[n * 7 % 3],
            season_from=101 + n % 28,
            season_to=(n * 37 % 12 + 1) * 100 + 15,
        )
        for n in range(200)
    ]
    began = time.perf_counter()
    findings(rules, world)
    assert time.perf_counter() - began < 1
