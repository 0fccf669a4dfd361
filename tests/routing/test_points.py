"""Thirty chosen points around Kristiansund, each with the road and the department that it must get."""

import csv
from pathlib import Path

import pytest

from app.cli.points import read_points
from app.cli.routing import Explained, explained
from app.departments.queries import by_code
from app.i18n import localised

from .ground import insert, lay

FILE = Path(__file__).with_name("points.csv")
ROWS = list(csv.DictReader(FILE.open(encoding="utf-8")))


@pytest.fixture
def lines(jurisdiction) -> dict[str, Explained]:
    lay(jurisdiction)
    return {line.name: line for line in explained(jurisdiction, read_points(FILE))}


def test_there_are_thirty_points_of_their_own_name():
    assert len({row["name"] for row in ROWS}) == 30


def test_every_point_gets_the_road_and_the_department_expected(jurisdiction, lines):
    found, wanted = {}, {}
    for row in ROWS:
        line = lines[row["name"]]
        found[row["name"]] = (line.road or "", line.department)
        department = by_code(jurisdiction.id, row["expected_department"])
        name = localised(department.name) if department else None
        wanted[row["name"]] = (row["expected_road"], name)
    assert found == wanted


def test_every_decision_has_a_reason_and_outside_has_none(lines):
    assert all(bool(line.reason) == (line.outside is None) for line in lines.values())
    assert [line.name for line in lines.values() if line.outside is not None] == [
        "Averøy across the fjord",
        "Trondheim",
    ]


def test_the_metres_are_those_on_the_ground(lines):
    assert lines["Ninety metres from a county road"].metres == 89
    assert lines["Where a county and a municipal road meet"].metres == 0


def test_a_place_outside_is_named_when_it_is_known(jurisdiction):
    insert(
        "known_municipality (number, name, boundary, source) VALUES ('1554', 'Averøy',"
        " ST_Multi(ST_MakeEnvelope(7.5, 62.9, 7.7, 63.0, 4326)), 'by hand')"
    )
    lay(jurisdiction)
    lines = explained(jurisdiction, read_points(FILE))
    assert {line.name: line.outside for line in lines if line.outside is not None} == {
        "Averøy across the fjord": "Averøy",
        "Trondheim": "",
    }
