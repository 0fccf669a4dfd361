"""Asking to be told about danger: the phone's subscription, the choice, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.accounts import devices
from app.cli.push_key import new_key
from app.database import session, transaction
from app.notifications import alert_wishes
from app.notifications.push import Sender
from app.reading import push_key
from app.roles import Role

from ..factories import staff
from ..notifications.push_service import Browser
from .crews import Phone

KEY = push_key(new_key())
SUBJECT = "mailto:drift@example.org"
HOSTS = ("fcm.googleapis.com",)
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
def with_key(app):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, push_key=KEY, push_subject=SUBJECT, push_hosts=HOSTS)
    yield
    app.config["SETTINGS"] = settings


@pytest.fixture
def who(jurisdiction):
    return staff(jurisdiction, "roads")


@pytest.fixture
def phone(app, who):
    return Phone(app.test_client(), who.session_id)


def ask(phone, method, body=None, **headers):
    return phone.browser.open(
        "/api/v1/crew/push", method=method, json=body, headers=phone.headers | headers
    )


def rows():
    session().rollback()
    return session().execute(text("SELECT * FROM push_subscription")).mappings().all()


def test_nothing_is_asked_for_at_first(with_key, phone):
    assert phone.get("push").json == {
        "alerts": "off",
        "email": "crew@example.org",
        "is_subscribed": False,
        "key": Sender(key=KEY, subject=SUBJECT, hosts=HOSTS).public_key,
    }
    assert phone.get("push").headers["Cache-Control"] == "no-store"


def test_a_phone_that_subscribes_is_kept_as_it_said(with_key, phone, who):
    browser = Browser(ENDPOINT)
    answer = ask(phone, "POST", browser.subscription, **{"Accept-Language": "nn"})
    assert answer.status_code == 200
    assert answer.json["alerts"] == "push"
    assert answer.json["is_subscribed"]
    (row,) = rows()
    assert row["endpoint"] == ENDPOINT
    assert str(row["device_id"]) == phone.device
    assert row["account_id"] == who.account_id
    assert row["language"] == "nn"
    assert {"p256dh": row["p256dh"], "auth": row["auth"]} == browser.subscription["keys"]


def test_subscribing_again_takes_the_place_of_the_old(with_key, phone):
    for _ in range(2):
        assert ask(phone, "POST", Browser(ENDPOINT).subscription).status_code == 200
    assert ask(phone, "POST", Browser(f"{ENDPOINT}d").subscription).status_code == 200
    assert [row["endpoint"] for row in rows()] == [f"{ENDPOINT}d"]


def test_a_browser_that_someone_else_signs_in_with_is_theirs(app, with_key, phone, jurisdiction):
    ask(phone, "POST", Browser(ENDPOINT).subscription)
    other = staff(jurisdiction, "roads", email="other@example.org")
    taken = Phone(app.test_client(), other.session_id)
    assert ask(taken, "POST", Browser(ENDPOINT).subscription).status_code == 200
    (row,) = rows()
    assert row["account_id"] == other.account_id
    assert not phone.get("push").json["is_subscribed"]


def test_without_a_key_the_service_says_so(phone):
    assert phone.get("push").json["key"] is None
    answer = ask(phone, "POST", Browser(ENDPOINT).subscription)
    assert answer.status_code == 409
    assert "e-post" in answer.json["detail"]
    assert ask(phone, "PUT", {"alerts": "mail"}).json["alerts"] == "mail"


@pytest.mark.parametrize("alerts", ["off", "mail"])
def test_who_chooses_otherwise_is_kept_no_phone_for(with_key, phone, alerts):
    ask(phone, "POST", Browser(ENDPOINT).subscription)
    answer = ask(phone, "PUT", {"alerts": alerts})
    assert answer.json["alerts"] == alerts
    assert not answer.json["is_subscribed"]
    assert rows() == []


def test_leaving_a_phone_keeps_the_wish(with_key, phone):
    ask(phone, "POST", Browser(ENDPOINT).subscription)
    for _ in range(2):
        answer = ask(phone, "DELETE")
        assert answer.status_code == 200
        assert answer.json["alerts"] == "push"
    assert rows() == []


def broken(**changes):
    """What a browser says, with one thing wrong."""
    told = Browser(ENDPOINT).subscription
    keys = {name: changes.pop(name) for name in ("p256dh", "auth") if name in changes}
    return told | changes | {"keys": told["keys"] | keys}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (broken(endpoint="http://fcm.googleapis.com/x"), "endpoint"),
        (broken(endpoint="https://169.254.169.254/latest"), "endpoint"),
        (broken(endpoint="https://localhost/x"), "endpoint"),
        (broken(endpoint="https://fcm.googleapis.com@localhost/x"), "endpoint"),
        (broken(endpoint="https://example.org/x"), "endpoint"),
        (broken(endpoint=""), "endpoint"),
        (broken(endpoint=None), "endpoint"),
        (broken(endpoint=7), "endpoint"),
        (broken(endpoint="https://fcm.googleapis.com/\x00"), "endpoint"),
        (broken(endpoint="https://fcm.googleapis.com/ x"), "endpoint"),
        (broken(endpoint="https://fcm.googleapis.com/" + "x" * 2000), "endpoint"),
        (broken(p256dh="AAAA"), "keys.p256dh"),
        (broken(p256dh="BA" + "A" * 85), "keys.p256dh"),
        (broken(p256dh="no base64!"), "keys.p256dh"),
        (broken(p256dh=None), "keys.p256dh"),
        (broken(auth="AAAA"), "keys.auth"),
        (broken(auth="æ" * 22), "keys.auth"),
        (broken(auth=["x"]), "keys.auth"),
        ({"endpoint": ENDPOINT}, "keys"),
        ({"endpoint": ENDPOINT, "keys": "x"}, "keys"),
        ({"endpoint": ENDPOINT, "keys": {}}, "keys.auth"),
        ({}, "endpoint"),
    ],
)
def test_what_is_no_subscription_is_refused_with_its_field(with_key, phone, body, field):
    answer = ask(phone, "POST", body)
    assert answer.status_code == 422, answer.text
    assert field in str(sorted(flat(answer.json["errors"])))
    assert rows() == []


def flat(errors, before=""):
    if not isinstance(errors, dict):
        return [before]
    return [it for name, more in errors.items() for it in flat(more, f"{before}.{name}".strip("."))]


@pytest.mark.parametrize("body", [{}, {"alerts": "sms"}, {"alerts": None}, {"alerts": ["off"]}, []])
def test_another_wish_is_refused(with_key, phone, body):
    assert ask(phone, "PUT", body).status_code == 422


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_only_crews_are_asked(app, with_key, jurisdiction, method):
    body = {"POST": Browser(ENDPOINT).subscription, "PUT": {"alerts": "push"}}.get(method)
    headers = {"Melde-Device": str(uuid4())}
    nobody = app.test_client()
    assert (
        nobody.open("/api/v1/crew/push", method=method, json=body, headers=headers).status_code
        == 401
    )
    analyst = staff(jurisdiction, "roads", Role.ANALYST)
    with nobody.session_transaction() as cookie:
        cookie["_user_id"] = analyst.session_id
    assert (
        nobody.open("/api/v1/crew/push", method=method, json=body, headers=headers).status_code
        == 403
    )


def test_an_ended_phone_cannot_subscribe(with_key, phone, who, jurisdiction):
    with transaction():
        devices.end(who, UUID(phone.device), jurisdiction.id, now=datetime.now(UTC))
    assert ask(phone, "POST", Browser(ENDPOINT).subscription).status_code == 410
    assert alert_wishes.living(who.account_id) == []


def test_sending_needs_the_token(app, with_key, phone):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        token = phone.get("session").json["csrf_token"]
        assert ask(phone, "PUT", {"alerts": "mail"}).status_code == 400
        answer = ask(phone, "PUT", {"alerts": "mail"}, **{"X-CSRFToken": token})
        assert answer.status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
