"""A worker that dies between sending and recording, two workers at once, and the preliminary reply."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app.database import db, session, transaction
from app.i18n import day
from app.jurisdictions.models import Jurisdiction
from app.notifications import operations, queries, sending, tasks
from app.notifications.models import DeliveryChannel
from app.service_requests.kinds import EntryKind
from app.service_requests.next_step import next_text
from app.service_requests.status import Status

from ..factories import changed, do_jobs, orders, submitted
from .conftest import plain, post_by, receipt, rows, tell, write

NOW = datetime.now(UTC)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org", language="nb")


class Killed(BaseException):
    """The process is gone: nothing of its transaction is left."""


def test_who_dies_after_sending_leaves_a_letter_that_is_known_as_the_same(
    report, desk, post, server, monkeypatch
):
    for status in (Status.PLANNED, Status.IN_PROGRESS):
        changed(report, status, desk)
    tell(report, post, now=NOW)
    sent = sending.send

    def send_and_die(*args, **values):
        sent(*args, **values)
        raise Killed

    monkeypatch.setattr(sending, "send", send_and_die)
    with pytest.raises(Killed):
        write(post, now=NOW)
    monkeypatch.setattr(sending, "send", sent)
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    tell(report, post, now=NOW)
    write(post, now=NOW + timedelta(seconds=1))
    first, again, after = server.taken
    assert first["Message-ID"] == again["Message-ID"] != after["Message-ID"]
    assert "Planlagt" in plain(again)
    assert "Utført" not in again["Subject"]
    assert "Utført" in after["Subject"]
    assert all(row["sent_at"] for row in rows())


def test_two_workers_send_once(app, report, post, server):
    with transaction():
        contact_id, channel = operations.acknowledge(report.id, post, now=NOW)
    start = Barrier(4)

    def work():
        with app.app_context():
            start.wait()
            tasks_post = post
            while True:
                with transaction():
                    message_id = sending.claim(contact_id, channel, tasks_post, now=NOW)
                if message_id is None or not tasks._deliver(message_id, tasks_post, NOW):
                    break
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(server.taken) == 1
    assert [row["attempts"] for row in rows()] == [1]


def test_a_lost_job_loses_no_letter(app, report, server, monkeypatch):
    settings = replace(app.config["SETTINGS"], smtp_url=server.url)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    with transaction():
        operations.acknowledge(report.id, post_by(server), now=NOW)
        session().execute(text("DELETE FROM procrastinate_jobs"))
    tasks.look_round()
    assert [name for name, _ in orders()] == ["notifications.write"]
    tasks.look_round()
    assert len(orders()) == 1
    do_jobs(app)
    assert len(server.taken) == 1


def test_what_is_being_sent_is_left_alone(report, post):
    with transaction():
        contact_id, channel = operations.acknowledge(report.id, post, now=NOW)
        message_id = sending.claim(contact_id, channel, post, now=NOW)
    with db.engine.begin() as other:
        other.execute(text("SELECT FROM delivery FOR UPDATE"))
        with transaction():
            assert not sending.deliver(message_id, post, now=NOW)
    assert rows()[0]["sent_at"] is None


def test_due_names_each_address_once(jurisdiction, post):
    for _ in range(3):
        made = submitted(jurisdiction, email="reporter@example.org")
        with transaction():
            operations.acknowledge(made.id, post, now=NOW)
    ((_, channel),) = queries.due(NOW)
    assert channel == DeliveryChannel.EMAIL


# --- the preliminary reply --------------------------------------------------------------------------


def unanswered(when):
    return queries.unanswered(when, ahead=operations.AHEAD)


def test_who_is_not_answered_in_time_hears_once_why_and_when(app, report, post, server):
    due = report.first_response_due_at
    assert unanswered(due - timedelta(hours=13)) == []
    assert unanswered(due - timedelta(hours=11)) == [report.id]
    with transaction():
        operations.reply_preliminarily(report.id, now=due)
    assert unanswered(due + timedelta(days=9)) == []
    session().expire_all()
    entry = report.history[-1]
    assert (entry.kind, entry.actor) == (EntryKind.PRELIMINARY, "system")
    told = next_text(report, "Vei", personal=True)
    assert day(date.fromisoformat(entry.data["answer_by"])) in told
    assert day(due) not in told
    assert report.first_response_at is None
    tell(report, post, now=due)
    write(post, now=due)
    assert any("Vi trenger mer tid" in letter["Subject"] for letter in server.taken)
    letter = server.taken[-1]
    assert "fordi" in plain(letter) or "Grunnen er" in plain(letter)
    assert "Du hører fra oss innen" in plain(letter)


def test_nobody_waits_longer_than_the_municipality_says(report):
    with transaction():
        session().execute(
            text("UPDATE service_request SET first_response_due_at = now() + interval '1 year'")
        )
    assert unanswered(NOW + timedelta(days=20)) == []
    assert unanswered(NOW + timedelta(days=21)) == [report.id]
    for days, found in ((5, [report.id]), (None, [])):
        with transaction():
            place = session().get_one(Jurisdiction, report.jurisdiction_id)
            place.preliminary_days = days
        assert unanswered(NOW + timedelta(days=20)) == found
    with transaction():
        session().get_one(Jurisdiction, report.jurisdiction_id).preliminary_days = 21


def test_what_was_answered_or_is_closed_needs_no_reply(jurisdiction, report, desk):
    other = submitted(jurisdiction, email="other@example.org")
    submitted(jurisdiction)  # nobody to reply to
    changed(report, Status.IN_PROGRESS, desk)
    assert unanswered(NOW + timedelta(days=60)) == [other.id]
    changed(other, Status.FIXED, desk, led_to_improvement=True)
    assert unanswered(NOW + timedelta(days=60)) == []


def test_two_workers_reply_once(app, report):
    with transaction():
        session().execute(text("UPDATE service_request SET first_response_due_at = now()"))

    def work():
        with app.app_context():
            tasks.reply_preliminarily()
            db.session.remove()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    count = "SELECT count(*) FROM history_entry WHERE kind = 'preliminary'"
    assert session().scalar(text(count)) == 1


def test_a_receipt_is_not_held_up_by_the_window(report, server):
    post = post_by(server, window=timedelta(minutes=5))
    receipt(report, post, now=NOW)
    assert len(server.taken) == 1
