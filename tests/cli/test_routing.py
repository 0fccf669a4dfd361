import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.cli import main
from app.database import session

from ..factories import TOWN, submitted

HEADER = "name,longitude,latitude,service,lamp,acute,channel,date\n"


@pytest.fixture
def melde(jurisdiction, database_url, monkeypatch, tmp_path):
    """Run the command on the tests' database, outside the test's own application context."""
    monkeypatch.setenv("MELDE_DATABASE_URL", database_url)
    monkeypatch.setenv("MELDE_INSTANCE", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["routing", *words])


@pytest.fixture
def explain(melde, tmp_path):
    def run(rows: str, *words: str, header: str = HEADER):
        file = tmp_path / "points.csv"
        file.write_text(header + rows, encoding="utf-8")
        return melde("explain", str(file), "--jurisdiction", "1505", *words)

    return run


def test_each_point_gets_a_row_with_its_reason_below(explain):
    done = explain(
        "Rådhusplassen,7.7279,63.1104,ROAD-POTHOLE,,,,\nAverøy,7.6,62.95,ROAD-POTHOLE,,,,\n"
    )
    assert done.exit_code == 0
    head, row, reason, outside = done.output.splitlines()
    assert head.split() == ["place", "service", "road", "lamp", "rule", "department"]
    assert row.startswith("Rådhusplassen  ROAD-POTHOLE  –")
    assert " Vei " in row
    assert "Kommunalteknikk – vei" in reason
    assert outside.endswith("outside")


def test_as_json_it_is_for_machines(explain):
    done = explain("Torget,7.7279,63.1104,OTHER-ANYTHING,,,,\n", "--json")
    (line,) = json.loads(done.output)
    assert (line["name"], line["rule"], line["outside"]) == ("Torget", None, None)
    assert line["department"] == "Servicetorget"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Torget,øst,63.1,ROAD-POTHOLE,,,,", "column longitude: «øst» is not a number"),
        ("Torget,7.7,nan,ROAD-POTHOLE,,,,", "column latitude: nan is not within"),
        ("Torget,7.7,631,ROAD-POTHOLE,,,,", "column latitude: 631 is not within ±90"),
        (",7.7,63.1,ROAD-POTHOLE,,,,", "column name: nothing is written"),
        ("Torget,7.7279,63.1104,ROAD-HOLE,,,,", "column service: there is no service ROAD-HOLE"),
        ("Torget,7.7279,63.1104,LIGHT-DARK,99,,,", "column lamp: there is no lamp 99"),
        ("Torget,7.7279,63.1104,ROAD-POTHOLE,,kanskje,,", "column acute: «kanskje»"),
        ("Torget,7.7279,63.1104,ROAD-POTHOLE,,,fax,", "column channel: «fax»; write web or api"),
        ("Torget,7.7279,63.1104,ROAD-POTHOLE,,,,i dag", "column date: «i dag»"),
        ("Torget,7.7279", "column latitude: «» is not a number"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_column(explain, row, fault):
    done = explain(f"Rådhusplassen,7.7279,63.1104,ROAD-POTHOLE,,,,\n{row}\n")
    assert done.exit_code == 1
    assert f"points.csv: line 3: {fault}" in done.output


def test_all_faults_are_told_at_once(explain):
    done = explain("A,x,y,ROAD-POTHOLE,,,,\nB,7.7,63.1,ROAD-POTHOLE,,,fax,\n")
    assert [line.partition(" column ")[2][:8] for line in done.output.splitlines()[:3]] == [
        "longitud",
        "latitude",
        "channel:",
    ]


def test_a_missing_column_is_named(explain):
    done = explain("A,7.7,63.1\n", header="name,longitude,latitude\n")
    assert done.exit_code == 1
    assert "service" in done.output


def test_an_unknown_municipality_is_told(melde, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(HEADER, encoding="utf-8")
    done = melde("explain", str(file), "--jurisdiction", "9999")
    assert done.exit_code == 1
    assert "There is no municipality 9999" in done.output


def test_refreshing_gives_older_reports_the_roads_of_now(jurisdiction, melde):
    report = submitted(jurisdiction)
    submitted(jurisdiction, now=datetime.now(UTC) - timedelta(days=30))
    session().execute(
        text(
            "INSERT INTO road_segment (jurisdiction_id, category, line)"
            " VALUES (:id, 'K', ST_GeogFromText(:line))"
        ),
        {"id": jurisdiction.id, "line": f"LINESTRING(7.72 {TOWN.latitude}, 7.74 {TOWN.latitude})"},
    )
    session().commit()
    done = melde("refresh-facts", "--jurisdiction", "1505", "--days", "7")
    assert done.exit_code == 0
    assert "1505: 1 reports looked up, 1 have other roads or lamps now" in done.output
    session().refresh(report)
    assert report.road_category == "K"
    again = melde("refresh-facts", "--jurisdiction", "1505")
    assert "2 reports looked up, 1 have" in again.output
