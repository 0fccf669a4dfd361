"""Boxes, moments, media types: what a query says, without a database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pyproj import CRS, Transformer

from app.open_data.negotiation import NotAcceptable, best
from app.open_data.ogc_crs import CRS84, SYSTEMS, read_box, system_of
from app.open_data.ogc_rough import rough_box
from app.open_data.ogc_time import read_span

OSLO = ZoneInfo("Europe/Oslo")
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
OFFERS = ("text/turtle", "application/ld+json", "application/rdf+xml", "text/html")


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.uri.rsplit("/", 1)[-1])
def test_the_order_of_the_axes_is_that_of_the_register(system):
    name = "OGC:CRS84" if system is CRS84 else f"EPSG:{system.srid}"
    assert CRS.from_user_input(name).to_epsg() in {system.srid, None}
    first = CRS.from_user_input(name).axis_info[0].direction
    assert (first == "north") == system.is_flipped


def test_a_box_of_latitudes_first_is_the_same_box():
    plain = read_box("7.5,63,7.9,63.2", CRS84)
    turned = read_box("63,7.5,63.2,7.9", system_of(f"{EPSG}4326"))
    assert (turned.west, turned.south, turned.east, turned.north) == (7.5, 63, 7.9, 63.2)
    assert (plain.west, plain.south, plain.east, plain.north) == (7.5, 63, 7.9, 63.2)


def test_heights_of_a_box_count_for_nothing():
    box = read_box("7.5,63,0,7.9,63.2,900", CRS84)
    assert (box.west, box.south, box.east, box.north) == (7.5, 63, 7.9, 63.2)


def test_a_box_over_the_date_line_has_two_parts():
    parts = read_box("170,-10,-170,10", CRS84).parts()
    assert [(part.west, part.east) for part in parts] == [(170, 180), (-180, -170)]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "7,64,8,63",
        "nan,0,1,1",
        "0,0,inf,1",
        "0,-91,1,1",
        "0,0,181,1",
    ],
)
def test_what_is_no_box_is_refused(written):
    with pytest.raises(ValueError, match=r"\w+"):
        read_box(written, CRS84)


@pytest.mark.parametrize("written", ["5,0,1,9", "0,9,1,8", "0,0,1e9,1"])
def test_what_is_no_box_of_metres_is_refused(written):
    with pytest.raises(ValueError, match=r"\w+"):
        read_box(written, system_of(f"{EPSG}25833"))


def test_an_unknown_system_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"OGC/1\.3/CRS84"):
        system_of(f"{EPSG}2056")


@pytest.mark.parametrize("code", [25832, 25833, 3857])
def test_the_rough_box_holds_every_corner_and_edge(code):
    there = Transformer.from_crs(4326, code, always_xy=True)
    back = Transformer.from_crs(code, 4326, always_xy=True)
    x, y = there.transform(7.7279, 63.1104)
    box = read_box(
        f"{x - 20_000},{y - 20_000},{x + 20_000},{y + 20_000}", system_of(f"{EPSG}{code}")
    )
    rough = rough_box(box)
    assert rough is not None
    for share in range(41):
        for east, north in (
            (box.west + share * 1000, box.north),
            (box.west + share * 1000, box.south),
            (box.west, box.south + share * 1000),
            (box.east, box.south + share * 1000),
        ):
            longitude, latitude = back.transform(east, north)
            assert rough.west < longitude < rough.east
            assert rough.south < latitude < rough.north


def test_a_box_of_half_the_world_needs_no_rough_one():
    assert rough_box(read_box("-9e6,-9e6,9e6,9e6", system_of(f"{EPSG}25832"))) is None


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00", "2026-03-01T12:00:00"),
        ("2026-03-01T13:00:00.5+01:00", "2026-03-01T12:00:00.5", "2026-03-01T12:00:00.5"),
        ("2026-03-01", "2026-02-28T23:00:00", "2026-03-01T22:59:59.999999"),
        ("2026-07-01/2026-07-02", "2026-06-30T22:00:00", "2026-07-02T21:59:59.999999"),
        ("2026-03-01T12:00:00Z/..", "2026-03-01T12:00:00", None),
        ("2026-03-01T12:00:00Z/", "2026-03-01T12:00:00", None),
        ("../2026-03-01T12:00:00Z", None, "2026-03-01T12:00:00"),
        ("/2026-03-01T12:00:00Z", None, "2026-03-01T12:00:00"),
    ],
)
def test_moments_days_and_intervals(written, start, end):
    span = read_span(written, OSLO)
    wanted = [
        datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None for text in (start, end)
    ]
    assert [span.start, span.end] == wanted


@pytest.mark.parametrize(
    "written",
    ["", "../..", "/", "2026", "yesterday", "2026-02-30", "2026-03-02/2026-03-01", "a/b/c",
     "2026-03-01T12:00:00", "9999-12-31", "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(written):
    with pytest.raises(ValueError, match=r"\w+"):
        read_span(written, OSLO)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/turtle;q=0.3, application/ld+json;q=0.9", "application/ld+json"),
        ("text/turtle;q=0, application/*", "application/ld+json"),
        ("application/rdf+xml, */*;q=0.1", "application/rdf+xml"),
    ],
)
def test_weights_decide(accept, chosen):
    assert best(accept, OFFERS) == chosen


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0"])
def test_a_form_that_nobody_has_is_not_acceptable(accept):
    with pytest.raises(NotAcceptable, match="text/turtle"):
        best(accept, OFFERS)
