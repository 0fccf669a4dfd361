"""The map's tiles: exact at any zoom, whatever happens to the reports."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.catalog.queries import service_by_code
from app.database import session, transaction
from app.geo.positions import Box
from app.roles import Role
from app.service_requests import tiles
from app.service_requests.filter import EVERYTHING_SHOWN, Shown
from app.service_requests.grid import SIDE, Tile, column_of, key_of, position_at, range_of, row_of
from app.service_requests.models import ServiceRequest
from app.service_requests.operations import lock
from app.service_requests.status import Status, phase
from app.service_requests.tile_views import memory

from ..factories import GRIP, HARBOUR, TOWN, actor, changed, near, staff, submitted


@pytest.fixture(autouse=True)
def _forget():
    memory.clear()


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def over(position, z):
    """The tile over a position."""
    return Tile(
        z=z, x=column_of(position.longitude) >> 30 - z, y=row_of(position.latitude) >> 30 - z
    )


def url(tile, query="lang=nb"):
    return f"/api/v1/tiles/{tile.z}/{tile.x}/{tile.y}.json?{query}"


def counted(client, tile, query="lang=nb"):
    """How many reports a tile says there are: new, in progress, fixed, closed."""
    answer = client.get(url(tile, query), headers={"Cache-Control": "no-cache"})
    assert answer.status_code == 200, answer.text
    counts = [0, 0, 0, 0]
    for cell in answer.json["cells"]:
        counts = [one + other for one, other in zip(counts, cell["counts"], strict=True)]
    for report in answer.json["reports"]:
        counts[["new", "in_progress", "fixed", "closed"].index(report["phase"])] += 1
    return counts


def wanted(jurisdiction, **more):
    return tiles.Wanted(jurisdiction_id=jurisdiction.id, shown=EVERYTHING_SHOWN, **more)


# --- the grid ---------------------------------------------------------------------------------------

POSITIONS = st.builds(
    lambda x, y: (x, y), st.integers(0, SIDE - 1), st.integers(1 << 10, SIDE - (1 << 10))
)


@given(POSITIONS)
def test_a_squares_middle_lies_in_the_square(square):
    at = position_at(*square)
    assert (column_of(at.longitude), row_of(at.latitude)) == square


@given(POSITIONS, st.integers(0, 22))
def test_a_square_is_in_the_range_of_its_tile_and_of_no_other(square, z):
    column, row = square
    tile = Tile(z=z, x=column >> 30 - z, y=row >> 30 - z)
    first, before = tile.keys()
    assert first <= key_of(column, row) < before
    other = Tile(z=z, x=tile.x ^ 1, y=tile.y) if z else tile
    first, before = other.keys()
    assert (first <= key_of(column, row) < before) == (z == 0)


@pytest.mark.parametrize(
    "place", [TOWN, GRIP, HARBOUR, position_at(0, 0), position_at(SIDE - 1, 5)]
)
def test_the_database_finds_the_same_square(app, jurisdiction, place):
    made = submitted(jurisdiction)
    with transaction() as current:
        at = {"x": place.longitude, "y": place.latitude, "id": made.id}
        moved = "UPDATE service_request SET position = ST_SetSRID(ST_MakePoint(:x, :y), 4326) WHERE id = :id"
        current.execute(text(moved), at)
    row = session().execute(text("SELECT px, py, morton FROM service_request")).one()
    square = column_of(place.longitude), row_of(place.latitude)
    assert tuple(row) == (*square, key_of(*square))


def test_the_database_has_the_same_phase_for_every_status(app):
    for status in Status:
        found = session().scalar(text("SELECT phase_of(:status)"), {"status": status})
        assert tiles.PHASES[found] == phase(status)


def test_a_box_is_told_in_squares_from_north_to_south():
    found = range_of(Box(west=7.72, south=63.1, east=7.73, north=63.12))
    assert found.west < column_of(7.7279) < found.east
    assert found.north < row_of(63.1104) < found.south


# --- counts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [0, 5, 8, 11, 14, 15, 16, 18, 20, 22])
@pytest.mark.parametrize("folded", [False, True])
def test_every_zoom_counts_the_same(client, jurisdiction, desk, z, folded):
    for _ in range(3):
        submitted(jurisdiction)
    changed(submitted(jurisdiction), Status.FIXED, desk, led_to_improvement=True)
    changed(submitted(jurisdiction), Status.NO_ACTION, desk, message="Ikke en feil")
    changed(submitted(jurisdiction), Status.REJECTED, desk, message="Søppelpost")
    if folded:
        with transaction():
            assert tiles.fold() > 0
    assert counted(client, over(TOWN, z)) == [0, 3, 1, 1]
    assert counted(client, over(TOWN, z), "show=open") == [0, 3, 0, 0]
    assert counted(client, over(TOWN, z), "show=recent&group=road,other") == [0, 0, 1, 1]
    assert counted(client, over(TOWN, z), "group=water") == [0, 0, 0, 0]


@pytest.mark.parametrize("z", [8, 14, 15, 16])
def test_a_report_alone_says_what_its_row_says(client, jurisdiction, z):
    made = submitted(jurisdiction)
    with transaction():
        tiles.fold()
    (report,) = client.get(url(over(TOWN, z))).json["reports"]
    (feature,) = client.get("/api/v1/service-requests").json["features"]
    assert report["number"] == made.number
    assert report["sentence"] == feature["properties"]["sentence"]
    assert (report["x"], report["y"]) == (column_of(TOWN.longitude), row_of(TOWN.latitude))


def test_reports_on_one_spot_are_a_number_at_the_nearest_zoom_too(client, jurisdiction):
    for _ in range(4):
        submitted(jurisdiction)
    submitted(jurisdiction, position=near(TOWN, east=3))
    found = client.get(url(over(TOWN, 18))).json
    assert [cell["counts"] for cell in found["cells"]] == [[0, 4, 0, 0]]
    assert len(found["reports"]) == 1


def test_a_crowded_tile_shows_cells_instead_of_points(client, jurisdiction, monkeypatch):
    monkeypatch.setattr(tiles, "MOST_POINTS", 3)
    for metres in range(5):
        submitted(jurisdiction, position=near(TOWN, east=metres / 4))
    found = client.get(url(over(TOWN, 16))).json
    assert sum(sum(cell["counts"]) for cell in found["cells"]) + len(found["reports"]) == 5
    assert len(found["cells"]) + len(found["reports"]) < 5


def test_cells_stand_where_their_reports_are(client, jurisdiction):
    for east in (0, 10):
        submitted(jurisdiction, position=near(TOWN, east=east))
    (cell,) = client.get(url(over(TOWN, 10))).json["cells"]
    middle = column_of(near(TOWN, east=5).longitude)
    assert math.isclose(cell["x"], middle, abs_tol=2)


def test_a_pin_that_is_moved_leaves_one_tile_and_comes_to_another(client, jurisdiction):
    made = submitted(jurisdiction)
    with transaction():
        tiles.fold()
    with transaction():
        lock(made.id, made.version).position = GRIP.as_column()
    for z in (12, 16):
        assert counted(client, over(TOWN, z)) == [0, 0, 0, 0]
        assert counted(client, over(GRIP, z)) == [0, 1, 0, 0]
    assert tiles.mismatches(jurisdiction.id)[0] == 0


def test_another_service_counts_in_another_group(client, jurisdiction):
    made = submitted(jurisdiction)
    with transaction():
        tiles.fold()
    with transaction():
        lamp = service_by_code(jurisdiction.id, "LIGHT-DARK")
        lock(made.id, made.version).service_id = lamp.id
    assert counted(client, over(TOWN, 10), "group=road") == [0, 0, 0, 0]
    assert counted(client, over(TOWN, 10), "group=street_light") == [0, 1, 0, 0]


def test_an_emptied_cell_leaves_no_row(app, jurisdiction):
    made = submitted(jurisdiction)
    with transaction():
        tiles.fold()
    assert session().scalar(text("SELECT count(*) FROM map_cell")) == 14
    with transaction() as current:
        current.delete(current.get(ServiceRequest, made.id))
    with transaction():
        tiles.fold()
    assert session().scalar(text("SELECT count(*) FROM map_cell")) == 0


# --- time -------------------------------------------------------------------------------------------


def test_a_closed_report_leaves_the_map_after_ninety_days(client, jurisdiction, desk):
    now = datetime.now(UTC)
    made = submitted(jurisdiction, now=now - timedelta(days=100))
    changed(made, Status.FIXED, desk, led_to_improvement=True, now=now - timedelta(days=89))
    assert counted(client, over(TOWN, 12)) == [0, 0, 1, 0]
    with transaction() as current:
        assert tiles.leave_map() == 0
        # As if it were three days later: what the clock decides is the same comparison. (Two are too
        # few in the last hour of a winter's day, when the 90 days reach back into summer time.)
        current.execute(text("ALTER TABLE service_request DISABLE TRIGGER place_on_map"))
        current.execute(
            text("UPDATE service_request SET closed_at = closed_at - interval '3 days'")
        )
        current.execute(text("ALTER TABLE service_request ENABLE TRIGGER place_on_map"))
    assert tiles.mismatches(jurisdiction.id)[0] == 1
    with transaction():
        assert tiles.leave_map() == 1
    for z in (12, 15, 18):
        assert counted(client, over(TOWN, z)) == [0, 0, 0, 0]
    assert client.get("/api/v1/service-requests?show=open,recent").json["numberMatched"] == 0
    assert client.get("/api/v1/service-requests?status=closed").json["numberMatched"] == 1
    assert tiles.mismatches(jurisdiction.id) == (0, 0)


def test_a_day_ends_at_the_municipalitys_midnight(app, jurisdiction):
    since = session().scalar(text("SELECT map_shows_since(:id)"), {"id": jurisdiction.id})
    local = session().scalar(
        text("SELECT (CAST(:since AS timestamptz) AT TIME ZONE 'Europe/Oslo')::time"),
        {"since": since},
    )
    assert local.isoformat() == "00:00:00"
    assert timedelta(days=89) < datetime.now(UTC) - since < timedelta(days=91, hours=2)


def test_a_report_opened_again_is_back_on_the_map(client, jurisdiction, desk):
    now = datetime.now(UTC)
    made = submitted(jurisdiction, now=now - timedelta(days=200))
    made = changed(made, Status.FIXED, desk, led_to_improvement=True, now=now - timedelta(days=150))
    assert counted(client, over(TOWN, 12)) == [0, 0, 0, 0]
    changed(made, Status.ASSESSING, desk)
    assert counted(client, over(TOWN, 12)) == [1, 0, 0, 0]


# --- HTTP -------------------------------------------------------------------------------------------


def test_a_tile_may_be_kept_for_a_moment_and_asked_about_again(client, jurisdiction):
    submitted(jurisdiction)
    first = client.get(url(over(TOWN, 12)))
    assert first.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=60"
    again = client.get(url(over(TOWN, 12)), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    submitted(jurisdiction)
    asked = {"If-None-Match": first.headers["ETag"], "Cache-Control": "max-age=0"}
    assert client.get(url(over(TOWN, 12)), headers=asked).status_code == 200


def test_a_tile_from_memory_is_not_that_of_another_question(client, jurisdiction):
    submitted(jurisdiction)
    sentences = set()
    for query in ("lang=nb", "lang=en", "lang=nb&show=open", "lang=nb&group=water"):
        reports = client.get(url(over(TOWN, 16), query)).json["reports"]
        sentences |= {(query, report["sentence"]) for report in reports}
    assert len(sentences) == 3
    assert len({sentence for _, sentence in sentences}) == 2


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("12/2135/1117.json?show=all", "show"),
        ("12/2135/1117.json?group=cars", "group"),
        ("12/2135/1117.json?lang=fi", "lang"),
        ("12/2135/1117.json?colour=red", "colour"),
        ("12/4096/0.json", "tile"),
        ("23/0/0.json", "tile"),
        ("999999999999/0/0.json", "tile"),
        ("12/0/99999999999999999999999.json", "tile"),
    ],
)
def test_a_tile_that_cannot_be_is_told(client, path, field):
    answer = client.get(f"/api/v1/tiles/{path}")
    assert answer.status_code == 400, answer.text
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("path", ["a/b/c.json", "-1/0/0.json", "1/1/1.png", "1.5/0/0.json"])
def test_what_is_no_tile_is_not_found(client, path):
    assert client.get(f"/api/v1/tiles/{path}").status_code == 404


def test_nothing_shown_is_an_empty_tile(client, jurisdiction):
    submitted(jurisdiction)
    assert client.get(url(over(TOWN, 12), "show=none")).json == {"cells": [], "reports": []}
    assert tiles.phase_numbers(frozenset()) == []
    assert tiles.phase_numbers(frozenset({Shown.RECENT})) == [2, 3]
