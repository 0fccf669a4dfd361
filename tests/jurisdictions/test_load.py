"""Loading a set-up folder, again and with edits. Broken folders: test_broken_folders.py."""

import pytest
from sqlalchemy import func, select

from app.catalog import operations as catalog
from app.catalog.models import Service
from app.catalog.queries import service_by_code, services
from app.cli.jurisdiction import load_folder
from app.database import session
from app.departments.queries import first_line
from app.jurisdictions import operations as jurisdictions
from app.jurisdictions.models import Jurisdiction, Place
from app.jurisdictions.queries import covers
from app.routing import loading as routing
from app.routing.models import RoutingRule
from app.statistics.models import HistoricCount

from ..factories import AVEROY, GRIP, TOWN
from .conftest import ROOMS, stored


def test_kristiansund_is_set_up(jurisdiction):
    assert jurisdiction.name["nb"] == "Kristiansund kommune"
    assert jurisdiction.organisation_number == "991891919"
    assert len(services(jurisdiction.id)) == 42
    assert first_line(jurisdiction.id).code == "service_desk"
    assert session().scalar(select(func.count()).select_from(HistoricCount)) == 45


@pytest.mark.parametrize(("position", "inside"), [(TOWN, True), (GRIP, True), (AVEROY, False)])
def test_the_boundary_holds_town_and_grip_and_not_the_neighbour(jurisdiction, position, inside):
    assert covers(jurisdiction.id, position) is inside


def test_loading_again_changes_nothing(own_app, folder):
    before = stored(own_app)
    assert load_folder(own_app, folder) == []
    assert stored(own_app) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("municipality.yaml", "zoom: 13", "zoom: 14", "municipality 1505: changed map_zoom"),
        (
            "departments.yaml",
            "nn: Renovasjon",
            "nn: Renovasjonen",
            "department waste: changed name",
        ),
        ("services.yaml", "first_response_days: 1\n", "first_response_days: 2\n", "changed first_"),
        ("routing.yaml", "when: {group: road}", "when: {}", "rule Vei: changed service_group_id"),
        ("areas.geojson", "7.55, 63.205", "7.56, 63.205", "area grip: changed boundary"),
        (
            "boundary.geojson",
            "[7.50, 63.18]",
            "[7.50, 63.17]",
            "municipality 1505: changed boundary",
        ),
        ("places.csv", "7.7230", "7.7231", "place Kirkelandet: changed position"),
        ("places.csv", "Kirkelandet,", "Kirklandet,", "place Kirklandet: added"),
        ("places.csv", "Kirkelandet,", "Kirklandet,", "place Kirkelandet: removed"),
        (
            "historic_counts.csv",
            "received,722",
            "received,723",
            "figure 2014 total received: changed",
        ),
    ],
)
def test_an_edit_is_told_in_a_line(jurisdiction, folder, edit, file, old, new, line):
    edit(file, old, new)
    lines = ROOMS[file](folder, jurisdiction.id)
    lines = lines[1] if isinstance(lines, tuple) else lines
    assert any(line in told for told in lines), lines


def test_a_service_that_is_left_out_is_taken_out_of_use_and_can_come_back(
    jurisdiction, folder, edit
):
    edit("services.yaml", "code: OTHER-QUAY", "code: OTHER-HARBOUR")
    assert "service OTHER-QUAY: taken out of use" in catalog.load(folder, jurisdiction.id)
    assert service_by_code(jurisdiction.id, "OTHER-QUAY") is None
    assert session().scalars(select(Service).where(Service.code == "OTHER-QUAY")).one()
    edit("services.yaml", "code: OTHER-HARBOUR", "code: OTHER-QUAY")
    assert "service OTHER-QUAY: changed is_active" in catalog.load(folder, jurisdiction.id)


def test_a_service_can_move_to_another_group(jurisdiction, folder, edit):
    text = (folder / "services.yaml").read_text()
    start, end = text.index("    - code: LIGHT-POLE"), text.index("    - code: LIGHT-OTHER")
    edit("services.yaml", text[start:end], "")
    edit("services.yaml", "    - code: ROAD-OTHER", f"{text[start:end]}    - code: ROAD-OTHER")
    lines = catalog.load(folder, jurisdiction.id)
    assert any(line.startswith("service LIGHT-POLE: changed group_id") for line in lines)
    service = service_by_code(jurisdiction.id, "LIGHT-POLE")
    session().refresh(service)
    assert service.group.code == "road"


def test_a_rule_that_is_left_out_no_longer_decides(jurisdiction, folder, edit):
    edit("routing.yaml", "- name: Vei\n  when: {group: road}\n  department: roads\n", "")
    assert "rule Vei: taken out of use" in routing.load(folder, jurisdiction.id)
    rule = session().scalars(select(RoutingRule).where(RoutingRule.name == "Vei")).one()
    assert not rule.is_active


def test_a_second_municipality_stands_beside_the_first(own_app, folder, edit):
    edit("municipality.yaml", 'number: "1505"', 'number: "1554"')
    edit("municipality.yaml", "slug: kristiansund", "slug: averoy")
    edit("municipality.yaml", "number_prefix: KSU", "number_prefix: AVE")
    assert "municipality 1554: added" in load_folder(own_app, folder)
    with own_app.app_context():
        assert session().scalar(select(func.count()).select_from(Jurisdiction)) == 2
        places = select(Place.jurisdiction_id, func.count()).group_by(Place.jurisdiction_id)
        assert len(set(dict(session().execute(places).all()).values())) == 1


def test_a_file_saved_by_a_spreadsheet_with_a_byte_order_mark_is_read(jurisdiction, folder):
    path = folder / "places.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert jurisdictions.load(folder)[1] == []


def test_a_self_crossing_boundary_is_stored_made_valid(jurisdiction, folder):
    bow_tie = '{"type": "Polygon", "coordinates": [[[7,63],[8,64],[8,63],[7,64],[7,63]]]}'
    (folder / "boundary.geojson").write_text(bow_tie)
    jurisdictions.load(folder)
    assert session().scalar(select(func.ST_IsValid(Jurisdiction.boundary)))
