"""The lamps of a box of the map, as JSON."""

import pytest

from app.database import transaction

from .ground import lamp

BOX = "7.72,63.11,7.73,63.12"


@pytest.fixture
def lamps(jurisdiction):
    """Three lamps within the box, and one some metres outside its north-east corner and each edge."""
    with transaction():
        for number in range(3):
            lamp(jurisdiction, f"A{number}", "county", f"POINT(7.72{number + 1} 63.115)")
        for number, place in enumerate(
            ("7.7301 63.1201", "7.725 63.1201", "7.725 63.1099", "7.7199 63.115", "7.7301 63.115")
        ):
            lamp(jurisdiction, f"B{number}", "county", f"POINT({place})")


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [feature["properties"]["number"] for feature in answer.json["features"]]


def test_lamps_outside_the_box_do_not_come(client, lamps):
    assert numbers(client.get(f"/api/v1/assets?bbox={BOX}")) == ["A0", "A1", "A2"]


@pytest.mark.parametrize("box", ["-180,-90,180,90", "-180,0,180,90", "0,-90,180,90"])
def test_the_whole_world_is_a_box_too(client, lamps, box):
    assert len(numbers(client.get(f"/api/v1/assets?bbox={box}"))) == 8


def test_a_list_that_is_cut_says_so(client, lamps):
    cut = client.get(f"/api/v1/assets?bbox={BOX}&limit=2").json
    assert (cut["numberMatched"], cut["numberReturned"]) == (3, 2)
    none = client.get("/api/v1/assets?bbox=1,1,2,2").json
    assert (none["numberMatched"], none["numberReturned"]) == (0, 0)
