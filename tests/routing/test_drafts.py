"""The draft of the rules, putting it in force, and the log."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.cli.jurisdiction import load_folder
from app.database import session
from app.departments.queries import by_code
from app.errors import Conflict, Invalid, NotFound, OutdatedVersion
from app.roles import Role
from app.routing import areas, changes, drafts
from app.routing.models import Area, RoutingDraft, RoutingRule, RuleChange
from app.routing.rules import Kind, Rule, differences

from ..conftest import ROOT
from ..factories import staff
from .ground import lamp, road

SQUARE = (
    '{"type": "Polygon", "coordinates": [[[7.72,63.11],[7.73,63.11],[7.73,63.12],[7.72,63.11]]]}'
)


@pytest.fixture
def who(jurisdiction):
    """An administrator's account."""
    return staff(
        jurisdiction, role=Role.ADMINISTRATOR, email="administrator@example.org"
    ).account_id


@pytest.fixture
def draft(jurisdiction, who):
    """A draft that nobody has changed yet. Nothing here is committed."""
    drafts.start(jurisdiction.id, who)
    return drafts.read(jurisdiction.id)


def new(jurisdiction, **values):
    found = by_code(jurisdiction.id, "waste")
    return Rule(id=None, key="", **{"name": "New rule", "department_id": found.id, **values})


def names(rules):
    return [rule.name for rule in rules]


def log():
    return session().scalars(select(RuleChange).order_by(RuleChange.id)).all()


def test_a_draft_begins_as_the_rules_in_force(jurisdiction, draft):
    in_force = drafts.in_force(jurisdiction.id)
    assert draft.rules == in_force
    assert differences(in_force, draft.rules) == []


def test_starting_twice_gives_the_same_draft(jurisdiction, draft, who):
    drafts.start(jurisdiction.id, who)
    assert drafts.read(jurisdiction.id) == draft


def test_what_is_stored_has_ranks_and_its_own_key_for_new_rules(jurisdiction, draft, who):
    drafts.put(jurisdiction.id, draft.version, new(jurisdiction), who)
    stored = session().get(RoutingDraft, jurisdiction.id).rules
    assert [rule["rank"] for rule in stored] == list(range(1, len(stored) + 1))
    assert stored[-1]["id"] == -len(stored)
    assert len({rule["key"] for rule in stored}) == len(stored)
    assert drafts.read(jurisdiction.id).rules[-1].id is None


def test_an_older_page_changes_nothing(jurisdiction, draft, who):
    first = draft.rules[0].key
    drafts.switch(jurisdiction.id, draft.version, first, False, who)
    with pytest.raises(OutdatedVersion):
        drafts.remove(jurisdiction.id, draft.version, first, who)
    assert drafts.read(jurisdiction.id).rules[0].key == first


def test_a_page_of_a_draft_that_is_gone_does_not_fit_the_next_one(jurisdiction, draft, who):
    drafts.discard(jurisdiction.id, draft.version)
    with pytest.raises(Conflict):
        drafts.discard(jurisdiction.id, draft.version)


@pytest.mark.parametrize(("place", "expected"), [(1, 0), (3, 2), (999, -1)])
def test_a_rule_moves_to_a_place(jurisdiction, draft, who, place, expected):
    moved = draft.rules[1]
    drafts.move(jurisdiction.id, draft.version, moved.key, place, who)
    assert drafts.read(jurisdiction.id).rules[expected] == moved


@pytest.mark.parametrize(
    ("at", "steps", "expected"), [(0, -1, 0), (1, -1, 0), (0, 1, 1), (-1, 1, -1)]
)
def test_a_rule_moves_up_and_down_and_stays_at_the_ends(
    jurisdiction, draft, who, at, steps, expected
):
    moved = draft.rules[at]
    drafts.shift(jurisdiction.id, draft.version, moved.key, steps, who)
    assert drafts.read(jurisdiction.id).rules[expected] == moved


def test_a_rule_cannot_name_what_is_another_municipalitys_or_out_of_use(jurisdiction, draft, who):
    wrong = new(jurisdiction, department_id=10**6, service_id=10**6, area_id=10**6)
    with pytest.raises(Invalid) as refused:
        drafts.put(jurisdiction.id, draft.version, wrong, who)
    assert refused.value.errors.keys() == {"department", "what", "area"}
    session().execute(text("UPDATE service SET is_active = false WHERE code = 'ROAD-POTHOLE'"))
    session().expire_all()
    key = session().scalar(text("SELECT id FROM service WHERE code = 'ROAD-POTHOLE'"))
    with pytest.raises(Invalid):
        drafts.put(jurisdiction.id, draft.version, new(jurisdiction, service_id=key), who)


