import pytest

from app.geo.kommuneinfo import RegisterAway, fetch_boundary, municipality_name_at

from ..factories import AVEROY
from ..servers import kommuneinfo

AREA = {
    "type": "MultiPolygon",
    "coordinates": [[[[7, 63], [8, 63], [8, 64], [7, 63]]]],
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4258"}},
}
NOWHERE = "http://127.0.0.1:9/kommuneinfo/v1"


def test_the_boundary_is_asked_for_in_degrees_and_comes_as_plain_geojson():
    with kommuneinfo(area=AREA) as register:
        found = fetch_boundary(register.url, "1505")
    assert found == {"type": "MultiPolygon", "coordinates": AREA["coordinates"]}
    path = "/kommuneinfo/v1/kommuner/1505/omrade"
    assert register.asked == [(path, {"utkoordsys": ["4258"]})]


@pytest.mark.parametrize(
    "answer",
    [
        {"area": None},
        {"area": []},
        {"area": {"type": "MultiPolygon"}},
        {"area": AREA, "status": 500},
        {"area": AREA, "status": 404},
        {"raw": b"<html>Vedlikehold</html>"},
        {"raw": b""},
        {"raw": b"[]"},
        {"raw": b"\xff\xfe"},
    ],
)
def test_a_register_that_answers_otherwise_is_away(answer):
    with kommuneinfo(**answer) as register, pytest.raises(RegisterAway):
        fetch_boundary(register.url, "1505")


def test_a_register_that_does_not_answer_is_away():
    with pytest.raises(RegisterAway, match="did not answer"):
        fetch_boundary(NOWHERE, "1505")


def test_a_name_is_asked_for_by_north_and_east():
    with kommuneinfo(name_at_point="Averøy") as register:
        assert municipality_name_at(register.url, AVEROY) == "Averøy"
    ((path, query),) = register.asked
    assert path == "/kommuneinfo/v1/punkt"
    assert query == {"nord": ["62.95"], "ost": ["7.6"], "koordsys": ["4258"]}


@pytest.mark.parametrize("answer", [{}, {"status": 500}, {"raw": b"no json"}, {"raw": b"[1]"}])
def test_without_an_answer_there_is_no_name(answer):
    with kommuneinfo(**answer) as register:
        assert municipality_name_at(register.url, AVEROY) is None


def test_a_register_that_is_away_costs_the_resident_nothing():
    assert municipality_name_at(NOWHERE, AVEROY) is None
