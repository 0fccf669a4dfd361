"""Searching for places and looking around the pin, as the pages ask for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.database import session, transaction
from app.places import operations
from app.places.models import PlaceAnswer
from app.places.operations import Source, place_text

from ..factories import AVEROY, TOWN, near, orders, road
from ..kartverket import address, kartverket, name

HOUSE = address("Vågeveien", 4, 63.1105, 7.7281)
NEIGHBOUR = address("Vågeveien", 6, 63.1106, 7.7290, letter="B")
HILL = name("Varden", 63.1150, 7.7300, kind="Haug")


@pytest.fixture
def service(app, monkeypatch):
    with kartverket(addresses=[HOUSE, NEIGHBOUR], names=[HILL]) as running:
        settings = replace(app.config["SETTINGS"], kartverket_url=running.url)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield running


@pytest.fixture
def source(service):
    return Source(url=service.url, now=datetime.now(UTC))


def found(client, typed):
    answer = client.get("/api/v1/places", query_string={"q": typed})
    assert answer.status_code == 200, answer.text
    return answer.json


def around(client, position, **more):
    query = {"latitude": position.latitude, "longitude": position.longitude, "language": "nb"}
    answer = client.get("/api/v1/places/near", query_string=query | more)
    assert answer.status_code == 200, answer.text
    return answer.json


def labels(answer):
    return [place["label"] for place in answer["places"]]


# --- by what is typed -------------------------------------------------------------------------------


def test_an_address_is_found_with_its_part_of_town_and_where_it_is(client, service):
    answer = found(client, "vågeveien 4")
    assert answer == {
        "is_away": False,
        "places": [
            {
                "kind": "address",
                "label": "Vågeveien 4",
                "part": "Kristiansund sentrum",
                "longitude": 7.7281,
                "latitude": 63.1105,
            }
        ],
    }


def test_addresses_come_before_names_and_both_before_nothing(client, service):
    service.names = [name("Vågeholmen", 63.12, 7.74)]
    wanted = ["Vågeveien 4", "Vågeveien 6B", "Vågen", "Vågeholmen"]
    assert labels(found(client, "våge")) == wanted
    assert labels(found(client, "finnes ikke")) == []


def test_many_addresses_leave_room_for_the_name(client, service):
    service.addresses = [address("Vardegata", house, 63.11, 7.73) for house in range(1, 30)]
    answer = labels(found(client, "vard"))
    assert len(answer) == 8
    assert answer[-1] == "Varden"


def test_a_house_number_asks_for_names_only_when_no_address_has_it(client, service):
    found(client, "Vågeveien 4")
    assert service.paths == ["/adresser/v1/sok"]
    found(client, "Vågeveien 99")
    assert service.paths[1:] == ["/adresser/v1/sok", "/stedsnavn/v1/navn"]


def test_our_own_places_are_found_too_and_each_once(client, service):
    service.names = [name("Innlandet", 63.1044, 7.7348)]
    assert labels(found(client, "innlandet")) == ["Innlandet"]
    assert labels(found(client, "rådhus")) == ["Rådhusplassen"]


def test_an_answer_is_kept_for_a_day(client, service):
    for typed in ("Vågeveien 4", " vågeveien  4", "VÅGEVEIEN 4"):
        found(client, typed)
    assert len(service.asked) == 1
    with transaction():
        session().execute(update(PlaceAnswer).values(asked_at=datetime.now(UTC) - timedelta(1)))
    found(client, "Vågeveien 4")
    assert len(service.asked) == 2


def test_what_was_typed_is_not_kept(client, service):
    found(client, "Hemmelig gate 7")
    rows = session().execute(select(PlaceAnswer.question, PlaceAnswer.hits)).all()
    assert rows
    assert "emmelig" not in repr(rows)


def test_an_old_answer_is_better_than_none(client, service):
    found(client, "Vågeveien 4")
    with transaction():
        session().execute(update(PlaceAnswer).values(asked_at=datetime.now(UTC) - timedelta(9)))
    service.fault = "500"
    answer = found(client, "Vågeveien 4")
    assert (labels(answer), answer["is_away"]) == (["Vågeveien 4"], False)


def test_old_answers_are_removed(client, service):
    found(client, "Vågeveien 4")
    found(client, "Vågeveien 6")
    first = session().scalars(select(PlaceAnswer.question)).first()
    with transaction():
        old = datetime.now(UTC) - operations.KEPT - timedelta(minutes=1)
        session().execute(
            update(PlaceAnswer).where(PlaceAnswer.question == first).values(asked_at=old)
        )
        assert operations.forget_old(datetime.now(UTC)) == 1
    assert session().scalar(select(func.count()).select_from(PlaceAnswer)) == 1


@pytest.mark.parametrize("fault", ["500", "hang up", "429", "{}", "<html>"])
def test_away_means_what_we_know_ourselves_and_says_so(client, service, fault, jurisdiction):
    service.fault = fault
    with transaction():
        road(jurisdiction, "K", TOWN, near(TOWN, east=200), street_name="Innlandsgata")
    answer = found(client, "innland 4")
    assert answer["is_away"]
    assert labels(answer) == ["Innlandet", "Innlandsgata"]
    assert answer["places"][1]["kind"] == "street"
    assert 7.7279 < answer["places"][1]["longitude"] < 7.7279 + 0.004


def test_nothing_of_an_answer_while_away_is_kept(client, service):
    service.fault = "500"
    response = client.get("/api/v1/places?q=innlandet")
    assert response.cache_control.no_store
    assert session().scalar(select(func.count()).select_from(PlaceAnswer)) == 0


@pytest.mark.parametrize("typed", ["100%", "a_b", "\\", "%", "'; DROP TABLE place; --"])
def test_signs_that_mean_something_to_a_database_mean_nothing(client, service, typed):
    service.fault = "500"
    if len(typed) > 1:
        assert labels(found(client, typed)) == []


def test_an_answer_may_be_kept_by_browsers_for_some_minutes(client, service):
    control = client.get("/api/v1/places?q=innlandet").cache_control
    assert (control.public, control.max_age) == (True, 300)


@pytest.mark.parametrize(
    "query", ["", "q=", "q=x", "q=" + "x" * 101, "q=xy&limit=9", "sok=Vågeveien"]
)
def test_a_search_that_cannot_be_read_is_refused(client, service, query):
    answer = client.get(f"/api/v1/places?{query}")
    assert answer.status_code == 400
    assert answer.json["errors"]
    assert service.asked == []


def test_what_has_no_letters_finds_nothing_and_asks_nobody(client, service):
    assert found(client, "**")["places"] == []
    assert service.asked == []


def test_too_many_searches_are_refused_for_a_while(client, service):
    statuses = {client.get("/api/v1/places?q=innlandet").status_code for _ in range(121)}
    assert statuses == {200, 429}


# --- by where the pin stands ------------------------------------------------------------------------


def test_the_nearest_address_and_the_owner_of_the_road_are_told(client, service, jurisdiction):
    with transaction():
        road(jurisdiction, "K", TOWN, near(TOWN, east=300), street_name="Vågeveien")
    answer = around(client, near(TOWN, north=4))
    assert answer["place_text"] == "Vågeveien 4"
    assert answer["nearest"]["title"] == "Vågeveien 4, Kristiansund sentrum"
    assert answer["nearest"]["detail"] == "Nærmeste adresse, 12\u00a0m fra nålen"
    assert answer["road"]["title"] == "Denne veien eies av Kristiansund kommune."
    assert answer["road"]["detail"].endswith("4\u00a0m fra nålen")
    assert answer["outside"] is None


def test_what_is_around_is_told_with_metres_and_direction_nearest_first(client, service):
    answer = around(client, near(TOWN, north=-20, east=-20))
    assert [place["kind"] for place in answer["places"]] == ["place", "address", "address"]
    first = answer["places"][1]
    assert first["text"] == "Vågeveien 4, 43\u00a0m nordøst"
    assert (first["metres"], first["direction"]) == (43, "nordøst")
    distances = [place["metres"] for place in answer["places"]]
    assert distances == sorted(distances)


def test_the_sentences_are_in_the_language_asked_for(client, service):
    assert around(client, TOWN, language="nn")["nearest"]["detail"].startswith("Næraste adresse")
    assert around(client, TOWN, language="en")["nearest"]["detail"].startswith("Nearest address")


def test_only_answers_in_a_language_of_their_own_are_kept_by_others(client, service):
    place = f"latitude={TOWN.latitude}&longitude={TOWN.longitude}"
    assert client.get(f"/api/v1/places/near?{place}&language=nb").cache_control.public
    assert client.get(f"/api/v1/places/near?{place}").cache_control.no_store


def test_away_tells_of_streets_and_places_that_we_know(client, service, jurisdiction):
    service.fault = "500"
    with transaction():
        road(jurisdiction, "K", TOWN, near(TOWN, east=300), street_name="Langveien")
    answer = around(client, near(TOWN, north=8))
    assert answer["is_away"]
    assert answer["nearest"]["title"].startswith("Langveien")
    assert answer["place_text"] == "Langveien"
    assert "Kongens plass" in labels(answer)


def test_without_addresses_and_streets_there_is_the_nearest_place_we_know(client, service):
    service.fault = "500"
    answer = around(client, TOWN)
    assert answer["nearest"]["title"].startswith("Kristiansund sentrum")
    assert answer["place_text"] == "Kristiansund sentrum"
    assert answer["road"] is None


def test_outside_the_municipality_is_told_and_nobody_is_asked(client, service):
    answer = around(client, AVEROY)
    assert "utenfor kommunen" in answer["outside"]
    assert (answer["places"], answer["nearest"], answer["road"]) == ([], None, None)
    assert service.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "latitude=63",
        "latitude=nord&longitude=7",
        "latitude=91&longitude=7",
        "latitude=nan&longitude=7",
        "latitude=63.11&longitude=7.72&language=sv",
        "latitude=63.11&longitude=7.72&radius=9",
    ],
)
def test_a_position_that_is_none_is_refused(client, service, query):
    assert client.get(f"/api/v1/places/near?{query}").status_code == 400


def test_both_are_documented(client):
    paths = client.get("/api/v1/openapi.json").json["paths"]
    assert {"/api/v1/places", "/api/v1/places/near"} <= set(paths)


# --- what a report says of its place ----------------------------------------------------------------


def test_a_report_says_street_and_number_but_no_door(app, jurisdiction, source):
    at = near(TOWN, east=56, north=20)
    assert place_text(jurisdiction, at, source) == "Vågeveien 6"


def test_without_an_address_it_says_the_street(app, jurisdiction, service, source):
    service.addresses = []
    road(jurisdiction, "K", TOWN, near(TOWN, east=300), street_name="Langveien")
    assert place_text(jurisdiction, near(TOWN, north=20), source) == "Langveien"


def test_without_a_street_it_says_a_name(app, jurisdiction, service, source):
    at = near(operations.own_places(jurisdiction.id)[0].position, north=50)
    service.addresses = []
    assert place_text(jurisdiction, at, source) == operations.own_places(jurisdiction.id)[0].name


def test_where_we_know_nothing_it_says_what_kartverket_does(app, jurisdiction, service, source):
    at = operations.Position(longitude=7.70, latitude=63.05)
    service.addresses, service.names = [], [name("Storvatnet", 63.0510, 7.7005)]
    assert place_text(jurisdiction, at, source) == "Storvatnet"
    service.names = []
    assert place_text(jurisdiction, near(at, north=20), source) is None


def test_asking_orders_no_jobs(client, service):
    found(client, "Vågeveien")
    around(client, TOWN)
    assert orders() == []
