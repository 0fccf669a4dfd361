"""Picking lamps, danger, and the owner of the road in the residents' form, without JavaScript."""

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.departments.queries import by_code
from app.geo.directions import direction
from app.geo.positions import Position
from app.routing.models import RoutingRule
from app.service_requests.models import ServiceRequest

from ..factories import TOWN, lamp, near, road, rule
from ..pages import fields

PLACED = {"latitude": "63,1104", "longitude": "7,7279"}
LAMP = {
    "service": "LIGHT-DARK",
    "description": "Lykta er mørk",
    "asked": ["LIGHT-DARK", "ROAD-POTHOLE"],
}


@pytest.fixture
def lamps(jurisdiction):
    with transaction():
        lamp(jurisdiction, "A-1", near(TOWN, east=10), circuit="K1")
        lamp(jurisdiction, "A-2", near(TOWN, north=40), circuit="K1")
        lamp(jurisdiction, "Far-9", near(TOWN, east=600))
        lamp(jurisdiction, "Away-1", near(TOWN, east=3000))


@pytest.fixture
def county_road(jurisdiction):
    """Roads of the county go to the county, which gets its reports by e-mail."""
    with transaction():
        made = rule(jurisdiction, "county", rank=-2, group="road", road_categories=["F"])
        ends = [near(TOWN, east=east, north=6) for east in (-100, 100)]
        road(jurisdiction, "F", *ends, number=64, manager="Møre og Romsdal fylkeskommune")
    yield
    session().rollback()
    with transaction():
        session().delete(session().get_one(RoutingRule, made.id))


def step(client, name, **answers):
    return client.post(f"/meld/{name}", data=PLACED | answers)


def report_of(answer):
    assert answer.status_code == 303, answer.text
    session().expire_all()
    return session().scalars(select(ServiceRequest).order_by(ServiceRequest.id.desc())).first()


def test_without_lamps_the_form_does_not_ask(client):
    assert 'id="lamps"' not in step(client, "hva").text


def test_the_lamps_around_the_pin_can_be_ticked_nearest_first(client, lamps):
    page = step(client, "hva").text
    assert page.index('value="A-1"') < page.index('value="A-2"')
    assert "10 m øst" in page
    assert "Far-9" not in page


def test_ticked_and_written_lamps_are_looked_over_and_sent(client, lamps):
    what = step(client, "hva").text
    answers = fields(what) | LAMP | {"lamp": ["A-1", "A-2"], "pole_numbers": "far-9, A-1"}
    review = client.post("/meld/se-over", data=answers)
    assert "A-1, A-2, far-9" in review.text
    made = report_of(client.post("/meld/send", data=fields(review.text)))
    assert [found.number for found in made.assets] == ["A-1", "A-2", "Far-9"]
    assert made.asset_owner == "municipality"


def test_back_and_forth_keeps_the_lamps(client, lamps):
    answers = PLACED | LAMP | {"lamp": ["A-2"], "pole_numbers": "Far-9"}
    review = client.post("/meld/se-over", data=answers)
    where = client.post("/meld/hvor", data=fields(review.text))
    again = fields(client.post("/meld/hva", data=fields(where.text)).text)
    assert (again["lamp"], again["pole_numbers"]) == ("A-2", "Far-9")


def test_lamps_stay_out_of_a_report_about_something_else(client, lamps):
    answers = PLACED | LAMP | {"service": "ROAD-POTHOLE", "lamp": ["A-1"], "pole_numbers": "A-2"}
    review = client.post("/meld/se-over", data=answers)
    assert not report_of(client.post("/meld/send", data=fields(review.text))).assets


@pytest.mark.parametrize(
    ("written", "named"),
    [("A-3", "A-3"), ("A-1, B-7; C-8", "B-7, C-8"), ("Away-1", "Away-1"), ("x" * 61, "")],
)
def test_a_number_that_cannot_be_right_is_named_in_the_field(client, lamps, written, named):
    for name in ("se-over", "send"):
        answer = step(client, name, pole_numbers=written, **LAMP)
        assert answer.status_code == 422
        assert 'id="lamps-error"' in answer.text
        assert named in answer.text


