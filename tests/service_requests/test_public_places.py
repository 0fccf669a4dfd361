"""What anyone may know of a place: the place itself, or no more than the street."""

import pytest
from sqlalchemy import select, text, update

from app.catalog.models import Service
from app.database import session, transaction
from app.geo.directions import metres_between
from app.geo.positions import Position, position_of
from app.jobs import defer
from app.service_requests.models import ServiceRequest
from tests.factories import TOWN, do_jobs, near, road, submitted

HOUSE = near(TOWN, north=40)


def public_place(request: ServiceRequest) -> Position:
    session().expire_all()
    return position_of(session().get_one(ServiceRequest, request.id).public_position)


def metres_to_roads(place: Position) -> float:
    query = text(
        "SELECT min(ST_Distance(line, ST_SetSRID(ST_MakePoint(:x, :y), 4326)::geography)) FROM road_segment"
    )
    return session().scalar(query, {"x": place.longitude, "y": place.latitude})


@pytest.fixture
def street(jurisdiction):
    """A street of 250 m through the town, 40 m south of the house."""
    with transaction():
        return road(
            jurisdiction, "K", near(TOWN, east=-130), near(TOWN, east=120), street_name="Testgata"
        )


@pytest.fixture
def precision(app):
    """Changes what a service tells of places, and puts it back."""
    before = dict(session().execute(select(Service.code, Service.position_precision)).all())

    def change(code: str, to: str) -> None:
        with transaction():
            session().execute(
                update(Service).where(Service.code == code).values(position_precision=to)
            )

    yield change
    session().rollback()
    for code, was in before.items():
        change(code, was)


def test_a_place_in_the_street_is_told_as_it_is(jurisdiction, street):
    request = submitted(jurisdiction, position=HOUSE)
    assert public_place(request) == position_of(request.position)


def test_a_private_address_is_told_as_a_stretch_of_the_street(jurisdiction, street):
    request = submitted(jurisdiction, position=HOUSE, service_code="WATER-NONE")
    place = public_place(request)
    assert metres_to_roads(place) < 1.5
    assert place != HOUSE


def test_neighbours_share_the_place_so_that_no_door_follows_from_it(jurisdiction, street):
    houses = [
        near(TOWN, east=east, north=north) for east in (10, 40, 70, 100) for north in (-30, 40)
    ]
    made = [submitted(jurisdiction, position=at, service_code="WATER-NONE") for at in houses]
    places = [public_place(request) for request in made]
    assert len(set(places)) == 1
    assert all(metres_between(at, places[0]) > 20 for at in houses)


def test_the_ends_of_a_street_are_in_it(jurisdiction, street):
    for east in (-400, 400, -130, 120):
        at = near(TOWN, east=max(min(east, 300), -300), north=40)
        made = submitted(jurisdiction, position=at, service_code="WATER-NONE")
        assert metres_to_roads(public_place(made)) < 1.5


def test_drives_and_stumps_are_no_streets(jurisdiction):
    with transaction():
        road(jurisdiction, "P", near(HOUSE, east=2), near(HOUSE, east=2, north=90))
        road(jurisdiction, "K", near(HOUSE, east=5), near(HOUSE, east=5, north=20))
    made = submitted(jurisdiction, position=HOUSE, service_code="WATER-NONE")
    assert public_place(made) == Position(longitude=7.72, latitude=63.11)


def test_without_a_road_the_place_is_told_to_a_kilometre(jurisdiction):
    for at in (HOUSE, near(HOUSE, east=90, north=80)):
        made = submitted(jurisdiction, position=at, service_code="WATER-NONE")
        assert public_place(made) == Position(longitude=7.72, latitude=63.11)


def test_the_public_place_follows_the_pin_the_service_and_its_precision(
    jurisdiction, street, precision
):
    request = submitted(jurisdiction, position=HOUSE, service_code="ROAD-POTHOLE")
    moved = near(HOUSE, east=0.2)
    for change, expected in (
        ({"position": moved.as_column()}, lambda at: metres_between(at, moved) < 0.01),
        ({"service_id": _service("WATER-NONE")}, lambda at: metres_to_roads(at) < 1.5),
        ({"service_id": _service("ROAD-POTHOLE")}, lambda at: metres_between(at, moved) < 0.01),
    ):
        with transaction():
            session().execute(
                update(ServiceRequest).where(ServiceRequest.id == request.id).values(change)
            )
        assert expected(public_place(request)), change
    precision("ROAD-POTHOLE", "street")
    assert metres_to_roads(public_place(request)) < 1.5
    assert _on_grid(request) == public_place(request), "the map knows no more than anyone"
    precision("ROAD-POTHOLE", "exact")
    assert metres_between(public_place(request), moved) < 0.01


def _service(code: str) -> int:
    return session().scalars(select(Service.id).where(Service.code == code)).one()


def _on_grid(request: ServiceRequest) -> Position:
    """Where the tiles have it, to the grid's 4 cm."""
    place = public_place(request)
    px = session().scalar(select(ServiceRequest.px).where(ServiceRequest.id == request.id))
    assert abs(px / 2**30 * 360 - 180 - place.longitude) < 1e-6
    return place


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Vågeveien 4", "Vågeveien"),
        ("Vågeveien 12B", "Vågeveien"),
        ("Vågeveien 12 b", "Vågeveien"),
        ("7. junigata 3", "7. junigata"),
        ("Testgata", "Testgata"),
        ("Kirkelandet", "Kirkelandet"),
        ("Nordgarden", None),
        (None, None),
    ],
)
def test_of_a_private_address_only_the_street_is_told(jurisdiction, street, words, expected):
    private = submitted(jurisdiction, position=HOUSE, service_code="WATER-NONE")
    open_ = submitted(jurisdiction, position=HOUSE)
    with transaction():
        session().execute(update(ServiceRequest).values(place_text=words))
    session().expire_all()
    assert private.public_place_text == expected
    assert open_.public_place_text == words


def test_new_roads_give_private_addresses_new_public_places(app, jurisdiction):
    made = [
        submitted(jurisdiction, position=near(HOUSE, east=at), service_code="WATER-NONE")
        for at in range(5)
    ]
    version = made[0].version
    with transaction():
        road(jurisdiction, "K", near(TOWN, east=-130), near(TOWN, east=120))
        defer("service_requests.renew_public_places", jurisdiction_id=jurisdiction.id)
    do_jobs(app)
    assert all(metres_to_roads(public_place(request)) < 1.5 for request in made)
    assert made[0].version == version, "nobody who has it open is disturbed"
