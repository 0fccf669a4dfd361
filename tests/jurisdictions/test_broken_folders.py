"""A broken set-up folder is refused with file and line, and nothing is stored."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.cli.jurisdiction import load_folder
from app.jurisdictions.setup_files import BrokenSetup

from ..conftest import ROOT
from .conftest import ROOMS, stored

EDITS = [
    ("municipality.yaml", 'number: "1505"', "number: 1505", "municipality.yaml:5: number: "),
    ("municipality.yaml", 'number: "1505"', 'number: "150"', "municipality.yaml:5: number: "),
    ("municipality.yaml", "slug: kristiansund", "slug: ", "municipality.yaml:6: slug: "),
    ("municipality.yaml", "  nn: Kristiansund kommune\n", "", "municipality.yaml:7: name: "),
    ("municipality.yaml", '"991891919"', '"991891918"', "municipality.yaml:11: organisation_"),
    (
        "municipality.yaml",
        "Europe/Oslo",
        "Europe/Kristiansund",
        "municipality.yaml:13: time_zone: ",
    ),
    ("municipality.yaml", "Europe/Oslo", "../../etc/passwd", "municipality.yaml:13: time_zone: "),
    ("municipality.yaml", "[nb, nn, en]", "[nb, se]", "municipality.yaml:14: languages: "),
    ("municipality.yaml", "[nb, nn, en]", "[nb, nn", "municipality.yaml:15: "),
    ("municipality.yaml", "7.50, 63.00, 7.92, 63.24]", "7.92, 63.00, 7.50, 63.24]", "19: bounds: "),
    ("municipality.yaml", "zoom: 13", "zoom: 13\n  tilt: 3", "municipality.yaml:22: tilt: "),
    ("municipality.yaml", "contact:", "contacts:", "municipality.yaml:27: contacts: "),
    ("municipality.yaml", "slug: kristiansund", "slug: a\nslug: b", "municipality.yaml:7: "),
    ("departments.yaml", "- code: roads", "- code: service_desk", "departments.yaml:18: "),
    ("departments.yaml", "- code: roads", "- code: veier og gater", "departments.yaml:18: code: "),
    (
        "departments.yaml",
        "\n  first_line: true",
        "\n  first_line: false",
        "departments.yaml:8: exactly one",
    ),
    (
        "departments.yaml",
        "\n  first_line: false",
        "\n  first_line: true",
        "departments.yaml:8: exactly one",
    ),
    ("departments.yaml", "  receives: inbox", "  receives: fax", "departments.yaml:14: receives: "),
    ("departments.yaml", "  receives: inbox", "  receives: email", "departments.yaml:15: email: "),
    ("departments.yaml", "email: null", "email: nobody", "departments.yaml:15: email: "),
    ("services.yaml", "code: water\n", "code: vann\n", "services.yaml:16: code: "),
    ("services.yaml", "code: WATER-LEAK", "code: WATER-NONE", "services.yaml:37: the code WATER-N"),
    ("services.yaml", "code: WATER-LEAK", 'code: "112"', "services.yaml:37: code: "),
    ("services.yaml", "fix_days: ", "fix_days: soon # ", "fix_days: "),
    ("services.yaml", "first_response_days: ", "first_response_days: -", "first_response_days: "),
    ("services.yaml", "needs: nothing", "needs: a boat", "needs: "),
    ("services.yaml", "      archive_mode: ", "      archive_modus: ", "archive_modus: "),
    (
        "routing.yaml",
        "service: WASTE-DUMPED",
        "service: WASTE-DUMP",
        "there is no service WASTE-DU",
    ),
    ("routing.yaml", "group: water", "group: vann", "there is no group vann"),
    ("routing.yaml", "area: grip", "area: smola", "routing.yaml:19: there is no area smola"),
    ("routing.yaml", "department: roads", "department: veg", "there is no department veg"),
    ("routing.yaml", "{group: water}", "{group: water, service: WATER-LEAK}", "name one of them"),
    ("routing.yaml", "{group: water}", "{weather: rain}", "weather: "),
    ("routing.yaml", "- name: Vann\n", "- name: Avløp\n", "«Avløp» stands twice"),
    ("areas.geojson", '"Polygon"', '"LineString"', "areas.geojson: feature 1 (grip): "),
    ("areas.geojson", '"code": "grip",', "", "areas.geojson: feature 1 needs a code"),
    (
        "areas.geojson",
        '"code": "harbour"',
        '"code": "grip"',
        "areas.geojson: feature 2: the code grip",
    ),
    ("areas.geojson", '"features": [', '"features": [,', "areas.geojson:3: "),
    ("boundary.geojson", '"coordinates": [', '"coordinates": [[', "boundary.geojson:"),
    (
        "boundary.geojson",
        "[7.50, 63.24]",
        "[435812, 6998525]",
        "boundary.geojson: coordinates must",
    ),
    (
        "places.csv",
        "name,kind,longitude,latitude",
        "name,kind,x,y",
        "places.csv:1: the columns must",
    ),
    ("places.csv", "7.7230", "7,7230", "places.csv:3: "),
    ("places.csv", "7.7230", "east", "places.csv:3: longitude: "),
    ("places.csv", "7.7230", "435812", "places.csv:3: longitude: "),
    ("places.csv", "7.7230", "", "places.csv:3: longitude: "),
    ("places.csv", "Kirkelandet,", ",", "places.csv:3: name: "),
    ("places.csv", "Kirkelandet,", '"Kirke"landet,', "places.csv:3: "),
    ("historic_counts.csv", "received,722", "received,7Z2", "historic_counts.csv:2: value: "),
    ("historic_counts.csv", "received,722", "received,-1", "historic_counts.csv:2: value: "),
    ("historic_counts.csv", "2014,water", "2014,vann", "historic_counts.csv:4: group: "),
    (
        "historic_counts.csv",
        "2014,water",
        "2014,sewage",
        "historic_counts.csv:5: the figure 2014 s",
    ),
]


NONSENSE = [b"", b"null", b"{}", b"3", b"a: [", b"\xff\xfe\x00", b"\x00", b"a: !!python/name:x {}"]


@pytest.fixture(scope="module")
def broken_folder(tmp_path_factory):
    """One folder for all small faults: each test puts the file right again."""
    made = tmp_path_factory.mktemp("broken") / "kristiansund"
    return Path(shutil.copytree(ROOT / "municipalities" / "kristiansund", made))


@contextmanager
def content(path, written):
    before = path.read_bytes()
    path.write_bytes(written)
    yield
    path.write_bytes(before)


@pytest.mark.parametrize(("file", "old", "new", "fault"), EDITS)
def test_a_broken_file_is_refused_by_line(app, jurisdiction, broken_folder, file, old, new, fault):
    right = (broken_folder / file).read_text()
    assert old in right
    wrong = right.replace(old, new, 1).encode()
    with content(broken_folder / file, wrong), pytest.raises(BrokenSetup) as refused:
        ROOMS[file](broken_folder, jurisdiction.id)
    assert any(fault in told for told in refused.value.faults), refused.value.faults
    assert all(told.startswith(file) for told in refused.value.faults)


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("file", ROOMS)
def test_nonsense_instead_of_a_file_is_refused(app, jurisdiction, broken_folder, file, nonsense):
    with content(broken_folder / file, nonsense), pytest.raises(BrokenSetup) as refused:
        ROOMS[file](broken_folder, jurisdiction.id)
    assert all(told.startswith(file) for told in refused.value.faults)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("boundary.geojson", '"Polygon"', '"LineString"'),
        ("departments.yaml", "\n  first_line: true", "\n  first_line: false"),
        ("services.yaml", "code: WATER-LEAK", "code: WATER-NONE"),
        ("routing.yaml", "area: grip", "area: smola"),
        ("historic_counts.csv", "received,722", "received,7Z2"),
    ],
)
def test_a_broken_file_stores_nothing_of_the_others(unharmed_app, folder, edit, file, old, new):
    before = stored(unharmed_app)
    edit("municipality.yaml", "zoom: 13", "zoom: 14")
    edit("places.csv", "Kirkelandet,", "Kirklandet,")
    edit(file, old, new)
    with pytest.raises(BrokenSetup):
        load_folder(unharmed_app, folder)
    assert stored(unharmed_app) == before


@pytest.mark.parametrize("name", ["municipality.yaml", "areas.geojson", "historic_counts.csv"])
def test_a_missing_file_is_named(unharmed_app, folder, name):
    (folder / name).unlink()
    with pytest.raises(BrokenSetup, match=f"{name}: the file is missing"):
        load_folder(unharmed_app, folder)


def test_all_faults_of_a_file_are_told_at_once(unharmed_app, folder, edit):
    edit("municipality.yaml", "slug: kristiansund", "slug: 1")
    edit("municipality.yaml", "zoom: 13", "zoom: 99")
    with pytest.raises(BrokenSetup) as refused:
        load_folder(unharmed_app, folder)
    assert [told.split(":")[1] for told in refused.value.faults] == ["6", "21"]


def test_the_command_tells_the_fault_and_that_nothing_was_changed(database_url, folder, edit):
    edit("municipality.yaml", "zoom: 13", "zoom: 99")
    done = CliRunner().invoke(
        main, ["jurisdiction", "load", str(folder)], env={"MELDE_DATABASE_URL": database_url}
    )
    assert done.exit_code == 1
    assert "municipality.yaml:21: zoom: " in done.output
    assert "nothing was changed" in done.output


def test_the_command_tells_that_there_is_nothing_to_change(database_url, folder):
    done = CliRunner().invoke(
        main, ["jurisdiction", "load", str(folder)], env={"MELDE_DATABASE_URL": database_url}
    )
    assert done.exit_code == 0
    assert done.output == "kristiansund: nothing to change\n"
