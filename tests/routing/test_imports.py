"""Roads and assets in the database: one import at a time, without holding up reports."""

from datetime import UTC, datetime

import pytest
from shapely import LineString
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.database import db, session
from app.geo.segments import Segment
from app.routing.assets import merge_assets
from app.routing.models import Owner
from app.routing.roads import replace_roads
from app.routing.words import owner_of

from ..factories import submitted

NOW = datetime.now(UTC)


def segment(category="K"):
    return Segment(
        category=category,
        number=None,
        road_type=None,
        manager="Møre og Romsdal\tfylkeskommune\n\\N",
        street_name=None,
        reference=None,
        line=LineString([(7.72, 63.11), (7.73, 63.11)]),
    )


def stored_roads(connection):
    return connection.execute(text("SELECT category, manager FROM road_segment")).all()


@pytest.fixture
def someone_else(app):
    """Another connection to the same database, which gives up at once when it would have to wait."""
    with db.engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '100ms'"))
        yield connection


def test_the_old_roads_are_seen_until_the_new_ones_are_complete(jurisdiction, someone_else):
    replace_roads(jurisdiction.id, [segment("E")], source="first", now=NOW)
    session().commit()
    assert replace_roads(jurisdiction.id, [segment("F")] * 3, source="second", now=NOW) == 1
    assert [row.category for row in stored_roads(someone_else)] == ["E"]


def test_texts_are_stored_as_they_are(jurisdiction):
    replace_roads(jurisdiction.id, [segment()], source="first", now=NOW)
    assert stored_roads(session())[0].manager == "Møre og Romsdal\tfylkeskommune\n\\N"


@pytest.mark.parametrize(
    "load",
    [
        lambda key: replace_roads(key, [segment()], source="first", now=NOW),
        lambda key: merge_assets(key, "lamp", {}, source="first", now=NOW),
    ],
)
def test_a_second_import_waits_for_the_first_and_reports_do_not(jurisdiction, someone_else, load):
    load(jurisdiction.id)
    row = "SELECT id FROM jurisdiction WHERE id = :id FOR"
    someone_else.execute(text(f"{row} KEY SHARE"), {"id": jurisdiction.id})  # what a report takes
    with pytest.raises(OperationalError, match="lock timeout"):
        someone_else.execute(text(f"{row} NO KEY UPDATE"), {"id": jurisdiction.id})


def test_a_report_can_be_sent_after_an_import(jurisdiction):
    replace_roads(jurisdiction.id, [segment()], source="first", now=NOW)
    session().commit()
    assert submitted(jurisdiction).id


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        (None, Owner.UNKNOWN),
        ("Ukjent", Owner.UNKNOWN),
        ("KOMMUNAL", Owner.MUNICIPALITY),
        ("municipality", Owner.MUNICIPALITY),
        ("Fylkeskommune", Owner.COUNTY),
        ("Statens  vegvesen", Owner.STATE),
        ("privat", Owner.PRIVATE),
        ("Nettselskap", Owner.GRID_COMPANY),
        ("grid_company", Owner.GRID_COMPANY),
    ],
)
def test_owners_are_understood_in_many_words(written, owner):
    assert owner_of(written) is owner


def test_another_word_is_refused_with_those_that_are_understood():
    with pytest.raises(ValueError, match="write one of kommune, fylke, stat, privat"):
        owner_of("naboen")
