"""The session of a lost phone is ended: at once, for every page, and only that one."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest

from app.accounts import devices
from app.accounts.models import Device
from app.database import session
from app.roles import Role

from ..factories import PASSWORD, staff

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def person(jurisdiction, name, role=Role.CREW, department="roads"):
    return staff(jurisdiction, department, role, f"{name}@example.org")


def phone(app, who, key):
    """A browser in which someone is signed in and has opened the field app."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    answer = client.get("/api/v1/crew/session", headers={"Melde-Device": str(key)})
    assert answer.status_code == 200, answer.text
    return client


def known(jurisdiction, who):
    key = uuid4()
    devices.register(who, key, "Android, Chrome", NOW, jurisdiction_id=jurisdiction.id)
    session().commit()
    return key


def browser(client, who):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return client


def test_ending_a_phone_ends_its_session_and_leaves_the_others(app, jurisdiction, caplog):
    who = person(jurisdiction, "one")
    lost, kept = uuid4(), uuid4()
    lost_phone, kept_phone = phone(app, who, lost), phone(app, who, kept)
    with caplog.at_level(logging.INFO, logger="app.accounts.devices"):
        answer = kept_phone.post(f"/konto/enheter/{lost}")
    assert answer.status_code == 303
    assert str(lost) in caplog.text
    assert "example.org" not in caplog.text
    assert lost_phone.get("/oppdrag").status_code == 303
    assert lost_phone.get("/konto/enheter").status_code == 303
    told = lost_phone.get("/api/v1/crew/jobs", headers={"Melde-Device": str(lost)})
    assert told.status_code == 410
    assert lost_phone.get("/api/v1/crew/jobs").status_code == 401
    assert kept_phone.get("/oppdrag").status_code == 200
    shown = kept_phone.get("/konto/enheter").text
    assert f"/konto/enheter/{lost}" not in shown
    assert f"/konto/enheter/{kept}" in shown


def test_whoever_signs_in_again_in_that_browser_has_a_new_session(app, jurisdiction):
    who, key = person(jurisdiction, "one"), uuid4()
    client = phone(app, who, key)
    client.post(f"/konto/enheter/{key}")
    assert client.get("/oppdrag").status_code == 303
    form = {"email": "one@example.org", "password": PASSWORD}
    assert client.post("/logg-inn", data=form).status_code == 303
    assert client.get("/oppdrag").status_code == 200


@pytest.mark.parametrize(
    ("role", "department", "expected"),
    [
        (Role.CASE_HANDLER, "roads", 303),
        (Role.CASE_HANDLER, "service_desk", 404),
        (Role.FIRST_LINE, "service_desk", 303),
        (Role.ADMINISTRATOR, "service_desk", 303),
        (Role.CREW, "roads", 403),
        (Role.ANALYST, "service_desk", 403),
    ],
)
def test_the_desk_ends_the_phones_of_its_own_people(
    client, jurisdiction, role, department, expected
):
    key = known(jurisdiction, person(jurisdiction, "crew"))
    browser(client, person(jurisdiction, "desk", role, department))
    shown = client.get("/oppdrag/enheter")
    assert ("crew@example.org" in shown.text) is (expected == 303)
    assert client.post(f"/oppdrag/enheter/{key}").status_code == expected
    session().rollback()
    assert devices.ended(key) is (expected == 303)


def test_nobody_ends_the_phone_of_a_colleague(client, jurisdiction):
    key = known(jurisdiction, person(jurisdiction, "one"))
    browser(client, person(jurisdiction, "other"))
    assert client.post(f"/konto/enheter/{key}").status_code == 404
    assert client.post("/konto/enheter/x").status_code == 404
    assert client.post(f"/konto/enheter/{uuid4()}").status_code == 404
    assert not devices.ended(key)


def test_ending_twice_keeps_the_first_time(jurisdiction):
    who = person(jurisdiction, "one")
    key = known(jurisdiction, who)
    later = NOW.replace(hour=13)
    assert devices.end(who, key, jurisdiction.id, now=NOW)
    assert devices.end(who, key, jurisdiction.id, now=later)
    (entry,) = devices.of_account(who.account_id, now=later)
    assert entry.ended_at == NOW
    assert devices.of_account(who.account_id, now=NOW.replace(month=8)) == []


