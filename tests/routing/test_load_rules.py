"""Rules from routing.yaml: the conditions on the ground, and files beside edits in the browser."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from app.database import session
from app.jurisdictions.setup_files import BrokenSetup
from app.roles import Role
from app.routing import changes, drafts, loading
from app.routing.models import RoutingRule, RuleChange

from ..conftest import ROOT
from ..factories import staff

FIRST = """- name: Winter on county roads
  when:
    group: road
    {when}
  department: roads

"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Kristiansund's set-up folder."""
    source = ROOT / "municipalities" / "kristiansund"
    return Path(shutil.copytree(source, tmp_path / "kristiansund"))


def with_rule(folder: Path, when: str) -> int:
    """Put a rule before all others; the line of its condition."""
    path = folder / "routing.yaml"
    before = path.read_text()
    place = before.index("- name:")
    path.write_text(before[:place] + FIRST.format(when=when) + before[place:])
    return before[:place].count("\n") + 4


@pytest.mark.parametrize(
    ("when", "column", "value"),
    [
        ("road: [K, F]", "road_categories", ["F", "K"]),
        ("road: F", "road_categories", ["F"]),
        ("road_manager: Nye Veier AS", "road_manager", "Nye Veier AS"),
        ("asset_owner: grid_company", "asset_owner", "grid_company"),
        ("season: {from: 11-01, to: 03-31}", "season_from", 1101),
        ("season: {from: 11-01, to: 03-31}", "season_to", 331),
        ("acute: true", "is_acute", True),
        ("acute: false", "is_acute", False),
    ],
)
def test_conditions_on_the_ground_are_read(jurisdiction, folder, when, column, value):
    with_rule(folder, when)
    lines = loading.load(folder, jurisdiction.id)
    assert "rule Winter on county roads: added" in lines
    query = select(RoutingRule).where(RoutingRule.name == "Winter on county roads")
    rule = session().scalars(query).one()
    assert getattr(rule, column) == value
    assert loading.load(folder, jurisdiction.id) == []


@pytest.mark.parametrize(
    "when",
    [
        "road: [X]",
        "road: []",
        "asset_owner: nobody",
        "season: {from: 02-30, to: 03-31}",
        "season: {from: 11-01}",
        "season: winter",
        "acute: perhaps",
        'road_manager: ""',
    ],
)
def test_a_wrong_condition_is_named_with_its_line(jurisdiction, folder, when):
    line = with_rule(folder, when)
    with pytest.raises(BrokenSetup) as broken:
        loading.load(folder, jurisdiction.id)
    assert any(fault.startswith(f"routing.yaml:{line}: ") for fault in broken.value.faults)


def test_a_file_that_changes_rules_is_logged_without_an_account(jurisdiction, folder):
    with_rule(folder, "acute: true")
    loading.load(folder, jurisdiction.id)
    rows = session().scalars(select(RuleChange)).all()
    assert [(row.kind, row.account_id) for row in rows] == [("added", None)]
    assert rows[0].after["from"] == "routing.yaml"


def test_rules_that_were_edited_in_the_browser_are_kept_unless_told_otherwise(jurisdiction, folder):
    who = staff(jurisdiction, role=Role.ADMINISTRATOR).account_id
    drafts.start(jurisdiction.id, who)
    draft = drafts.read(jurisdiction.id)
    drafts.switch(jurisdiction.id, draft.version, draft.rules[0].key, False, who)
    drafts.publish(jurisdiction.id, draft.version + 1, who)
    with_rule(folder, "acute: true")
    assert loading.load(folder, jurisdiction.id) == ["rules: kept as edited in the browser"]
    lines = loading.load(folder, jurisdiction.id, replace_rules=True)
    assert "rule Winter on county roads: added" in lines
    assert drafts.in_force(jurisdiction.id)[1].is_active
    assert loading.load(folder, jurisdiction.id) == []


def test_rules_that_come_back_after_all_were_removed_are_logged(jurisdiction, folder):
    who = staff(jurisdiction, role=Role.ADMINISTRATOR).account_id
    drafts.start(jurisdiction.id, who)
    draft = drafts.read(jurisdiction.id)
    for place, rule in enumerate(draft.rules):
        drafts.remove(jurisdiction.id, draft.version + place, rule.key, who)
    drafts.publish(jurisdiction.id, draft.version + len(draft.rules), who)
    drafts.start(jurisdiction.id, who)
    loading.load(folder, jurisdiction.id, replace_rules=True)
    assert drafts.in_force(jurisdiction.id)
    assert not changes.edited_in_browser(jurisdiction.id)
    assert drafts.read(jurisdiction.id).is_outdated
