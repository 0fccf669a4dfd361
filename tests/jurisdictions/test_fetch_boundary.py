"""`melde jurisdiction fetch-boundary` against a local server that answers like Kartverket's."""

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app.cli import main
from app.cli.jurisdiction import load_folder
from app.database import session
from app.jurisdictions.models import Jurisdiction

from ..servers import kommuneinfo

RING = [[7.4, 62.9], [8.0, 62.9], [8.0, 63.3], [7.4, 63.3], [7.4, 62.9]]
AREA = {"type": "MultiPolygon", "coordinates": [[RING]]}
BOW_TIE = {
    "type": "MultiPolygon",
    "coordinates": [[[[7.4, 62.9], [8.0, 63.3], [8.0, 62.9], [7.4, 63.3], [7.4, 62.9]]]],
}


def fetch(app, register_url, number="1505"):
    settings = app.config["SETTINGS"]
    environ = {"MELDE_DATABASE_URL": settings.database_url, "MELDE_KOMMUNEINFO_URL": register_url}
    return CliRunner().invoke(main, ["jurisdiction", "fetch-boundary", number], env=environ)


def boundary(app):
    with app.app_context():
        kept = Jurisdiction.boundary
        query = select(
            func.ST_AsText(kept), func.ST_IsValid(kept), Jurisdiction.boundary_source
        ).where(Jurisdiction.number == "1505")
        return session().execute(query).one()


def test_kartverkets_boundary_replaces_the_coarse_one(own_app):
    with kommuneinfo(area=AREA) as register:
        done = fetch(own_app, register.url)
    assert done.exit_code == 0, done.output
    shape, is_valid, source = boundary(own_app)
    assert shape == "MULTIPOLYGON(((7.4 62.9,8 62.9,8 63.3,7.4 63.3,7.4 62.9)))"
    assert is_valid
    assert source.startswith("Kartverket, ")


def test_a_boundary_that_crosses_itself_is_made_valid(own_app):
    with kommuneinfo(area=BOW_TIE) as register:
        assert fetch(own_app, register.url).exit_code == 0
    assert boundary(own_app)[1]


def test_the_folders_coarse_boundary_does_not_undo_the_fetched_one(own_app, folder):
    with kommuneinfo(area=AREA) as register:
        fetch(own_app, register.url)
    fetched = boundary(own_app)
    assert load_folder(own_app, folder) == []
    assert boundary(own_app) == fetched


@pytest.mark.parametrize(
    "answer",
    [
        {"area": {"type": "LineString", "coordinates": [[7, 63], [8, 64]]}},
        {"area": {"type": "MultiPolygon", "coordinates": []}},
        {"area": {"type": "Polygon", "coordinates": [[[435812, 6998525]] * 4]}},
        {"area": {"type": "Polygon", "coordinates": "here"}},
        {"area": {"coordinates": AREA["coordinates"]}},
        {"area": None},
        {"area": AREA, "status": 500},
        {"raw": b"<html>Vedlikehold</html>"},
        {"raw": b""},
    ],
)
def test_anything_else_is_refused_and_the_old_boundary_stays(unharmed_app, answer):
    before = boundary(unharmed_app)
    with kommuneinfo(**answer) as register:
        done = fetch(unharmed_app, register.url)
    assert done.exit_code == 1
    assert "The boundary was not replaced" in done.output
    assert "Traceback" not in done.output
    assert boundary(unharmed_app) == before


def test_a_register_that_is_away_changes_nothing(unharmed_app):
    before = boundary(unharmed_app)
    done = fetch(unharmed_app, "http://127.0.0.1:9/kommuneinfo/v1")
    assert done.exit_code == 1
    assert boundary(unharmed_app) == before


def test_a_municipality_that_is_not_here_is_named(unharmed_app):
    done = fetch(unharmed_app, "http://127.0.0.1:9/kommuneinfo/v1", "9999")
    assert done.exit_code == 1
    assert "There is no municipality 9999 here" in done.output
