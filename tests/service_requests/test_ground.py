from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.database import session, transaction
from app.service_requests import ground
from app.service_requests.models import ServiceRequest

from ..factories import TOWN, submitted

NOW = datetime(2026, 10, 2, 9, tzinfo=UTC)
YEAR_AGO = NOW - timedelta(days=365)


def road(jurisdiction, category, manager=None, *, north=0.0):
    """A road through the town, west to east, so many degrees farther north."""
    latitude = TOWN.latitude + north
    session().execute(
        text(
            "INSERT INTO road_segment (jurisdiction_id, category, manager, line)"
            " VALUES (:id, :category, :manager, ST_GeogFromText(:line))"
        ),
        {
            "id": jurisdiction.id,
            "category": category,
            "manager": manager,
            "line": f"LINESTRING(7.72 {latitude}, 7.74 {latitude})",
        },
    )
    session().commit()


def lamp(jurisdiction, number, owner, *, east=0.0, is_active=True):
    session().execute(
        text(
            "INSERT INTO asset (jurisdiction_id, kind, number, owner, position, is_active)"
            " VALUES (:id, 'lamp', :number, :owner, ST_GeogFromText(:point), :is_active)"
        ),
        {
            "id": jurisdiction.id,
            "number": number,
            "owner": owner,
            "point": f"POINT({TOWN.longitude + east} {TOWN.latitude})",
            "is_active": is_active,
        },
    )
    session().commit()


def refreshed(jurisdiction, since=YEAR_AGO, batch=ground.BATCH):
    """All batches, each in its own transaction."""
    done, after = [], 0
    while True:
        with transaction():
            found = ground.refresh(jurisdiction.id, since=since, after=after, batch=batch)
        if found is None:
            return done
        done.append(found)
        after = found.last_id


def facts(report):
    session().refresh(report)
    return report.road_category, report.road_manager, report.asset_owner


def test_a_report_from_before_the_roads_gets_the_road_it_lies_at(jurisdiction):
    report = submitted(jurisdiction, now=NOW)
    assert facts(report) == (None, None, None)
    road(jurisdiction, "F", "Fylket")
    assert [(found.looked_at, found.changed) for found in refreshed(jurisdiction)] == [(1, 1)]
    assert facts(report) == ("F", "Fylket", None)


def test_a_road_that_is_gone_is_forgotten(jurisdiction):
    road(jurisdiction, "K")
    report = submitted(jurisdiction, now=NOW)
    assert facts(report)[0] == "K"
    session().execute(text("DELETE FROM road_segment"))
    session().commit()
    refreshed(jurisdiction)
    assert facts(report) == (None, None, None)


def test_only_services_about_lamps_take_the_nearest_lamp(jurisdiction):
    dark = submitted(jurisdiction, service_code="LIGHT-DARK", now=NOW)
    hole = submitted(jurisdiction, now=NOW)
    lamp(jurisdiction, "1", "private", is_active=False)
    lamp(jurisdiction, "2", "grid_company", east=0.0002)
    refreshed(jurisdiction)
    assert (facts(dark)[2], facts(hole)[2]) == ("grid_company", None)


def test_the_lamp_that_was_picked_goes_before_the_nearest(jurisdiction):
    lamp(jurisdiction, "1", "private")
    lamp(jurisdiction, "2", "county", east=0.0002)
    report = submitted(jurisdiction, service_code="LIGHT-DARK", lamps=("2",), now=NOW)
    session().execute(text("UPDATE asset SET owner = 'state' WHERE number = '2'"))
    session().commit()
    refreshed(jurisdiction)
    assert facts(report)[2] == "state"


def test_nobody_has_done_anything_to_the_report(jurisdiction):
    report = submitted(jurisdiction, now=NOW)
    before = report.version, report.updated_at
    counted = session().scalar(text("SELECT count(*) FROM count_ledger"))
    road(jurisdiction, "K")
    refreshed(jurisdiction)
    session().refresh(report)
    assert (report.version, report.updated_at) == before
    assert session().scalar(text("SELECT count(*) FROM count_ledger")) == counted


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_take_every_report_once(jurisdiction, batch):
    for _ in range(4):
        submitted(jurisdiction, now=NOW)
    submitted(jurisdiction, now=YEAR_AGO - timedelta(days=1))
    road(jurisdiction, "P")
    done = refreshed(jurisdiction, batch=batch)
    assert (
        sum(found.looked_at for found in done) == 4 == ground.count(jurisdiction.id, since=YEAR_AGO)
    )
    known = session().scalars(text("SELECT road_category FROM service_request ORDER BY id")).all()
    assert known == ["P"] * 4 + [None]


def test_a_second_time_changes_nothing(jurisdiction):
    submitted(jurisdiction, now=NOW)
    road(jurisdiction, "R")
    refreshed(jurisdiction)
    assert [found.changed for found in refreshed(jurisdiction)] == [0]
    assert session().query(ServiceRequest).count() == 1
