"""Commands where there is one municipality, and where there are two."""

import json
from datetime import UTC, datetime

import pytest

from app.database import session, transaction
from app.jurisdictions.models import Jurisdiction

from ..factories import submitted
from ..second_municipality import folder_of

POINTS = "name,longitude,latitude,service\nHjemme,7.7279,63.1104,ROAD-POTHOLE\n"


@pytest.fixture
def commands(tmp_path, jurisdiction):
    """Each command about one municipality, with files that it can read."""
    submitted(jurisdiction, now=datetime(2024, 5, 3, 10, tzinfo=UTC))
    (tmp_path / "points.csv").write_text(POINTS)
    (tmp_path / "old.csv").write_text("x,y,dag\n7.7,63.1,2024-01-01\n")
    (tmp_path / "mapping.yaml").write_text(
        "source: old\nposition: {x: x, y: y}\n"
        "requested_at: {column: dag, format: '%Y-%m-%d', time_zone: Europe/Oslo}\n"
        "service: {column: dag, values: {a: ROAD-POTHOLE}}\n"
    )
    (tmp_path / "lamps.csv").write_text("number,longitude,latitude\nT1,7.7279,63.1104\n")
    street = [[7.727, 63.1104], [7.729, 63.1104]]
    road = {
        "type": "Feature",
        "properties": {"vegkategori": "K", "vegnummer": 1},
        "geometry": {"type": "LineString", "coordinates": street},
    }
    (tmp_path / "roads.geojsonl").write_text(
        json.dumps({"type": "FeatureCollection", "features": [road]})
    )
    return {
        "account": ["account", "add", "new@example.org", "--role", "analyst"],
        "assets": ["assets", "import", tmp_path / "lamps.csv", "--kind", "lamp"],
        "import": [
            *("import", "requests", tmp_path / "old.csv"),
            *("--mapping", tmp_path / "mapping.yaml"),
        ],
        "report": ["report", "2018", "--format", "csv"],
        "roads": ["roads", "import", tmp_path / "roads.geojsonl"],
        "routing explain": ["routing", "explain", tmp_path / "points.csv"],
        "routing facts": ["routing", "refresh-facts"],
        "seal": ["seal", "2024"],
        "secret": ["department", "webhook-secret", "roads"],
        "webhooks": ["webhook", "list"],
    }


NAMES = (
    "account",
    "assets",
    "import",
    "report",
    "roads",
    "routing explain",
    "routing facts",
    "seal",
    "secret",
    "webhooks",
)
KEY = "a key that only the tests use, long enough"


@pytest.mark.parametrize("name", NAMES)
def test_with_one_municipality_nobody_is_asked_which(melde, commands, name):
    done = melde(*commands[name], MELDE_SECRET_KEY=KEY, input="long enough password\n")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", NAMES)
def test_with_two_it_must_be_said_and_they_are_named(melde, commands, other_jurisdiction, name):
    said = {"MELDE_SECRET_KEY": KEY, "input": "long enough password\n"}
    done = melde(*commands[name], **said)
    assert done.exit_code == 1
    assert "Choose a municipality with --jurisdiction NUMBER. Here are: 1505, 1554." in done.output
    wrong = melde(*commands[name], "--jurisdiction", "9999", **said)
    assert "There is no municipality 9999 here. Load its folder first." in wrong.output
    done = melde(*commands[name], "--jurisdiction", "1505", **said)
    assert done.exit_code == 0, done.output


def test_loading_a_second_one_says_who_needs_a_host_name(melde, tmp_path, other_jurisdiction):
    with transaction():
        session().get_one(Jurisdiction, other_jurisdiction).host_names = []
    done = melde("jurisdiction", "load", "municipalities/kristiansund")
    assert done.exit_code == 0
    for number in ("1505", "1554"):
        assert f"{number} has no host name" in done.output
    assert "kristiansund.localhost for a trial" in done.output


def test_the_only_one_needs_no_host_name(melde):
    done = melde("jurisdiction", "load", "municipalities/kristiansund")
    assert done.output == "kristiansund: nothing to change\n"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("host_names", ["melde.example.org"], "host_names: 1554 has melde.example.org already"),
        ("slug", "averoy", "slug: 1554 has averoy already"),
        ("number_prefix", "AVE", "number_prefix: 1554 has AVE already"),
    ],
)
def test_what_another_one_has_cannot_be_taken(
    melde, tmp_path, other_jurisdiction, name, value, said
):
    with transaction():
        other = session().get_one(Jurisdiction, other_jurisdiction)
        setattr(other, name, value)
    folder = folder_of(tmp_path, host_names=["melde.example.org"])
    file = folder / "municipality.yaml"
    file.write_text(file.read_text().replace("'1554'", "'1555'"))
    done = melde("jurisdiction", "load", folder)
    assert done.exit_code == 1
    assert f"municipality.yaml: {said}; choose another" in done.output
    assert "nothing was changed" in done.output


@pytest.mark.parametrize("host", ["https://a.example.org", "A.example.org", "a.example.org:8000"])
def test_a_host_name_is_a_name_only(melde, tmp_path, host):
    done = melde("jurisdiction", "load", folder_of(tmp_path, host_names=[host]))
    assert done.exit_code == 1
    assert "write a host name in small letters" in done.output
