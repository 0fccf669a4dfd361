"""The first step of the form without JavaScript: searching, choosing, going back and forth."""

from dataclasses import replace

import pytest

from ..factories import TOWN
from ..kartverket import address, kartverket, name
from ..pages import Fields, actions, fields

HOUSE = address("Vågeveien", 4, 63.1105, 7.7281)
CHOICE = "63.110500,7.728100,Vågeveien 4"
PLACED = {"latitude": "63,1104", "longitude": "7,7279"}


@pytest.fixture
def service(app, monkeypatch):
    houses = [HOUSE, address("Vågeveien", 6, 63.1106, 7.7290)]
    with kartverket(addresses=houses, names=[name("Varden", 63.115, 7.73)]) as running:
        settings = replace(app.config["SETTINGS"], kartverket_url=running.url)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield running


def searched(client, typed, **more):
    first = fields(client.get("/meld").text)
    return client.post("/meld/hvor", data=first | {"sok": typed} | more)


def test_a_search_comes_back_with_places_to_choose_from(client, service):
    page = searched(client, "Vågeveien", service="ROAD-POTHOLE")
    assert page.status_code == 200
    assert CHOICE in page.text
    assert "Velg stedet for «Vågeveien»" in page.text
    assert "/meld/hvor" in actions(page.text)
    assert fields(page.text)["service"] == "ROAD-POTHOLE"


def test_the_place_that_is_chosen_goes_with_its_name_to_the_next_step(client, service):
    page = searched(client, "Vågeveien")
    what = client.post("/meld/hva", data=fields(page.text) | {"place_choice": CHOICE})
    assert what.status_code == 200
    sent = fields(what.text)
    assert (sent["latitude"], sent["longitude"]) == ("63.110500", "7.728100")
    assert sent["place_text"] == "Vågeveien 4"


def test_the_only_hit_is_chosen_already(client, service):
    page = searched(client, "Vågeveien 4")
    assert fields(page.text)["place_choice"] == CHOICE


def test_enter_in_the_search_field_searches_though_it_sends_the_form(client, service):
    first = fields(client.get("/meld").text)
    page = client.post("/meld/hva", data=first | {"sok": "Vågeveien"})
    assert page.status_code == 200
    assert CHOICE in page.text


def test_the_same_search_again_without_a_choice_asks_for_one(client, service):
    page = searched(client, "Vågeveien")
    again = client.post("/meld/hva", data=fields(page.text))
    assert again.status_code == 422
    assert "Søk etter adressen" in again.text
    assert CHOICE in again.text


def test_a_choice_wins_over_coordinates_and_the_list(client, service):
    page = searched(client, "Vågeveien", **PLACED)
    mixed = fields(page.text) | PLACED | {"place": "1", "place_choice": CHOICE}
    what = client.post("/meld/hva", data=mixed)
    assert (fields(what.text)["latitude"], fields(what.text)["place"]) == ("63.110500", "")


@pytest.mark.parametrize(
    "value", ["", "x", "63,7", "nord,øst,Her", "63.1,nan,Her", "900,7,Her", "\x00", ",,"]
)
def test_a_choice_that_cannot_be_read_is_none(client, service, value):
    page = client.post("/meld/hva", data={"place_choice": value})
    assert page.status_code == 422


def test_a_choice_outside_is_told(client, service):
    page = client.post("/meld/hva", data={"place_choice": "59.91,10.75,Karl Johans gate 1"})
    assert page.status_code == 422
    assert "utenfor kommunen" in page.text


def test_the_name_of_a_choice_is_shown_as_text(client, service):
    nasty = "63.1105,7.7281,<b>" + "x" * 500
    what = client.post("/meld/hva", data={"place_choice": nasty})
    assert "<b>xx" not in what.text
    assert len(fields(what.text)["place_text"]) == 120


def test_nothing_found_is_told_with_what_to_do(client, service):
    page = searched(client, "Finnes <ikke>").text
    assert "Vi fant ikke noe sted som heter «Finnes &lt;ikke&gt;»" in page


def test_away_is_told_with_the_places_we_know(client, service):
    service.fault = "500"
    page = searched(client, "Innlandet").text
    assert "Adressesøket svarer ikke nå. Her er steder vi kjenner." in page
    assert "63.104400,7.734800,Innlandet" in page
    assert "vi kjenner ikke dette stedet" in searched(client, "Vågeveien").text


def test_what_was_answered_survives_the_search_and_the_way_back(client, service):
    told = {"service": "ROAD-POTHOLE", "description": "Dypt hull", "email": "a@example.org"}
    page = searched(client, "Vågeveien", **told)
    what = client.post("/meld/hva", data=fields(page.text) | {"place_choice": CHOICE})
    back = client.post("/meld/hvor", data=fields(what.text))
    kept = fields(back.text)
    assert {key: kept[key] for key in told} == told
    assert (kept["latitude"], kept["place_text"]) == ("63.110500", "Vågeveien 4")
    forth = client.post("/meld/hva", data=kept)
    assert fields(forth.text)["place_text"] == "Vågeveien 4"


def test_other_coordinates_have_another_name(client, service):
    what = client.post("/meld/hva", data={"place_choice": CHOICE})
    back = fields(client.post("/meld/hvor", data=fields(what.text)).text)
    moved = client.post("/meld/hva", data=back | PLACED)
    assert fields(moved.text)["place_text"] == ""


def test_a_place_from_the_list_has_its_name(client):
    listed = client.get("/kart/steder.geojson").json["features"]
    (key,) = [item["id"] for item in listed if item["properties"]["name"] == "Grip"]
    what = client.post("/meld/hva", data={"place": str(key)})
    assert fields(what.text)["place_text"] == "Grip"


def test_a_link_cannot_say_what_the_place_is_called(client):
    page = client.get(f"/meld?latitude={TOWN.latitude}&longitude=7.7279&place_text=Svindel")
    assert fields(page.text)["place_text"] == ""


def test_a_label_on_a_pole_still_opens_the_form_filled_in(client):
    page = client.get("/meld?latitude=63.1104&longitude=7.7279&service=LIGHT-DARK&lamp=D1001")
    kept = fields(page.text)
    assert (kept["latitude"], kept["service"], kept["lamps"]) == ("63.1104", "LIGHT-DARK", "D1001,")


def test_the_search_comes_before_the_way_on(client):
    page = Fields(client.get("/meld").text)
    assert page.actions[:2] == ["/meld/hva", "/meld/hvor"]