def test_more_than_fifty_lamps_are_too_many(client, lamps):
    written = ",".join(str(number) for number in range(51))
    assert step(client, "se-over", pole_numbers=written, **LAMP).status_code == 422


def test_by_json_lamps_are_named_by_number(client, lamps):
    content = {
        "service_code": "LIGHT-DARK",
        "position": TOWN.as_geojson(),
        "description": "Dark",
        "lamps": ["A-1"],
        "is_acute": True,
    }
    made = client.post("/api/v1/service-requests", json=content)
    assert (made.status_code, made.json["lamps"], made.json["is_acute"]) == (201, ["A-1"], True)
    refused = client.post("/api/v1/service-requests", json=content | {"lamps": ["A-1", "Z"]})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["lamps"])


def test_by_json_a_hole_in_the_road_has_no_lamp(client, lamps):
    content = {
        "service_code": "ROAD-POTHOLE",
        "position": TOWN.as_geojson(),
        "description": "Hole",
        "lamps": ["A-1"],
    }
    refused = client.post("/api/v1/service-requests", json=content)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["lamps"])


def test_danger_that_is_added_is_not_taken_for_the_same_report(client):
    key = {"idempotency_key": "1d6b1c0e-5f0e-4f6d-9a0b-0c8f1f4a2b3c"}
    answers = {"service": "ROAD-POTHOLE", "description": "Dypt hull"} | key
    report_of(step(client, "send", **answers))
    again = step(client, "send", acute="yes", **answers)
    assert again.status_code == 422
    assert fields(again.text)["idempotency_key"] != key["idempotency_key"]
    made = client.post("/meld/send", data=fields(again.text) | {"service": "ROAD-POTHOLE"})
    assert report_of(made).is_acute


def test_the_map_gets_the_lamps_of_a_box(client, lamps):
    answer = client.get("/api/v1/assets?bbox=7.72,63.11,7.73,63.112")
    assert [item["properties"]["number"] for item in answer.json["features"]] == ["A-1", "A-2"]
    assert set(answer.json["features"][0]["properties"]) == {"kind", "number"}


@pytest.mark.parametrize(
    "query", ["", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,2,3,4&limit=0", "bbox=1,2,3,4&who=me"]
)
def test_a_box_that_cannot_be_read_is_refused(client, query):
    assert client.get(f"/api/v1/assets?{query}").status_code == 400


def test_danger_on_a_county_road_names_175_first(client, county_road):
    assert "175" in step(client, "hva").text
    answers = {"service": "ROAD-POTHOLE", "description": "Dypt hull", "acute": "yes"}
    review = step(client, "se-over", **answers).text
    assert 'href="tel:175"' in review
    made = report_of(step(client, "send", **answers))
    assert made.is_acute


def test_danger_elsewhere_names_all_the_numbers(client):
    answers = {"service": "WATER-LEAK", "description": "Det spruter", "acute": "yes"}
    review = step(client, "se-over", **answers).text
    assert 'href="tel:110"' in review
    assert 'data-color="danger" href="tel:175"' not in review


def test_before_sending_a_resident_reads_whose_road_it_is(client, jurisdiction, county_road):
    answers = {"service": "ROAD-POTHOLE", "description": "Dypt hull", "asked": "ROAD-POTHOLE"}
    review = step(client, "se-over", **answers).text
    assert "Fylkesvei\u00a064" in review
    assert "Møre og Romsdal fylkeskommune" in review
    made = report_of(step(client, "send", service="ROAD-POTHOLE", description="Dypt hull"))
    assert made.department_id == by_code(jurisdiction.id, "county").id
    assert (made.road_category, made.road_manager) == ("F", "Møre og Romsdal fylkeskommune")
    assert made.due_at is None


@pytest.mark.parametrize(
    ("east", "north", "word"),
    [(0, 1, "nord"), (1, 1, "nordøst"), (1, 0, "øst"), (0, -1, "sør"), (-1, 0, "vest")],
)
def test_the_compass_is_right_far_north_too(app, east, north, word):
    start = Position(longitude=7.7, latitude=69)
    assert direction(start, near(start, east=50 * east, north=50 * north)) == word
