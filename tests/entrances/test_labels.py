"""Labels on lamps and bins, and where they lead."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from app.database import session, transaction
from app.roles import Role
from app.routing.models import Asset

from ..factories import TOWN, lamp, staff
from ..pages import fields


@pytest.fixture
def lamps(jurisdiction):
    """Three lamps, two of them on one circuit, and a bin."""
    with transaction():
        lamp(jurisdiction, "A1", TOWN, circuit="K7")
        lamp(jurisdiction, "A2", TOWN, circuit="K7")
        lamp(jurisdiction, "B/3", TOWN)
        session().add(
            Asset(
                jurisdiction_id=jurisdiction.id,
                kind="bin",
                number="D4",
                position=TOWN.as_column(),
            )
        )


@pytest.fixture
def desk(client, jurisdiction):
    """Someone of the first line."""
    who = staff(jurisdiction, "service_desk", Role.FIRST_LINE)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return client


@pytest.mark.usefixtures("lamps")
@pytest.mark.parametrize("number", ["A1", "a1"])
def test_a_label_opens_the_form_with_place_lamp_and_service(client, number):
    answer = client.get(f"/l/{number}")
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {
        "latitude": ["63.110400"],
        "longitude": ["7.727900"],
        "service": ["LIGHT-DARK"],
        "lamp": ["A1"],
    }
    form = fields(client.get(answer.location).text)
    assert form["latitude"] == "63.110400"


@pytest.mark.usefixtures("lamps")
def test_a_number_may_hold_a_slash(client):
    assert client.get("/l/B/3").status_code == 303


@pytest.mark.usefixtures("lamps")
def test_a_bin_opens_the_form_with_what_the_municipality_says(client, jurisdiction):
    assert "service" not in client.get("/l/D4").location
    before = jurisdiction.label_services
    with transaction():
        jurisdiction.label_services = {"bin": "WASTE-BIN-FULL"}
    try:
        code = client.get("/api/v1/services").json[0]["service_code"]
        with transaction():
            jurisdiction.label_services = {"bin": code}
        location = client.get("/l/D4").location
        assert f"service={code}" in location
        assert "lamp=" not in location
    finally:
        with transaction():
            jurisdiction.label_services = before


@pytest.mark.parametrize("number", ["nothing", "x" * 200, "<script>"])
def test_an_unknown_number_is_said_in_words_with_a_way_on(client, number):
    answer = client.get(f"/l/{number}")
    assert answer.status_code == 404
    assert 'href="/meld"' in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]


@pytest.mark.usefixtures("lamps")
def test_a_thing_out_of_use_is_unknown(client):
    with transaction():
        session().query(Asset).filter_by(number="A1").update({"is_active": False})
    assert client.get("/l/A1").status_code == 404


@pytest.mark.usefixtures("lamps")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"numre": "A1, a2\nB/3"}, ["A1", "A2", "B/3"]),
        ({"krets": "K7"}, ["A1", "A2"]),
        ({"numre": "A1 D4", "krets": "K7"}, ["A1"]),
        ({}, []),
    ],
)
def test_labels_are_chosen_by_number_and_circuit(desk, query, shown):
    page = desk.get("/styring/qr", query_string=query).text
    assert page.count('class="label__code"') == len(shown)
    for number in shown:
        assert f'<span class="label__number">{number}</span>' in page
        assert f"localhost/l/{number}" in page


@pytest.mark.usefixtures("lamps")
def test_numbers_that_are_not_there_are_named(desk):
    assert "X9." in desk.get("/styring/qr?numre=A1,X9").text


@pytest.mark.usefixtures("lamps")
def test_one_label_is_a_picture(desk):
    answer = desk.get("/qr/A1.svg")
    assert answer.content_type == "image/svg+xml"
    assert ElementTree.fromstring(answer.data).tag == "{http://www.w3.org/2000/svg}svg"
    assert desk.get("/qr/X9.svg").status_code == 404


@pytest.mark.parametrize("path", ["/styring/qr", "/qr/A1.svg"])
@pytest.mark.parametrize("role", [Role.CREW, Role.ANALYST])
def test_labels_are_printed_by_those_who_may(client, jurisdiction, role, path):
    who = staff(jurisdiction, role=role)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    assert client.get(path).status_code == 403