def test_two_rules_cannot_have_one_name(jurisdiction, draft, who):
    twin = new(jurisdiction, name=draft.rules[0].name)
    with pytest.raises(Invalid):
        drafts.put(jurisdiction.id, draft.version, twin, who)


def test_a_rule_that_is_not_there_is_not_found(jurisdiction, draft, who):
    with pytest.raises(NotFound):
        drafts.remove(jurisdiction.id, draft.version, "none", who)


def test_publishing_puts_all_of_it_in_force_and_logs_each_change(jurisdiction, draft, who):
    first, second, third, *_, last = draft.rules
    version = draft.version
    drafts.switch(jurisdiction.id, version, first.key, False, who)
    changed = replace(
        second, name="Renamed", road_categories=("F",), season_from=1101, season_to=331
    )
    drafts.put(jurisdiction.id, version + 1, changed, who)
    drafts.remove(jurisdiction.id, version + 2, third.key, who)
    drafts.move(jurisdiction.id, version + 3, last.key, 1, who)
    drafts.put(jurisdiction.id, version + 4, new(jurisdiction), who)
    wanted = drafts.read(jurisdiction.id)
    drafts.publish(jurisdiction.id, wanted.version, who)

    in_force = drafts.in_force(jurisdiction.id)
    assert names(in_force) == names(wanted.rules)
    assert [rule.is_active for rule in in_force] == [rule.is_active for rule in wanted.rules]
    query = select(RoutingRule.rank).where(~RoutingRule.is_removed).order_by(RoutingRule.rank)
    assert session().scalars(query).all() == list(range(1, len(in_force) + 1))
    gone = session().get(RoutingRule, third.id)
    assert gone.is_removed
    assert not gone.is_active
    assert drafts.read(jurisdiction.id) is None
    rows = {row.kind: row for row in log()}
    assert rows.keys() == {"added", "changed", "moved", "disabled", "removed"}
    assert {row.account_id for row in log()} == {who}
    assert rows["changed"].before == {"name": second.name, "road": None, "season": None}
    season = {"from": "11-01", "to": "03-31"}
    assert rows["changed"].after == {"name": "Renamed", "road": ["F"], "season": season}
    assert rows["moved"].title == last.name
    assert rows["added"].rule_id == in_force[-1].id
    assert rows["removed"].before["name"] == third.name


def test_a_draft_without_changes_is_not_published(jurisdiction, draft, who):
    with pytest.raises(Conflict):
        drafts.publish(jurisdiction.id, draft.version, who)


def test_rules_that_changed_meanwhile_are_not_overwritten_unawares(jurisdiction, draft, who):
    drafts.switch(jurisdiction.id, draft.version, draft.rules[0].key, False, who)
    now = changes.one_at_a_time(jurisdiction.id)
    before = drafts.in_force(jurisdiction.id)
    session().get(RoutingRule, before[1].id).name = "Loaded"
    session().flush()
    found = differences(before, drafts.in_force(jurisdiction.id))
    ids = [before[1].id]
    changes.record_rules(jurisdiction.id, found, ids, account_id=None, now=now, file="routing.yaml")
    late = drafts.read(jurisdiction.id)
    assert late.is_outdated
    with pytest.raises(Conflict):
        drafts.publish(jurisdiction.id, late.version, who)
    with pytest.raises(Conflict):
        drafts.remove(jurisdiction.id, late.version, draft.rules[2].key, who)
    drafts.keep(jurisdiction.id, late.version, who)
    drafts.publish(jurisdiction.id, late.version + 1, who)
    assert drafts.in_force(jurisdiction.id)[1].name == draft.rules[1].name


def test_of_rules_that_changed_places_the_fewest_are_told_as_moved():
    rules = [Rule(id=n, key=str(n), name=str(n), department_id=1) for n in range(1, 8)]
    found = differences(rules, [rules[6], *rules[:6]])
    assert [(change.kind, change.rule.id) for change in found] == [(Kind.MOVED, 7)]
    assert (found[0].rank_before, found[0].rank_after) == (7, 1)
    assert len(differences(rules, rules[::-1])) == 6
    assert [change.kind for change in differences(rules, rules[1:])] == [Kind.REMOVED]


