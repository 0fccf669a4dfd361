"""A file that the test makes, in EPSG:25832, against counts that pandas makes of the same rows."""

import csv
import gzip
import json
import random
from datetime import UTC, datetime, timedelta

import pandas
import pytest
from pyproj import Transformer
from sqlalchemy import text

from app.database import session, transaction
from app.roles import Role
from app.service_requests.filter import Filter
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.statistics.figures import figures
from app.statistics.queries import counted, plain_count
from app.statistics.questions import Question
from app.yearbook.recount import recount

from ..factories import actor, changed, orders, staff, submitted

MAPPING = """
source: old
file: {encoding: latin-1, delimiter: ";"}
position: {x: ost, y: nord, epsg: 25832}
requested_at: {column: dag, format: "%d.%m.%Y", time_zone: Europe/Oslo}
service:
  column: slag
  values: {Vei: ROAD-POTHOLE, Gatelys på vei: LIGHT-DARK, Graffiti: OTHER-GRAFFITI}
"""
WITH_STATUS = """
source: old
external_id: nr
position: {x: x, y: y}
requested_at: {column: inn, format: "%Y-%m-%dT%H:%M:%S%z"}
service: {column: slag, values: {Vei: ROAD-POTHOLE}}
status: {column: status, values: {Ferdig: fixed, Lukket: no_action, Ny: received}}
closed_at: {column: ut, format: "%Y-%m-%dT%H:%M:%S%z"}
first_response_at: {column: svar, format: "%Y-%m-%dT%H:%M:%S%z"}
led_to_improvement: {column: bedre, values: {ja: true, nei: false}}
"""
ROW = {
    "nr": "1",
    "x": "7.7279",
    "y": "63.1104",
    "inn": "2024-03-01T10:00:00+0100",
    "slag": "Vei",
    "status": "Ferdig",
    "ut": "2024-03-05T10:00:00+0100",
    "svar": "",
    "bedre": "ja",
}
OLD = ["31.12.2023", "01.01.2024", "15.07.2024", "02.02.2025"]
TO_UTM = Transformer.from_crs(4326, 25832, always_xy=True)


@pytest.fixture
def run(melde, tmp_path):
    def run(rows, mapping=MAPPING, *options, name="old.csv"):
        (tmp_path / "mapping.yaml").write_text(mapping, "utf-8")
        file = tmp_path / name
        if isinstance(rows, bytes):
            file.write_bytes(rows)
        else:
            delimiter, encoding = (";", "latin-1") if "latin-1" in mapping else (",", "utf-8")
            with file.open("w", encoding=encoding, newline="") as out:
                writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
                writer.writeheader()
                writer.writerows(rows)
        mapped = ["--mapping", str(tmp_path / "mapping.yaml")]
        session().rollback()
        return melde("import", "requests", str(file), "--jurisdiction", "1505", *mapped, *options)

    return run


