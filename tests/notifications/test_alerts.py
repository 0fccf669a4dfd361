"""A word at once about danger: to the right people, once, by phone or else by e-mail."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import text, update

from app import jobs
from app.accounts import devices
from app.accounts.models import Account, AcuteAlerts, Membership
from app.cli.push_key import new_key
from app.database import db, session, transaction
from app.departments.queries import by_code
from app.notifications import alert_tasks, alert_wishes, alerts, push
from app.notifications.alert_wishes import Address
from app.notifications.alerts import Ways
from app.notifications.push import Sender, may_send_to, wait_of
from app.reading import push_key
from app.roles import Role
from app.service_requests import operations
from app.service_requests.acting import Work
from app.service_requests.operations import lock
from app.service_requests.status import Status

from ..factories import actor, changed, do_jobs, orders, staff, submitted
from .conftest import html, plain, post_by
from .push_service import push_service, signed_by

NOW = datetime.now(UTC)
SUBJECT = "mailto:drift@example.org"
HOSTS = ("127.0.0.1",)
KEY = push_key(new_key())
SENDER = Sender(key=KEY, subject=SUBJECT, hosts=HOSTS)


@pytest.fixture
def service():
    with push_service() as running:
        yield running


@pytest.fixture
def ways(server):
    return Ways(post=post_by(server), sender=SENDER)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, "desk@example.org"))


def person(jurisdiction, name="crew", alerts_by=AcuteAlerts.PUSH, department="roads", **values):
    who = staff(jurisdiction, department, values.pop("role", Role.CREW), f"{name}@example.org")
    with transaction():
        alert_wishes.ask_for(who.account_id, alerts_by, values.get("language", "nb"))
    return who


def phone(jurisdiction, who, browser, *, language="nb"):
    """A device of theirs whose browser has subscribed."""
    key = uuid4()
    told = browser.subscription
    with transaction():
        devices.register(who, key, "Android, Chrome", NOW, jurisdiction_id=jurisdiction.id)
        alert_wishes.subscribe(
            who.account_id,
            key,
            Address(endpoint=told["endpoint"], **told["keys"]),
            language,
            jurisdiction_id=jurisdiction.id,
            now=NOW,
        )
    return key


def acute(jurisdiction, **values):
    return submitted(jurisdiction, is_acute=True, **{"now": NOW} | values)


def begun():
    """The alerts that the waiting jobs make."""
    made = []
    for name, arguments in orders():
        if name == "notifications.alert_acute":
            with transaction():
                made += alerts.begin(**arguments, now=NOW)
    return made


def bring(ways, keys, *, now=NOW):
    """Step by step, as the job does, until nothing is left or it must wait; the waits."""
    waits = []
    for key in keys:
        while True:
            with transaction():
                left = alerts.step(key, ways, now=now)
            if left.is_done:
                break
            if left.wait_seconds is not None:
                waits.append(left.wait_seconds)
                break
    return waits


def row():
    query = text("SELECT push_sent_at, mail_sent_at, last_failure FROM alert")
    return session().execute(query).mappings().one()


def test_a_phone_is_told_and_nobody_else_can_read_it(jurisdiction, service, server, ways):
    who, browser = person(jurisdiction), service.browser()
    phone(jurisdiction, who, browser)
    report = acute(
        jurisdiction, description="Ring Kari, 91234567", name="Kari", email="kari@example.org"
    )
    with transaction():
        session().execute(
            text("UPDATE service_request SET place_text = 'Vågeveien 4B' WHERE id = :id"),
            {"id": report.id},
        )
    assert bring(ways, begun()) == []
    ((path, headers, body),) = service.taken
    assert path == "/push/one"
    told = browser.read(body)
    assert told == {
        "title": "Fare: Hull i veien",
        "body": f"{report.number} · Vågeveien",
        "number": report.number,
        "language": "nb",
    }
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["urgency"] == "high"
    assert headers["ttl"] == str(4 * 3600)
    assert len(headers["topic"]) == 32
    claims, key = signed_by(headers)
    assert key == SENDER.public_key
    assert claims["aud"] == service.url
    assert claims["sub"] == SUBJECT
    assert time.time() < claims["exp"] <= time.time() + 86400
    assert b"Kari" not in body
    assert len(body) < 4096
    assert server.taken == []
    assert row()["push_sent_at"] == NOW


def test_each_phone_is_told_in_its_own_language(jurisdiction, service, ways):
    who = person(jurisdiction)
    browsers = [service.browser(name) for name in ("one", "two")]
    for browser, language in zip(browsers, ("nn", "en"), strict=True):
        phone(jurisdiction, who, browser, language=language)
    acute(jurisdiction)
    bring(ways, begun())
    by_path = {path: body for path, _headers, body in service.taken}
    told = [
        browser.read(by_path[f"/push/{name}"])
        for browser, name in zip(browsers, ("one", "two"), strict=True)
    ]
    assert [it["language"] for it in told] == ["nn", "en"]
    assert told[1]["title"].startswith("Danger: ")


@pytest.mark.parametrize(
    "values",
    [
        {"department": "service_desk", "role": Role.FIRST_LINE},
        {"alerts_by": AcuteAlerts.OFF},
        {"role": Role.ANALYST},
        {"role": Role.ADMINISTRATOR},
    ],
)
def test_those_who_are_not_meant_are_told_nothing(jurisdiction, values):
    person(jurisdiction, **values)
    acute(jurisdiction)
    assert begun() == []


def test_an_ordinary_report_alerts_nobody(jurisdiction):
    person(jurisdiction)
    submitted(jurisdiction)
    assert "notifications.alert_acute" not in [name for name, _ in orders()]


def test_a_deactivated_account_is_told_nothing(jurisdiction):
    who = person(jurisdiction)
    with transaction():
        session().execute(
            update(Account).where(Account.id == who.account_id).values(is_active=False)
        )
    acute(jurisdiction)
    assert begun() == []


def test_who_was_thrown_out_meanwhile_is_told_nothing(jurisdiction, service, server, ways):
    who = person(jurisdiction)
    phone(jurisdiction, who, service.browser())
    acute(jurisdiction)
    keys = begun()
    with transaction():
        for member in session().query(Membership).filter_by(account_id=who.account_id):
            session().delete(member)
    assert bring(ways, keys) == []
    assert (service.taken, server.taken) == ([], [])


@pytest.mark.parametrize("status", [Status.FIXED, Status.NO_ACTION])
def test_what_is_closed_meanwhile_is_nobodys_alert(
    jurisdiction, service, server, ways, desk, status
):
    who = person(jurisdiction)
    phone(jurisdiction, who, service.browser())
    report = acute(jurisdiction)
    keys = begun()
    changed(report, Status.IN_PROGRESS, desk)
    changed(report, status, desk, led_to_improvement=False, message="Sperret")
    assert bring(ways, keys) == []
    assert (service.taken, server.taken) == ([], [])


def test_the_department_that_gets_it_next_is_told_and_the_first_not_again(
    jurisdiction, service, ways, desk
):
    first = person(jurisdiction)
    second = person(jurisdiction, "parks_and_environment", department="parks_and_environment")
    phone(jurisdiction, first, service.browser("first"))
    phone(jurisdiction, second, service.browser("second"))
    report = acute(jurisdiction)
    bring(ways, begun())
    with transaction():
        found = lock(report.id, report.version)
        target = by_code(jurisdiction.id, "parks_and_environment").id
        operations.send_elsewhere(
            found, Work(version=found.version, department_id=target), desk, now=NOW
        )
    bring(ways, begun())
    assert service.paths() == ["/push/first", "/push/second"]


def test_the_desk_is_told_of_what_nobody_says_is_theirs(jurisdiction, server, ways):
    person(jurisdiction, "line", AcuteAlerts.MAIL, "service_desk", role=Role.FIRST_LINE)
    crew = actor(staff(jurisdiction, "roads"))
    report = acute(jurisdiction)
    for _ in range(2):
        with transaction():
            found = lock(report.id, session().merge(report).version)
            if found.department_id == by_code(jurisdiction.id, "service_desk").id:
                break
            who = replace(crew, department_id=found.department_id)
            operations.refuse(found, Work(version=found.version, message="Ikke vår"), who, now=NOW)
    bring(ways, begun())
    assert server.recipients == ["line@example.org"]


def test_the_same_job_twice_tells_once(app, jurisdiction, service, server):
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    with transaction():
        arguments = dict(orders())["notifications.alert_acute"]
        jobs.defer("notifications.alert_acute", **arguments)
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        settings, push_key=KEY, push_subject=SUBJECT, push_hosts=HOSTS, smtp_url=server.url
    )
    try:
        do_jobs(app)
        with transaction():
            key = session().scalar(text("SELECT id FROM alert"))
            jobs.defer("notifications.alert", alert_id=key)
        do_jobs(app)
    finally:
        app.config["SETTINGS"] = settings
    assert len(service.taken) == 1
    assert server.taken == []


def test_four_workers_tell_once(app, jurisdiction, service, ways):
    service.seconds = 0.2
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    keys, start, waits = begun(), Barrier(4), []

    def work():
        with app.app_context():
            start.wait()
            waits.extend(bring(ways, keys))
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(service.taken) == 1
    assert set(waits) <= {alerts.BUSY}
    assert bring(ways, keys) == []
    assert len(service.taken) == 1


class Killed(BaseException):
    """The process is gone: nothing of its transaction is left."""


def test_who_dies_after_sending_sends_what_the_phone_knows_as_the_same(
    jurisdiction, service, ways, monkeypatch
):
    browser = service.browser()
    phone(jurisdiction, person(jurisdiction), browser)
    acute(jurisdiction)
    keys = begun()

    def die(*_args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "_record", die)
        with pytest.raises(Killed):
            bring(ways, keys)
    session().rollback()
    bring(ways, keys)
    bring(ways, keys)
    first, again = service.taken
    assert first[1]["topic"] == again[1]["topic"]
    assert browser.read(first[2]) == browser.read(again[2])


def test_who_dies_while_noting_whom_to_tell_notes_all_of_them_later(jurisdiction, monkeypatch):
    for name in ("one", "two"):
        person(jurisdiction, name)
    acute(jurisdiction)
    arguments = dict(orders())["notifications.alert_acute"]
    ordered = jobs.defer

    def die_at_the_second(name, **values):
        monkeypatch.setattr(jobs, "defer", die)
        ordered(name, **values)

    def die(*_args, **_values):
        raise Killed

    monkeypatch.setattr(jobs, "defer", die_at_the_second)
    with pytest.raises(Killed):
        alert_tasks.alert_acute(**arguments)
    session().rollback()
    assert session().scalar(text("SELECT count(*) FROM alert")) == 0
    monkeypatch.setattr(jobs, "defer", ordered)
    alert_tasks.alert_acute(**arguments)
    alert_tasks.alert_acute(**arguments)
    assert [name for name, _ in orders()].count("notifications.alert") == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_removed_and_mail_goes_instead(
    jurisdiction, service, server, ways, status
):
    service.statuses = [status]
    who = person(jurisdiction)
    phone(jurisdiction, who, service.browser())
    acute(jurisdiction)
    assert bring(ways, begun()) == []
    assert len(service.taken) == 1
    assert server.recipients == ["crew@example.org"]
    assert alert_wishes.living(who.account_id) == []
    assert str(status) in row()["last_failure"]
    acute(jurisdiction, description="Et hull til")
    bring(ways, begun())
    assert len(service.taken) == 1
    assert len(server.taken) == 2


def test_with_another_phone_that_takes_it_no_mail_goes(jurisdiction, service, server, ways):
    service.statuses = [410]
    who = person(jurisdiction)
    for name in ("one", "two"):
        phone(jurisdiction, who, service.browser(name))
    acute(jurisdiction)
    assert bring(ways, begun()) == []
    assert len(service.taken) == 2
    assert server.taken == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_that_is_busy_is_tried_again_and_then_it_is_mails_turn(
    jurisdiction, service, server, ways, status
):
    service.statuses = [status] * 9
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    keys, now, waits = begun(), NOW, []
    while found := bring(ways, keys, now=now):
        assert server.taken == []
        assert bring(ways, keys, now=now + timedelta(seconds=found[0] - 1)) == [1]
        waits += found
        now += timedelta(seconds=found[0])
    assert waits == [10, 20, 40, 80]
    assert len(service.taken) == alerts.TRIES
    assert server.recipients == ["crew@example.org"]


def test_a_push_service_that_recovers_takes_it(jurisdiction, service, server, ways):
    service.statuses = [503]
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    keys = begun()
    assert bring(ways, keys) == [10]
    assert bring(ways, keys, now=NOW + timedelta(seconds=10)) == []
    assert len(service.taken) == 2
    assert server.taken == []


def test_the_wait_that_a_push_service_asks_for_is_kept(jurisdiction, service, ways):
    service.statuses, service.retry_after = [429], "70"
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    keys = begun()
    assert bring(ways, keys) == [70]
    assert bring(ways, keys, now=NOW + timedelta(seconds=69)) == [1]
    assert len(service.taken) == 1


def test_danger_does_not_wait_for_an_hour(jurisdiction, service, server, ways):
    service.statuses, service.retry_after = [429], "3600"
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    assert bring(ways, begun()) == []
    assert server.recipients == ["crew@example.org"]


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_message_that_is_refused_goes_by_mail(jurisdiction, service, server, ways, status):
    service.statuses = [status]
    who = person(jurisdiction)
    phone(jurisdiction, who, service.browser())
    acute(jurisdiction)
    assert bring(ways, begun()) == []
    assert len(server.taken) == 1
    assert len(alert_wishes.living(who.account_id)) == 1


def test_a_slow_push_service_holds_nobody(jurisdiction, service, ways, monkeypatch):
    monkeypatch.setattr(push, "TIMEOUT_SECONDS", 0.3)
    service.seconds = 2
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    assert bring(ways, begun()) == [10]  # given up before it had answered


def test_a_push_service_that_is_not_there_is_tried_again(jurisdiction, service, ways):
    browser = service.browser()
    browser.endpoint = "http://127.0.0.1:9/push"
    phone(jurisdiction, person(jurisdiction), browser)
    acute(jurisdiction)
    assert bring(ways, begun()) == [10]
    assert "127.0.0.1 was not reached" in row()["last_failure"]


def test_an_ended_phone_is_told_nothing(jurisdiction, service, server, ways):
    who = person(jurisdiction)
    key = phone(jurisdiction, who, service.browser())
    with transaction():
        devices.end(who, key, jurisdiction.id, now=NOW)
    acute(jurisdiction)
    bring(ways, begun())
    assert service.taken == []
    assert server.recipients == ["crew@example.org"]


def test_a_phone_that_someone_else_has_now_is_told_nothing(jurisdiction, service, server, ways):
    who, other = person(jurisdiction), person(jurisdiction, "other", AcuteAlerts.OFF)
    key = phone(jurisdiction, who, service.browser())
    with transaction():
        devices.register(other, key, "Android, Chrome", NOW, jurisdiction_id=jurisdiction.id)
    acute(jurisdiction)
    bring(ways, begun())
    assert service.taken == []
    assert server.recipients == ["crew@example.org"]


def test_an_address_that_is_not_a_push_service_is_never_sent_to(jurisdiction, service, server):
    ways = Ways(post=post_by(server), sender=replace(SENDER, hosts=("fcm.googleapis.com",)))
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    bring(ways, begun())
    assert service.taken == []
    assert len(server.taken) == 1


def test_without_a_key_everybody_gets_mail(jurisdiction, service, server):
    phone(jurisdiction, person(jurisdiction), service.browser())
    acute(jurisdiction)
    bring(Ways(post=post_by(server), sender=None), begun())
    assert service.taken == []
    assert len(server.taken) == 1


def test_who_has_chosen_off_meanwhile_is_told_nothing(jurisdiction, service, server, ways):
    who = person(jurisdiction)
    phone(jurisdiction, who, service.browser())
    acute(jurisdiction)
    keys = begun()
    with transaction():
        alert_wishes.ask_for(who.account_id, AcuteAlerts.OFF, "nb")
    assert bring(ways, keys) == []
    assert (service.taken, server.taken) == ([], [])


@pytest.mark.parametrize(
    ("language", "words"), [("nb", "farlig nå"), ("nn", "farleg no"), ("en", "dangerous now")]
)
def test_the_letter_says_what_and_where_in_the_readers_language(
    jurisdiction, server, ways, language, words
):
    person(jurisdiction, alerts_by=AcuteAlerts.MAIL, language=language)
    report = acute(jurisdiction, description="Ring Kari", name="Kari", email="kari@example.org")
    bring(ways, begun())
    (letter,) = server.taken
    assert report.number in letter["Subject"]
    assert letter["Content-Language"] == language
    for told in (plain(letter), html(letter)):
        assert words in told
        assert f"https://melde.example.org/oppdrag/{report.number}" in told
        assert "Kari" not in told
        assert "Ring" not in told


def test_mail_that_is_not_taken_is_tried_again_and_sent_once(jurisdiction, server, ways):
    person(jurisdiction, alerts_by=AcuteAlerts.MAIL)
    acute(jurisdiction)
    keys = begun()
    server.refusal = "451 later"
    with pytest.raises(OSError, match="not take it") as caught:
        bring(ways, keys)
    assert "example.org" not in str(caught.value)
    session().rollback()
    server.refusal = None
    bring(ways, keys)
    bring(ways, keys)
    assert len(server.taken) == 1


def test_an_address_that_takes_no_mail_is_not_tried_for_ever(jurisdiction, server, ways):
    server.refused_recipient = "550 5.1.1 no such user"
    person(jurisdiction, alerts_by=AcuteAlerts.MAIL)
    acute(jurisdiction)
    assert bring(ways, begun()) == []
    assert "550" in row()["last_failure"]
    assert "@" not in row()["last_failure"]


def test_a_day_without_a_mail_server_is_given_up(jurisdiction, server, ways):
    person(jurisdiction, alerts_by=AcuteAlerts.MAIL)
    acute(jurisdiction)
    bring(ways, begun(), now=NOW + timedelta(days=1, minutes=5))
    assert server.taken == []
    assert "a day" in row()["last_failure"]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://FCM.googleapis.com:443/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://push.services.mozilla.com/x", False),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.example.org/x", False),
        ("https://evilfcm.googleapis.com/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com@127.0.0.1/x", False),
        ("https://127.0.0.1/x", False),
        ("http://169.254.169.254/latest", False),
        ("https://[::1]/x", False),
        ("https://[broken/x", False),
        ("https://fcm.googleapis.com:x/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_push_services_that_are_known_are_sent_to(endpoint, expected):
    hosts = ("fcm.googleapis.com", "*.push.services.mozilla.com")
    assert may_send_to(endpoint, hosts) is expected


def test_a_retry_after_is_read_in_both_its_forms():
    assert wait_of("7") == 7
    assert wait_of("soon") is None
    assert wait_of(None) is None
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (wait_of(until) or 0) <= 60
    assert wait_of("Wed, 01 Jan 2020 00:00:00 GMT") == 0
