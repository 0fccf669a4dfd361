"""A report leaves the house once, whatever happens, and staff see how it goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select, text

from app import jobs
from app.database import session, transaction
from app.departments.models import Receives
from app.departments.queries import by_code
from app.forwarding import operations, queries, tasks
from app.forwarding.models import Forwarding
from app.forwarding.ways import WAYS, NotSent
from app.roles import Role
from app.routing.models import Asset, RoadSegment
from app.service_requests.acting import Work
from app.service_requests.models import ServiceRequestAsset
from app.service_requests.operations import lock, send_elsewhere
from app.service_requests.status import Status

from ..factories import TOWN, actor, changed, do_jobs, orders, staff, submitted
from .conftest import ADDRESS, NOW, WORDS, hurry, office, row_of, send


def plain(letter):
    return letter.get_body(("plain",)).get_content()


def forwards():
    return [arguments for name, arguments in orders() if name == "forwarding.forward"]


def test_the_letter_has_everything_the_receiver_needs(report, server):
    assert send(report, office(server))
    (letter,) = server.taken
    assert (letter["To"], letter["Reply-To"]) == (ADDRESS, None)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"].startswith(f"{report.number}: Hull i veien, 63,11040")
    for part in (
        report.number,
        WORDS,
        "Vei: Hull i veien",
        "63,11040",
        report.routing_reason["nb"],
        f"https://melde.example.org/meldinger/{report.number}",
        "https://norgeskart.no/#!?project=norgeskart&layers=1002&zoom=17&lat=7",
        "geo:63.110400,7.727900",
        "https://melde.example.org/svar/",
        "2026",
    ):
        assert part in plain(letter)
    assert "&lt;farlig&gt;" in letter.get_body(("html",)).get_content()


def test_no_letter_says_who_reported(report, server):
    send(report, office(server))
    for kind in ("plain", "html"):
        assert "reporter@" not in server.taken[0].get_body((kind,)).get_content()
    assert report.token not in server.taken[0].as_string()


ANSWERS = {"vehicle": "car"}


def test_the_letter_names_road_lamp_and_danger(jurisdiction, outside, server):
    outside()
    line = "SRID=4326;LINESTRING(7.7279 63.1100, 7.7279 63.1110)"
    place = f"SRID=4326;POINT({TOWN.longitude} {TOWN.latitude})"
    with transaction():
        keys = {"jurisdiction_id": jurisdiction.id}
        session().add(RoadSegment(**keys, category="F", number=64, manager="Fylket", line=line))
        lamp = {"kind": "lamp", "owner": "grid_company", "operator": "Nettet", "circuit": "K12"}
        session().add(Asset(**keys, number="1234", position=place, **lamp))
    # A service that goes to the roads' department whoever owns the road, and is not about lamps by itself.
    report = submitted(
        jurisdiction, is_acute=True, service_code="ENVIRONMENT-VEHICLE", answers=ANSWERS
    )
    with transaction():
        asset_id = session().scalars(select(Asset.id)).one()
        session().add(ServiceRequestAsset(**keys, service_request_id=report.id, asset_id=asset_id))
    send(report, office(server))
    (letter,) = server.taken
    for part in ("64", "Fylket", "1234", "Nettet", "K12"):
        assert part in plain(letter)
    assert "64, " in letter["Subject"]
    assert "1234" in letter["Subject"]
    assert not letter["Subject"].startswith(report.number)  # urgent comes first


def test_a_sent_report_is_forwarded_and_the_reporter_is_told_once(report, server):
    assert send(report, office(server))
    assert not send(report, office(server))
    session().refresh(report)
    row = row_of(report)
    assert (report.status, row.state, row.sent_at, row.attempts) == ("forwarded", "sent", NOW, 1)
    assert len(server.taken) == 1
    told = [arguments for name, arguments in orders() if name == "notifications.tell_reporter"]
    assert told == [{"history_entry_id": report.history[-1].id}]


def test_the_job_does_it_all(app, report, by_mail):
    do_jobs(app)
    session().refresh(report)
    assert report.status == Status.FORWARDED
    assert sorted(letter["To"] for letter in by_mail.taken) == [
        ADDRESS,
        "reporter@example.org",
        "reporter@example.org",
    ]
    assert orders() == []


def test_without_a_mail_server_the_letter_lies_in_the_folder(jurisdiction, outside, tmp_path):
    outside(email="roads@example.org")
    assert send(submitted(jurisdiction), replace(office(), folder=tmp_path))
    assert len(list(tmp_path.glob("*.forwarded.eml"))) == 1


# --- tries --------------------------------------------------------------------------------------------


def test_a_refused_letter_is_tried_again_and_seen_by_staff(app, report, by_mail):
    by_mail.refusal = "451 try later, says reporter@example.org"
    do_jobs(app)
    row = row_of(report)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert "451" in row.last_failure
    assert "@" not in row.last_failure
    (shown,) = queries.shown_for(report.id)
    assert (shown.attempts, shown.last_failure) == (1, row.last_failure)
    assert not shown.can_try_again
    assert forwards() == [{"history_entry_id": report.history[1].id}]
    by_mail.refusal = None
    hurry()
    do_jobs(app)
    assert row_of(report).state == "sent"
    assert len([letter for letter in by_mail.taken if letter["To"] == ADDRESS]) == 1


def test_the_waits_grow_to_two_hours_and_last_three_days():
    waits = [jobs.PATIENT.wait_seconds(failures) for failures in range(1, operations.TRIES)]
    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 7200
    assert timedelta(days=2.9) < timedelta(seconds=sum(waits)) < timedelta(days=3.2)


def test_when_the_tries_are_used_up_it_is_given_up_and_can_be_sent_again(app, report, by_mail):
    by_mail.refusal = "554 no"
    do_jobs(app)
    with transaction():
        row_of(report).attempts = operations.TRIES - 1
    hurry()
    do_jobs(app)
    assert row_of(report).state == "failed"
    assert forwards() == []
    by_mail.refusal = None
    with transaction():
        operations.try_again(report.id)
    do_jobs(app)
    row = row_of(report)
    assert (row.state, row.attempts) == ("sent", 1)


@pytest.mark.parametrize(
    ("receives", "values"),
    [
        ("email", {"email": None}),
        ("email", {"email": "roads@example.org"}),
        ("email", {"email": "roads@road.test"}),
        ("webhook", {}),
        ("webhook", {"webhook_url": "http://hooks.localhost.localdomain/in"}),
        ("open311", {}),
    ],
)
def test_what_can_never_arrive_is_not_tried_again(
    app, jurisdiction, outside, by_mail, receives, values
):
    outside(receives, **values)
    report = submitted(jurisdiction)
    do_jobs(app)
    row = row_of(report)
    assert (row.state, row.way, row.attempts) == ("failed", receives, 1)
    assert "@" not in row.last_failure
    assert orders() == []
    assert queries.shown_for(report.id)[0].can_try_again
    session().refresh(report)
    assert report.status == Status.ASSIGNED


def test_demo_reports_stay_in_the_house(app, jurisdiction, outside, by_mail):
    outside()
    report = submitted(jurisdiction, is_demo=True)
    do_jobs(app)
    assert row_of(report).state == "failed"
    assert by_mail.taken == []


def test_an_error_of_our_own_is_told_by_its_kind_only(report, server):
    with transaction():
        key = operations.begin(report.history[1].id, now=NOW)
    with transaction():
        fault = ValueError("reporter@example.org")
        assert operations.record_failure(key, fault, now=NOW)
    assert "ValueError" in row_of(report).last_failure
    assert "@" not in row_of(report).last_failure


def test_logs_tell_nobodys_address_and_no_link(app, report, by_mail, caplog, monkeypatch):
    async def refuse(server, session, envelope, address, options):
        return f"550 5.1.1 <{address}>: nobody here"

    caplog.set_level("INFO")
    with monkeypatch.context() as patch:
        patch.setattr(by_mail, "handle_RCPT", refuse, raising=False)
        do_jobs(app)
    assert "550" in row_of(report).last_failure
    by_mail.refusal = "554 no"
    hurry()
    do_jobs(app)
    by_mail.refusal = None
    hurry()
    do_jobs(app)
    ours = [record for record in caplog.records if record.name != "mail.log"]  # the server's own
    logged = "\n".join(caplog.handler.format(record) for record in ours)
    assert "forwarding.forward" in logged
    assert "NotSent" in logged
    for secret in (ADDRESS, "nobody here", report.token, "/svar/", "stort som en bil"):
        assert secret not in logged


# --- once ---------------------------------------------------------------------------------------------


def test_a_crash_after_sending_repeats_the_same_message_id(report, server, monkeypatch):
    def crash(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(operations.requests, "mark_forwarded", crash)
        with pytest.raises(KeyboardInterrupt):
            send(report, office(server))
    assert row_of(report).state == "waiting"
    assert send(report, office(server))
    assert len(server.taken) == 2
    assert len({letter["Message-ID"] for letter in server.taken}) == 1


def test_two_workers_send_once(app, report, server):
    entry = report.history[1].id
    start, sent = Barrier(2), []

    def work():
        with app.app_context():
            start.wait()
            with transaction():
                key = operations.begin(entry, now=NOW)
            with transaction():
                sent.append(operations.forward(key, office(server), now=NOW))

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False, True]
    assert len(server.taken) == 1
    assert session().scalar(select(func.count()).select_from(Forwarding)) == 1


def test_a_job_whose_worker_was_killed_is_taken_up_again(app, report, by_mail):
    with transaction():
        session().execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing'"
                " WHERE task_name = 'forwarding.forward'"
            )
        )
    with transaction():
        jobs.defer("jobs.take_up_again", timestamp=0)
    do_jobs(app)
    assert row_of(report).state == "sent"


def test_receipts_do_not_wait_for_an_outside_body(app, jurisdiction, outside, monkeypatch):
    released = Event()

    def stuck(*_, **__):
        released.wait(20)
        raise NotSent("away")

    monkeypatch.setitem(WAYS, Receives.EMAIL, stuck)
    outside()
    for number in range(4):
        submitted(jurisdiction, email=f"resident{number}@example.org")
    worker = Thread(target=jobs.run_worker, args=(app,), kwargs={"until_empty": True})
    worker.start()
    try:
        wait_for("SELECT count(*) = 4 FROM delivery WHERE kind = 'receipt'")
        assert not released.is_set()
    finally:
        released.set()
        worker.join()


def wait_for(condition, seconds=15):
    end = monotonic() + seconds
    while not session().scalar(text(condition)):
        session().rollback()
        assert monotonic() < end, condition
        sleep(0.05)


@pytest.mark.parametrize(("state", "is_told"), [("waiting", True), ("accepted", False)])
def test_only_what_was_given_up_is_logged_so(report, caplog, monkeypatch, state, is_told):
    def fail(key, *_, **__):
        with transaction():
            session().get_one(Forwarding, key).state = state
        raise NotSent("no", is_permanent=True)

    monkeypatch.setattr(operations, "forward", fail)
    tasks.forward(report.history[1].id)
    assert row_of(report).state == ("failed" if is_told else state)
    assert ("given up" in caplog.text) == is_told


# --- taken back ---------------------------------------------------------------------------------------


def given_to(report, code, desk):
    department = by_code(report.jurisdiction_id, code)
    with transaction():
        found = lock(report.id, report.version)
        work = Work(version=found.version, department_id=department.id)
        send_elsewhere(found, work, desk, now=datetime.now(UTC))


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))


def test_what_went_to_another_department_is_not_sent(report, desk, server):
    given_to(report, "waste", desk)
    assert not send(report, office(server))
    assert (row_of(report).state, server.taken) == ("withdrawn", [])


def test_only_the_last_decision_sends(app, report, desk, by_mail):
    given_to(report, "waste", desk)
    session().refresh(report)
    given_to(report, "roads", desk)
    do_jobs(app)
    states = [item.state for item in queries.shown_for(report.id)]
    assert states == ["sent", "withdrawn"]
    assert len([letter for letter in by_mail.taken if letter["To"] == ADDRESS]) == 1


def test_what_was_closed_meanwhile_is_not_sent(report, desk, server):
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    assert not send(report, office(server))
    assert (row_of(report).state, server.taken) == ("withdrawn", [])


def passed_on_by_hand(report, desk):
    return changed(report, Status.FORWARDED, desk, department_id=report.department_id)


def test_what_was_passed_on_by_hand_counts_as_sent_and_is_not_sent_again(report, desk, server):
    with transaction():
        operations.begin(report.history[1].id, now=NOW)
    passed_on_by_hand(report, desk)
    (shown,) = queries.shown_for(report.id)
    assert (shown.state, shown.can_try_again) == ("sent", False)
    assert not send(report, office(server))
    assert (row_of(report).state, server.taken) == ("sent", [])
    (shown,) = queries.shown_for(report.id)
    assert "lenken" in shown.next_step or "link" in shown.next_step


def test_passed_on_by_hand_while_it_was_being_sent(report, desk):
    with transaction():
        key = operations.begin(report.history[1].id, now=NOW)
    passed_on_by_hand(report, desk)
    with transaction():
        operations.arrived(queries.locked(key), now=NOW)
    assert row_of(report).state == "sent"


@pytest.mark.parametrize("key", [0, 2**40])
def test_a_row_that_is_gone_is_no_error(app, key):
    with transaction():
        assert operations.begin(key, now=NOW) is None
        assert not operations.forward(key, office(), now=NOW)
        assert not operations.record_failure(key, NotSent("gone"), now=NOW)