def test_an_area_gets_a_code_and_a_row_of_the_log(jurisdiction, who):
    name = {"nb": "Øvre havn", "nn": "Øvre hamn", "en": "Upper harbour"}
    area = areas.add_area(jurisdiction.id, name, SQUARE, account_id=who)
    assert area.code == "ovre-havn"
    assert log()[-1].kind == "area_added"
    with pytest.raises(Invalid):
        areas.add_area(jurisdiction.id, name, SQUARE, account_id=who)
    areas.remove_area(jurisdiction.id, "ovre-havn", account_id=who)
    assert log()[-1].kind == "area_removed"
    assert not session().scalars(select(Area).where(Area.code == "ovre-havn")).all()


@pytest.mark.parametrize("shape", ["", "{", "[1]", '{"type": "Point", "coordinates": [7.7, 63.1]}'])
def test_what_is_no_area_is_refused(jurisdiction, who, shape):
    with pytest.raises(Invalid):
        areas.add_area(jurisdiction.id, {"nb": "Ny"}, shape, account_id=who)


def test_an_area_elsewhere_is_refused(jurisdiction, who):
    far = SQUARE.replace("63.1", "53.1")
    with pytest.raises(Invalid):
        areas.add_area(jurisdiction.id, {"nb": "Ny"}, far, account_id=who)


def test_an_area_that_a_rule_or_the_draft_asks_for_stays(jurisdiction, who):
    with pytest.raises(Conflict):
        areas.remove_area(jurisdiction.id, "grip", account_id=who)
    made = areas.add_area(jurisdiction.id, {"nb": "Ny"}, SQUARE, account_id=who)
    drafts.start(jurisdiction.id, who)
    version = drafts.read(jurisdiction.id).version
    drafts.put(jurisdiction.id, version, new(jurisdiction, area_id=made.id), who)
    with pytest.raises(Conflict):
        areas.remove_area(jurisdiction.id, made.code, account_id=who)


def test_the_world_knows_which_area_covers_which(jurisdiction, who):
    small = areas.add_area(jurisdiction.id, {"nb": "Liten"}, SQUARE, account_id=who)
    wide = SQUARE.replace("7.72,", "7.70,").replace("7.73,", "7.76,").replace("63.12", "63.15")
    large = areas.add_area(jurisdiction.id, {"nb": "Stor"}, wide, account_id=who)
    named = [new(jurisdiction, area_id=area.id) for area in (small, large)]
    found = drafts.world(jurisdiction.id, named)
    covers = (large.id, small.id) in found.covers
    assert covers == session().scalar(
        select(Area.boundary.ST_Covers(small.boundary)).where(Area.id == large.id)
    )
    assert (small.id, large.id) not in found.covers
    assert not found.outside & {small.id, large.id}
    assert drafts.world(jurisdiction.id, named[:1]).covers == frozenset()


def test_the_world_knows_which_services_are_about_a_lamp(jurisdiction):
    query = text("SELECT id FROM service WHERE needs = 'lamp'")
    assert drafts.world(jurisdiction.id, []).with_lamp == set(session().scalars(query))


def test_the_world_has_each_value_of_roads_and_lamps_in_use_once(jurisdiction):
    for manager in ("Nye Veier", None, "Fylket", "Nye Veier"):
        road(jurisdiction, "F", "LINESTRING(7.7 63.1, 7.8 63.1)", manager=manager)
    road(jurisdiction, "E", "LINESTRING(7.7 63.1, 7.8 63.1)")
    for number, (owner, is_active) in enumerate([("county", True), ("state", False)]):
        lamp(jurisdiction, f"L{number}", owner, "POINT(7.7 63.1)", is_active=is_active)
    found = drafts.world(jurisdiction.id, [])
    assert (found.categories, found.managers) == ({"E", "F"}, {"Fylket", "Nye Veier"})
    assert found.owners == {"county"}
    assert drafts.managers(jurisdiction.id) == ["Fylket", "Nye Veier"]


def test_a_rule_that_names_what_is_gone_is_told_by_name(jurisdiction, draft, who):
    made = areas.add_area(jurisdiction.id, {"nb": "Øya"}, SQUARE, account_id=who)
    drafts.put(jurisdiction.id, draft.version, new(jurisdiction, area_id=made.id), who)
    session().delete(made)
    session().flush()
    version = drafts.read(jurisdiction.id).version
    with pytest.raises(Conflict, match="New rule"):
        drafts.publish(jurisdiction.id, version, who)


def test_the_folder_loads_as_before(jurisdiction, app):
    assert load_folder(app, ROOT / "municipalities" / "kristiansund") == []
