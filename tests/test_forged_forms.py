"""Forms that another site makes a browser send."""

import pytest

from .factories import PASSWORD, staff
from .pages import fields


@pytest.fixture
def guarded(app):
    """The service with the check switched on, as it runs."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://evil.example.org"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_a_visitor_needs_no_token_but_must_come_from_our_page(guarded, headers, is_let_in):
    answer = guarded.test_client().post("/meld/hvor", headers=headers)
    assert (answer.status_code != 400) is is_let_in


def test_staff_need_their_token_even_on_our_page(guarded, jurisdiction):
    staff(jurisdiction)
    browser = guarded.test_client()
    token = fields(browser.get("/logg-inn").text)["csrf_token"]
    sent = {"email": "crew@example.org", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/logg-inn", data=sent).status_code == 303
    answer = browser.post("/meld/hvor", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400


def test_the_form_sets_no_cookie(guarded):
    browser = guarded.test_client()
    for answer in (browser.get("/meld"), browser.post("/meld/hvor")):
        assert "Set-Cookie" not in answer.headers
        assert fields(answer.text).get("csrf_token", "") == ""


def test_signing_in_needs_the_token_of_its_page(guarded, jurisdiction):
    staff(jurisdiction)
    browser = guarded.test_client()
    sent = {"email": "crew@example.org", "password": PASSWORD, "til": ""}
    assert browser.post("/logg-inn", data=sent).status_code == 400
    token = fields(browser.get("/logg-inn").text)["csrf_token"]
    assert token
    assert browser.post("/logg-inn", data=sent | {"csrf_token": token}).status_code == 303


def test_whoever_is_signed_in_needs_a_token_everywhere(guarded, jurisdiction):
    who = staff(jurisdiction)
    browser = guarded.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    own = {"Sec-Fetch-Site": "same-origin"}
    assert browser.post("/logg-ut", headers=own).status_code == 400
    assert browser.post("/meld/hvor", headers=own).status_code == 400
    token = fields(browser.get("/meld").text)["csrf_token"]
    assert browser.post("/meld/hvor", data={"csrf_token": token}).status_code == 200
    assert browser.post("/logg-ut", data={"csrf_token": token}).status_code == 303
