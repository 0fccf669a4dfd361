"""A report's place in words: looked up after it is taken in, tried again, never in anybody's way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from app.database import session, transaction
from app.places.operations import Source
from app.service_requests import place_texts, tasks
from app.service_requests.models import ServiceRequest

from ..factories import TOWN, do_jobs, near, submitted
from ..kartverket import address, kartverket

HOUSE = address("Vågeveien", 4, 63.1105, 7.7281)


@pytest.fixture
def service(app, monkeypatch):
    with kartverket(addresses=[HOUSE]) as running:
        settings = replace(app.config["SETTINGS"], kartverket_url=running.url)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield running


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction)


def ordered():
    query = text(
        "SELECT queue_name, status::text, attempts FROM procrastinate_jobs WHERE task_name = :name"
    )
    return [tuple(row) for row in session().execute(query, {"name": place_texts.JOB})]


def stored(report):
    session().rollback()
    query = select(ServiceRequest.place_text, ServiceRequest.version).where(
        ServiceRequest.id == report.id
    )
    return tuple(session().execute(query).one())


def test_every_report_orders_a_look_at_its_place(report):
    assert ordered() == [("outside", "todo", 0)]


def test_the_address_is_stored_and_shown_and_the_version_stays(app, client, report, service):
    before = report.version
    do_jobs(app)
    assert stored(report) == ("Vågeveien 4", before)
    assert ordered() == [("outside", "succeeded", 1)]


def test_while_kartverket_is_away_nothing_is_stored_and_it_is_tried_again(app, report, service):
    service.fault = "500"
    do_jobs(app)
    assert stored(report)[0] is None
    ((_, status, attempts),) = ordered()
    assert (status, attempts) == ("todo", 1)
    service.fault = None
    with transaction():
        session().execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
    do_jobs(app)
    assert stored(report)[0] == "Vågeveien 4"


def test_after_a_day_nobody_tries_any_more(app, report, service):
    service.fault = "500"
    with transaction():
        long_ago = datetime.now(UTC) - timedelta(days=1, minutes=1)
        session().execute(update(ServiceRequest).values(requested_at=long_ago))
    do_jobs(app)
    assert stored(report)[0] is None
    assert ordered() == [("outside", "succeeded", 1)]


def test_a_pin_that_is_moved_while_we_look_keeps_its_own_words(app, report, service, monkeypatch):
    elsewhere = near(TOWN, north=900).as_column()

    def moves_meanwhile(*_):
        session().execute(
            update(ServiceRequest)
            .values(position=elsewhere)
            .execution_options(synchronize_session=False)
        )
        return "Vågeveien 4"

    monkeypatch.setattr(place_texts.places, "place_text", moves_meanwhile)
    with transaction():
        place_texts.find(report.id, Source(url=service.url, now=datetime.now(UTC)))
    assert stored(report)[0] is None


def test_a_moved_pin_gets_new_words(app, report, service):
    do_jobs(app)
    service.addresses = [address("Langveien", 23, 63.1200, 7.7279)]
    with transaction():
        found = session().get(ServiceRequest, report.id)
        found.position = near(TOWN, north=1068).as_column()
        place_texts.order(found)
    do_jobs(app)
    assert stored(report)[0] == "Langveien 23"


def test_demo_reports_ask_nobody(app, jurisdiction):
    report = submitted(jurisdiction, is_demo=True, position=near(TOWN, north=30))
    assert ordered() == []
    assert stored(report) == ("Kristiansund sentrum", 1)


def test_an_answer_that_breaks_us_is_asked_for_a_day_only(app, report, monkeypatch, caplog):
    def breaks(*_):
        raise ValueError("a shape that nobody knows")

    monkeypatch.setattr(place_texts, "find", breaks)
    with pytest.raises(ValueError, match="nobody knows"):
        tasks.find_place_text(report.id)
    with transaction():
        session().execute(
            update(ServiceRequest).values(requested_at=datetime.now(UTC) - timedelta(days=1))
        )
    tasks.find_place_text(report.id)
    assert "ValueError" in caplog.text


def test_a_report_that_is_gone_is_no_error(app, service):
    assert place_texts.find(999_999, Source(url=service.url, now=datetime.now(UTC))) is None
    assert not place_texts.is_young(999_999, datetime.now(UTC))
