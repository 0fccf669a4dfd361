"""The sign-in pages."""

import pytest

from app.accounts.queries import by_email
from app.database import transaction
from app.roles import Role
from app.security import limiter

from ..factories import PASSWORD, staff

FORM = {"email": "crew@example.org", "password": PASSWORD}


@pytest.fixture
def crew(jurisdiction):
    return staff(jurisdiction)


def test_signing_in_leads_crews_to_their_app(client, crew):
    answer = client.post("/logg-inn", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/felt/")
    assert client.get("/oppdrag").status_code == 200


def test_signing_in_leads_the_desk_to_the_inbox(client, jurisdiction):
    staff(jurisdiction, role=Role.CASE_HANDLER)
    answer = client.post("/logg-inn", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/innboks")


def test_signing_in_leads_back_to_where_one_came_from(client, crew):
    first = client.get("/oppdrag/KSU-2026-000001?rekkefolge=nyeste")
    assert first.location == "/logg-inn?til=/oppdrag/KSU-2026-000001?rekkefolge%3Dnyeste"
    answer = client.post("/logg-inn", data=FORM | {"til": "/oppdrag/KSU-2026-000001"})
    assert answer.location == "/oppdrag/KSU-2026-000001"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.org/",
        "//evil.example.org",
        "/\\evil.example.org",
        "\\\\evil.example.org",
        "javascript:alert(1)",
        "http:evil.example.org",
        "/\t/evil.example.org",
        "/\n/evil.example.org",
        "/path\r\nSet-Cookie: a=b",
        " //evil.example.org",
        "evil.example.org",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client, crew, target):
    answer = client.post("/logg-inn", data=FORM | {"til": target})
    assert answer.location == "/felt/"


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong password"}, {"email": "other@example.org"}, {"password": ""}]
)
def test_every_failure_has_the_same_answer(client, crew, wrong):
    answer = client.post("/logg-inn", data=FORM | wrong)
    assert answer.status_code == 422
    assert "E-postadressen eller passordet er feil" in answer.text
    assert client.get("/oppdrag").status_code == 303


def test_the_password_is_not_written_back(client, crew):
    answer = client.post("/logg-inn", data=FORM | {"password": "my secret guess"})
    assert "my secret guess" not in answer.text
    assert "crew@example.org" in answer.text


def test_a_locked_account_stays_out_with_the_right_password(client, crew):
    with transaction():
        by_email("crew@example.org").failed_sign_ins = 9
    client.post("/logg-inn", data=FORM | {"password": "wrong password"})
    assert client.post("/logg-inn", data=FORM).status_code == 422


@pytest.mark.parametrize("value", ["\x00", "\ud800"])
@pytest.mark.parametrize("field", ["email", "password", "til"])
def test_odd_characters_are_no_error_of_ours(client, crew, field, value):
    body = {
        name: text.encode("utf-8", "surrogatepass")
        for name, text in (FORM | {field: value}).items()
    }
    assert client.post("/logg-inn", data=body).status_code in {303, 400, 422}


def test_signing_out_ends_the_session(client, crew):
    client.post("/logg-inn", data=FORM)
    assert client.post("/logg-ut").status_code == 303
    assert client.get("/oppdrag").status_code == 303


def test_signing_out_is_not_done_by_a_link(client, crew):
    client.post("/logg-inn", data=FORM)
    assert client.get("/logg-ut").status_code == 405
    assert client.get("/oppdrag").status_code == 200


def test_a_closed_account_is_out_at_once(client, crew):
    client.post("/logg-inn", data=FORM)
    with transaction():
        by_email("crew@example.org").is_active = False
    assert client.get("/oppdrag").status_code == 303


def test_whoever_is_signed_in_goes_straight_on(client, crew):
    client.post("/logg-inn", data=FORM)
    assert client.get("/logg-inn?til=/oppdrag").status_code == 303


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client, crew):
    cookie = client.post("/logg-inn", data=FORM).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_without_its_token_is_refused(app, crew, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = app.test_client().post("/logg-inn", data=FORM)
    assert answer.status_code == 400


def test_too_many_attempts_have_to_wait(app, crew, monkeypatch):
    monkeypatch.setitem(app.config, "SIGN_IN_LIMIT", "3 per minute")
    limiter.reset()
    client = app.test_client()
    answers = [client.post("/logg-inn", data=FORM | {"password": "x"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("role", "has_link"), [(Role.CASE_HANDLER, True), (Role.FIRST_LINE, True), (Role.CREW, False)]
)
def test_only_the_desk_finds_the_inbox_in_the_header(client, jurisdiction, role, has_link):
    staff(jurisdiction, role=role)
    client.post("/logg-inn", data=FORM)
    assert ('href="/innboks"' in client.get("/konto/enheter").text) is has_link
