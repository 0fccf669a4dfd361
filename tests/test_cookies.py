"""Every cookie that is set stands on the page about cookies; most visits set none."""

from http.cookies import SimpleCookie

import pytest

from app.cookies import COOKIES

from .factories import PASSWORD, staff, submitted
from .pages import fields

KNOWN = {cookie.name for cookie in COOKIES}
FORM = {
    "latitude": "63,1104",
    "longitude": "7,7279",
    "service": "ROAD-POTHOLE",
    "description": "Dypt hull",
    "email": "resident@example.org",
    "idempotency_key": "a-key-of-cookies",
}


@pytest.fixture
def guarded(app, monkeypatch):
    """The service with the check of forms switched on, as it runs."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app


def names(*answers):
    """The cookies that the answers set."""
    lines = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    return {name for line in lines for name in SimpleCookie(line)}


def plain_addresses(app):
    """Every page and answer without values in its address, but the one that would forget everything."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and rule.endpoint != "entrances.anew"
    )


def test_no_address_sets_a_cookie_that_is_not_listed(guarded):
    answers = [guarded.test_client().get(path) for path in plain_addresses(guarded)]
    assert len(answers) > 30
    assert names(*answers) <= KNOWN


def test_reading_and_reporting_set_no_cookie_at_all(guarded, jurisdiction):
    report = submitted(jurisdiction)
    visitor = guarded.test_client()
    paths = ["/", "/meldinger", f"/meldinger/{report.number}", "/meld", "/statistikk", "/om"]
    answers = [visitor.get(path) for path in [*paths, "/meld/skjema", "/innbygg/kart"]]
    for step in ("hvor", "hva", "se-over", "send"):
        answers.append(visitor.post(f"/meld/{step}", data=FORM))
    assert answers[-1].status_code == 303
    answers.append(visitor.get(answers[-1].location))
    assert names(*answers) == set()


def test_what_people_press_sets_listed_cookies_only(guarded, jurisdiction):
    report = submitted(jurisdiction)
    visitor = guarded.test_client()
    answers = [visitor.get("/sprak/nn"), visitor.post("/kiosk"), visitor.get("/kiosk/av")]
    buttons = [
        rule.rule.replace("<number>", report.number)
        for rule in guarded.url_map.iter_rules()
        if "POST" in rule.methods
        and rule.arguments == {"number"}
        and rule.rule.startswith("/meldinger/")
    ]
    assert buttons
    answers += [visitor.post(path, data=FORM) for path in buttons]
    staff(jurisdiction)
    page = visitor.get("/logg-inn")
    sent = {"email": "crew@example.org", "password": PASSWORD, "til": ""}
    token = fields(page.text)["csrf_token"]
    answers += [page, visitor.post("/logg-inn", data=sent | {"csrf_token": token})]
    assert {"language", "kiosk", "session"} <= names(*answers) <= KNOWN


def test_the_list_has_each_name_once_with_words():
    assert len(KNOWN) == len(COOKIES)
    for cookie in COOKIES:
        assert str(cookie.purpose)
        assert str(cookie.lifetime)