def test_ending_asks_once_what_is_meant(app, jurisdiction):
    who, key = person(jurisdiction, "one"), uuid4()
    client = phone(app, who, key)
    asked = client.get(f"/konto/enheter/{key}")
    assert asked.status_code == 200
    assert f'action="/konto/enheter/{key}"' in asked.text
    assert not devices.ended(key)
    other = browser(app.test_client(), person(jurisdiction, "other"))
    assert other.get(f"/konto/enheter/{key}").status_code == 404
    assert other.get(f"/oppdrag/enheter/{key}").status_code == 403
    desk = browser(app.test_client(), person(jurisdiction, "desk", Role.CASE_HANDLER))
    assert "one@example.org" in desk.get(f"/oppdrag/enheter/{key}").text
    desk.post(f"/oppdrag/enheter/{key}")
    again = desk.get(f"/oppdrag/enheter/{key}")
    assert (again.status_code, again.headers["Location"]) == (303, "/oppdrag/enheter")


def cookies(answer):
    """The sessions that an answer carries: by what follows the value."""
    found = [cookie.split("; ") for cookie in answer.headers.getlist("Set-Cookie")]
    return [dict(part.partition("=")[::2] for part in one) for one in found if "session=" in one[0]]


def test_a_phone_that_meets_the_service_many_times_at_once_is_noted_once(app, jurisdiction):
    who, key = person(jurisdiction, "one"), uuid4()
    together, answers = Barrier(4), []

    def meet():
        client = browser(app.test_client(), who)
        together.wait()
        headers = {"Melde-Device": str(key)}
        answers.append(client.get("/api/v1/crew/session", headers=headers).status_code)

    session().rollback()
    threads = [Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    assert [entry.id for entry in devices.of_account(who.account_id, now=datetime.now(UTC))] == [
        key
    ]


def test_a_known_phone_gets_a_new_owner_but_never_another_municipality(jurisdiction):
    one, other = person(jurisdiction, "one"), person(jurisdiction, "other")
    key, later = known(jurisdiction, one), NOW.replace(hour=13)
    found = devices.register(other, key, "iPhone", later, jurisdiction_id=jurisdiction.id + 999)
    assert (found.jurisdiction_id, found.account_id) == (jurisdiction.id, other.account_id)
    assert (found.label, found.created_at, found.seen_at) == ("iPhone", NOW, later)


def test_an_ended_phone_stays_ended_and_whose_it_was(jurisdiction):
    one, other = person(jurisdiction, "one"), person(jurisdiction, "other")
    key = known(jurisdiction, one)
    devices.end(one, key, jurisdiction.id, now=NOW)
    devices.register(other, key, "iPhone", NOW.replace(hour=13), jurisdiction_id=jurisdiction.id)
    session().commit()
    kept = session().get_one(Device, key, populate_existing=True)
    assert (kept.ended_at, kept.account_id, kept.seen_at) == (NOW, one.account_id, NOW)


def test_only_the_app_itself_lengthens_the_session(app, jurisdiction):
    key = uuid4()
    client, headers = phone(app, person(jurisdiction, "one"), key), {"Melde-Device": str(key)}
    hours = timedelta(hours=app.config["SETTINGS"].crew_keep_hours)
    for _ in range(2):  # the second time nothing in the session is new
        before = datetime.now(UTC).replace(microsecond=0)
        (cookie,) = cookies(client.get("/api/v1/crew/session", headers=headers))
        expires = parsedate_to_datetime(cookie["Expires"])
        assert before + hours <= expires <= datetime.now(UTC) + hours
    for path in ("/static/js/early.js", "/oppdrag", "/", "/bilder/x/320.webp"):
        assert cookies(client.get(path)) == []


def test_who_signed_out_stays_so_whatever_answer_comes_late(app, jurisdiction):
    client = phone(app, person(jurisdiction, "one"), uuid4())
    late = [
        client.get(path).headers.getlist("Set-Cookie") for path in ("/static/js/early.js", "/felt/")
    ]
    assert late == [[], []]
    (left,) = cookies(client.post("/logg-ut"))
    assert "Expires" not in left or parsedate_to_datetime(left["Expires"]) < datetime.now(UTC)
    with client.session_transaction() as cookie:
        assert not cookie.permanent
        assert "_user_id" not in cookie
    assert client.get("/oppdrag").status_code == 303