def made(count, seed=1):
    """Rows in town, every tenth of them there twice."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        x, y = TO_UTM.transform(7.72 + dice.random() / 50, 63.108 + dice.random() / 100)
        slag = dice.choice(["Vei", "Gatelys på vei", "Graffiti"])
        rows.append({"ost": f"{x:.2f}", "nord": f"{y:.2f}", "dag": dice.choice(OLD), "slag": slag})
    return rows + rows[::10]


def stored():
    session().rollback()
    return session().query(ServiceRequest).order_by(ServiceRequest.id).all()


def agrees():
    with transaction():
        outcome = recount()
    assert (outcome.wrong, outcome.faults) == (0, [])


def test_the_counts_are_those_of_pandas_and_of_history(run, jurisdiction):
    rows = made(300)
    assert "330 rows read, 330 imported, 0 here already" in run(rows).output
    table = pandas.DataFrame(rows)
    groups = {"Vei": "road", "Gatelys på vei": "street_light", "Graffiti": "other"}
    wanted = table.groupby([table.dag.str[6:].astype(int), table.slag.map(groups)]).size()
    found = {(row.year, row.group_code): row.received for row in counted(jurisdiction.id)}
    assert found == wanted.to_dict()
    assert counted(jurisdiction.id) == plain_count(jurisdiction.id)
    agrees()
    unknown = session().scalar(text("SELECT sum(outcome_unknown) FROM count_ledger"))
    assert unknown == 330


def test_numbers_are_the_municipalitys_own_and_the_place_and_noon_are_kept(run, jurisdiction):
    run(made(20))
    reports = stored()
    assert len({report.number for report in reports}) == len(reports) == 22
    assert all(report.number.startswith(f"KSU-{report.received_year}-") for report in reports)
    assert {report.status for report in reports} == {"unknown"}
    assert {report.channel for report in reports} == {"import"}
    assert {report.requested_at.astimezone(UTC).hour for report in reports} <= {10, 11}
    assert all(report.closed_at == report.requested_at for report in reports)


def test_a_second_run_changes_nothing_whatever_the_order(run):
    rows = made(50)
    run(rows)
    before = [(report.number, report.version) for report in stored()]
    random.Random(2).shuffle(rows)
    assert "0 imported, 55 here already, 0 differ" in run(rows).output
    assert [(report.number, report.version) for report in stored()] == before


def test_what_a_later_file_adds_comes_in_and_what_it_leaves_out_is_told(run):
    run(made(20))
    later = [*made(20)[5:], *made(3, seed=9)]
    output = run(later).output
    gone = len(made(20)) - len(made(20)[5:])
    assert f"{gone} reports that came from this source are not in this file" in output
    assert f"{len(made(3, seed=9))} imported" in output


BAD = {
    "ost": ("midt i byen", "no position that can be read"),
    "nord": ("6000000", "outside the municipality"),
    "dag": ("31.02.2024", "no time of receipt that can be read"),
    "slag": ("Ukjent", "a category that the mapping does not name"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_row_that_is_no_report_is_refused_by_line_and_the_rest_comes_in(run, tmp_path, column):
    value, words = BAD[column]
    rows = made(5)
    rows[2] = rows[2] | {column: value}
    refused = tmp_path / "refused.csv"
    output = run(rows, MAPPING, "--refused", str(refused)).output
    assert f"refused: 1 {words} (line 4)" in output
    assert "5 imported" in output
    table = list(csv.reader(refused.open(encoding="utf-8")))
    assert table == [["line", "reason", *rows[2]], ["4", words, *rows[2].values()]]


def test_a_time_to_come_is_refused(run):
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).strftime("%d.%m.%Y")
    rows = made(2)
    rows[1] = rows[1] | {"dag": tomorrow}
    assert "refused: 1 a time that has not come yet (line 3)" in run(rows).output


def test_letters_of_another_encoding_refuse_their_row_only(run):
    rows = [{"ost": "1", "nord": "2", "dag": "01.01.2024", "slag": "Vei"}, *made(1)[:1]]
    lines = [";".join(rows[0]), *(";".join(row.values()) for row in rows)]
    whole = "\n".join(lines).encode("latin-1").replace(b";Vei", b";V\xe6i", 1)
    output = run(whole, MAPPING.replace("latin-1", "utf-8")).output
    assert "refused: 1 letters that are not in the file's encoding (line 2)" in output


def test_a_trial_changes_nothing(run):
    assert "would be imported" in run(made(10), MAPPING, "--dry-run").output
    assert stored() == []


def test_a_file_that_is_cut_off_brings_nothing(run):
    lines = [";".join(row.values()) for row in made(9000)]
    packed = gzip.compress("\n".join(["ost;nord;dag;slag", *lines]).encode("latin-1"))
    result = run(packed[: len(packed) * 3 // 4], name="old.csv.gz")
    assert result.exit_code == 1
    assert "the gzip file is cut off" in result.output
    assert stored() == []


def test_geojson_is_read_with_its_own_geometry(run):
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [7.7279, 63.1104]},
            "properties": {"dag": "01.02.2024", "slag": "Vei"},
        }
    ] * 2 + [
        {"type": "Feature", "geometry": None, "properties": {"dag": "01.02.2024", "slag": "Vei"}}
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    mapping = MAPPING.replace("{x: ost, y: nord, epsg: 25832}", "{geometry: true}")
    output = run(content, mapping, name="old.geojson").output
    assert "3 rows read, 2 imported" in output
    assert "refused: 1 no position that can be read (line 3)" in output


def test_status_answer_and_improvement_are_kept_and_history_tells_them(run, jurisdiction):
    fixed = ROW | {"svar": "2024-03-02T10:00:00+0100"}
    rows = [
        fixed,
        ROW | {"nr": "2", "status": "Lukket"},
        ROW | {"nr": "3", "status": "Ny", "ut": ""},
    ]
    assert "3 imported" in run(rows, WITH_STATUS).output
    found = [(row.status, row.led_to_improvement, row.first_response_at) for row in stored()]
    answered = datetime(2024, 3, 2, 9, tzinfo=UTC)
    assert found == [
        ("fixed", True, answered),
        ("no_action", False, None),
        ("received", False, None),
    ]
    assert stored()[0].closed_at == datetime(2024, 3, 5, 9, tzinfo=UTC)
    agrees()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ut": ""}, "no day of closing"),
        ({"ut": "2024-02-01T10:00:00+0100"}, "no day of closing"),
        ({"bedre": ""}, "fixed without an answer"),
        ({"nr": ""}, "no number of its own"),
        ({"status": "?"}, "a status that the mapping does not name"),
        ({"svar": "2023-01-01T10:00:00+0100"}, "a first answer"),
    ],
)
def test_facts_that_cannot_be_are_refused(run, change, words):
    assert f"refused: 1 {words}" in run([ROW | change], WITH_STATUS).output
    assert stored() == []


def test_a_changed_row_is_told_and_changes_nothing(run):
    run([ROW], WITH_STATUS)
    output = run([ROW | {"status": "Lukket"}, ROW], WITH_STATUS).output
    assert "differs: line 2 from KSU-2024-" in output
    assert "in status, improvement; nothing was changed" in output
    assert "a number that another row has too (line 3)" in output
    assert [report.status for report in stored()] == ["fixed"]


def test_nobody_is_told_even_of_what_is_new(run):
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S%z")
    run([ROW | {"inn": now, "status": "Ny", "ut": ""}], WITH_STATUS)
    assert len(stored()) == 1
    assert orders() == []
    assert session().scalar(text("SELECT count(*) FROM news")) == 0
    assert session().scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_the_rules_decide_as_for_a_report_that_comes_in(run, jurisdiction):
    run([ROW], WITH_STATUS)
    imported, own = stored()[0], submitted(jurisdiction)
    assert imported.department_id == own.department_id
    assert imported.routing_rule_id == own.routing_rule_id


def test_what_is_not_known_is_opened_again_by_the_desk(run, jurisdiction):
    run(made(1)[:1])
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))
    report = changed(stored()[0], Status.ASSESSING, desk)
    assert (report.status, report.closed_at) == ("assessing", None)
    agrees()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ROAD-POTHOLE", "ROAD-NONE", "there is no service ROAD-NONE"),
        (
            "epsg: 25832",
            "epsg: 1",
            "mapping.yaml:4: epsg: the coordinate system EPSG:1 is not known",
        ),
        ("Europe/Oslo", "Oslo", "mapping.yaml:5: time_zone: there is no time zone"),
        ("source: old", "source: Old one", "mapping.yaml:2: source"),
        ("ost,", "øst,", "there is no øst"),
        ("latin-1", "latin-one", "mapping.yaml:3: encoding: there is no encoding"),
    ],
)
def test_what_is_wrong_in_the_mapping_is_named(run, old, new, fault):
    mapping = MAPPING.replace(old, new)
    result = run("ost;nord;dag;slag\n".encode("latin-1"), mapping)
    assert result.exit_code == 1
    assert fault in result.output


def test_what_nobody_tells_of_is_neither_in_time_nor_late(run, jurisdiction):
    run([*made(1)[:1]])
    rows = figures(Question(filter=Filter(jurisdiction_id=jurisdiction.id)), now=datetime.now(UTC))
    whole = next(row.values for row in rows if row.values["received"])
    assert whole["received"] == 1
    assert whole["answered_in_time_share"] is None
    assert whole["improvement_share"] is None
