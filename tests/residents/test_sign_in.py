"""Signing in at a provider that may lie, be away, or be played by somebody else."""

import hmac
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select, text

from app.database import session
from app.openid.discovery import Discovery
from app.residents.models import ResidentSession
from app.security import RESIDENT_COOKIE, resident
from app.service_requests.models import Contact

from ..factories import submitted
from ..openid.providers import CLIENT_ID, SECRET, Liar
from .test_link import signed_in, token_for

OUT = "/mine-meldinger/inn/idp"
BACK = "/openid/idp/tilbake"
OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})


def set_out(client, path=OUT) -> str:
    answer = client.get(path)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def sign_in(client, idp: Liar, path=OUT):
    return client.get(f"{BACK}?{idp.code_for(set_out(client, path))}")


def is_out(client) -> bool:
    return 'name="email"' in client.get("/mine-meldinger").text and not session().scalar(
        select(ResidentSession.key)
    )


def test_signing_in_shows_what_was_reported_while_signed_in(client, idp, jurisdiction):
    subject = f"{idp.issuer}|pairwise-1"
    mine = submitted(jurisdiction, subject=subject)
    other = submitted(jurisdiction, subject=f"{idp.issuer}|pairwise-2")
    elsewhere = submitted(jurisdiction, subject="https://other.example.org|pairwise-1")
    answer = sign_in(client, idp)
    assert (answer.status_code, answer.location) == (303, "/mine-meldinger")
    page = client.get("/mine-meldinger").text
    assert mine.number in page
    assert other.number not in page
    assert elsewhere.number not in page
    assert "Logget inn med ID-porten" in page


def test_every_room_can_ask_who_is_signed_in(app, client, idp):
    asked = []
    app.before_request_funcs.setdefault(None, []).append(lambda: asked.append(resident()))
    try:
        client.get("/meldinger")
        sign_in(client, idp)
        client.get("/meldinger")
    finally:
        app.before_request_funcs[None].pop()
    assert asked[0] is None
    assert (asked[-1].subject, asked[-1].provider) == (f"{idp.issuer}|pairwise-1", "idp")
    assert resident() is None


def test_the_request_has_all_that_it_must(client, idp):
    parts = urlsplit(set_out(client))
    asked = {name: value[0] for name, value in parse_qs(parts.query).items()}
    assert parts.path == "/authorize"
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["redirect_uri"] == "http://localhost/openid/idp/tilbake"
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert (asked["acr_values"], asked["ui_locales"]) == ("substantial", "nb")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    again = {name: value[0] for name, value in parse_qs(urlsplit(set_out(client)).query).items()}
    assert not {asked["state"], asked["nonce"]} & {again["state"], again["nonce"]}


def test_the_secret_is_shown_to_the_provider_only(client, idp):
    answer = sign_in(client, idp)
    (request,) = idp.requests
    assert request["code_verifier"]
    assert SECRET not in str(answer.headers) + str(request)


def test_neither_identity_number_nor_tokens_are_stored_or_logged(client, idp, jurisdiction, caplog):
    caplog.set_level("DEBUG")
    sign_in(client, idp)
    kept = session().scalar(
        text("SELECT string_agg(resident_session::text, '') FROM resident_session")
    )
    for told in (kept, caplog.text, client.get_cookie(RESIDENT_COOKIE).value):
        assert "00000000000" not in told
        assert "pairwise-1" not in told
        assert "eyJhbGciOiJSUzI1NiI" not in told


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "others"},
        {"aud": [CLIENT_ID, "others"]},
        {"aud": [CLIENT_ID, "others"], "azp": CLIENT_ID},
        {"azp": "others"},
        {"iss": "https://other.example.org"},
        {"iss": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3600},
        {"iat": int(time.time()) - 3600},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 300},
        {"nbf": int(time.time()) + 3600},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids="-".join,
)
def test_a_token_with_a_wrong_claim_signs_nobody_in(client, idp, claims):
    idp.claims = claims
    answer = sign_in(client, idp)
    assert answer.status_code == 400
    assert "Du ble ikke logget inn" in answer.text
    assert is_out(client)


@pytest.mark.parametrize("acr", ["low", None, ["substantial"]])
def test_a_weaker_sign_in_than_asked_for_is_told_so(client, idp, acr):
    idp.claims = {"acr": acr}
    answer = sign_in(client, idp)
    assert answer.status_code == 403
    assert "høyere sikkerhetsnivå" in answer.text
    assert is_out(client)


def test_a_stronger_sign_in_than_asked_for_is_fine(client, idp):
    idp.claims = {"acr": "high"}
    assert sign_in(client, idp).status_code == 303


def test_an_unsigned_token_signs_nobody_in(client, idp):
    address = set_out(client)
    query = idp.code_for(address)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    _, body, _ = idp.signed(nonce).split(".")
    idp.token = f"eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.{body}."
    assert client.get(f"{BACK}?{query}").status_code == 400
    assert is_out(client)


def test_a_token_signed_with_our_secret_or_the_public_key_signs_nobody_in(client, idp):
    for secret in (SECRET.encode(), idp.key.as_pem(private=False)):
        address = set_out(client)
        query = idp.code_for(address)
        _, body, _ = idp.signed(parse_qs(urlsplit(address).query)["nonce"][0]).split(".")
        head = urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').decode().rstrip("=")
        digest = hmac.digest(secret, f"{head}.{body}".encode(), "sha256")
        idp.token = f"{head}.{body}.{urlsafe_b64encode(digest).decode().rstrip('=')}"
        assert client.get(f"{BACK}?{query}").status_code == 400
        assert is_out(client)


def test_a_token_signed_by_another_key_signs_nobody_in(client, idp):
    idp.signed_with = OTHER_KEY
    assert sign_in(client, idp).status_code == 400
    assert is_out(client)


@pytest.mark.parametrize("token", ["x", "a.b.c", "{}", "eyJhbGciOiJSUzI1NiJ9..", "æ.ø.å"])
def test_rubbish_for_a_token_signs_nobody_in(client, idp, token):
    idp.token = token
    assert sign_in(client, idp).status_code == 400
    assert is_out(client)


def test_a_new_key_of_the_provider_is_found_when_a_token_names_it(app, client, idp, monkeypatch):
    sign_in(client, idp)
    monkeypatch.setattr("app.openid.discovery.LOOK_AGAIN_SECONDS", 0)
    fresh = RSAKey.generate_key(2048, parameters={"kid": "two"})
    idp.published, idp.signed_with, idp.header = [idp.key, fresh], fresh, {"kid": "two"}
    assert sign_in(client, idp).status_code == 303


@pytest.mark.parametrize(
    "change",
    [{"state": "another"}, {"state": ""}, {"code": ""}, {"iss": "https://evil.example.org"}],
)
def test_an_answer_to_another_question_signs_nobody_in(client, idp, change):
    values = parse_qs(idp.code_for(set_out(client)))
    query = {name: value[0] for name, value in values.items()} | change
    assert client.get(BACK, query_string=query).status_code == 400
    assert is_out(client)


def test_an_answer_must_name_its_issuer_when_the_provider_says_it_does(client, idp):
    idp.metadata = {"authorization_response_iss_parameter_supported": True}
    assert sign_in(client, idp).status_code == 400
    query = f"{idp.code_for(set_out(client))}&iss={idp.issuer}"
    assert client.get(f"{BACK}?{query}").status_code == 303


def test_another_browser_cannot_use_the_answer(app, client, idp):
    query = idp.code_for(set_out(client))
    assert app.test_client().get(f"{BACK}?{query}").status_code == 400
    assert is_out(client)


def test_an_answer_can_be_used_once(app, client, idp):
    query = idp.code_for(set_out(client))
    attempt = client.get_cookie("sign_in_attempt", path="/openid/").value
    assert client.get(f"{BACK}?{query}").status_code == 303
    assert client.get(f"{BACK}?{query}").status_code == 400
    other = app.test_client()
    other.set_cookie("sign_in_attempt", attempt, path="/openid/")
    assert other.get(f"{BACK}?{query}").status_code == 400
    assert other.get_cookie(RESIDENT_COOKIE) is None


def test_turning_back_at_the_provider_is_no_error(client, idp):
    state = parse_qs(urlsplit(set_out(client)).query)["state"][0]
    answer = client.get(BACK, query_string={"error": "access_denied", "state": state})
    assert answer.status_code == 200
    assert "Du logget ikke inn med ID-porten" in answer.text
    assert 'name="email"' in answer.text


def test_an_error_of_the_provider_says_what_still_works(client, idp, caplog):
    state = parse_qs(urlsplit(set_out(client)).query)["state"][0]
    query = {"error": "server_error", "error_description": "Kari Nordmann", "state": state}
    answer = client.get(BACK, query_string=query)
    assert answer.status_code == 503
    assert "server_error" in caplog.text
    assert "Kari" not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://other.example.org"},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"require_pushed_authorization_requests": True},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_right_is_no_error_of_ours(client, idp, wrong):
    idp.metadata = wrong
    answer = client.get(OUT)
    assert answer.status_code == 503
    assert "ID-porten svarer ikke nå" in answer.text
    assert 'name="email"' in answer.text
    assert "/meld" in answer.text


@pytest.mark.parametrize("status", [404, 500])
def test_a_provider_that_is_away_is_told_of_with_what_still_works(client, idp, status):
    idp.status = status
    assert client.get(OUT).status_code == 503
    assert client.get("/mine-meldinger").status_code == 200


def test_a_provider_that_falls_silent_on_the_way_back(client, idp):
    query = idp.code_for(set_out(client))
    idp.status = 500
    answer = client.get(f"{BACK}?{query}")
    assert answer.status_code == 503
    assert is_out(client)


def test_nobody_listening_at_all(client, signing_in_at):
    signing_in_at("http://127.0.0.1:9")
    assert client.get(OUT).status_code == 503


def test_a_provider_that_does_not_know_us_is_in_the_log(client, idp, caplog):
    query = idp.code_for(set_out(client))
    idp.codes.clear()
    assert client.get(f"{BACK}?{query}").status_code == 400
    assert "does not take the code" in caplog.text


def test_an_unknown_provider_is_not_found(client, idp):
    for path in ("/mine-meldinger/inn/x", "/openid/x/tilbake", "/openid/x/utlogging?iss=a&sid=b"):
        assert client.get(path).status_code == 404


def test_a_provider_for_staff_is_not_for_residents(client, idp, signing_in_at):
    signing_in_at(idp.issuer, audience="staff")
    assert client.get(OUT).status_code == 404
    assert "ID-porten" not in client.get("/mine-meldinger").text


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/meld", "/meld"),
        ("//evil.example.org", "/mine-meldinger"),
        ("https://evil.example.org", "/mine-meldinger"),
        ("/\\evil.example.org", "/mine-meldinger"),
        ("", "/mine-meldinger"),
    ],
)
def test_signing_in_leads_back_within_this_site_only(client, idp, target, expected):
    address = client.get(OUT, query_string={"til": target}).location
    assert client.get(f"{BACK}?{idp.code_for(address)}").location == expected


def test_signing_in_gives_a_new_cookie_and_ends_the_old_session(app, client, idp):
    sign_in(client, idp)
    first = client.get_cookie(RESIDENT_COOKIE).value
    sign_in(client, idp)
    assert client.get_cookie(RESIDENT_COOKIE).value != first
    thief = app.test_client()
    thief.set_cookie(RESIDENT_COOKIE, first)
    assert "ID-porten" not in thief.get("/mine-meldinger").text.split("<main")[1].split("ways")[0]


def test_the_provider_ends_the_session_in_whatever_browser(app, client, idp, jurisdiction):
    mine = submitted(jurisdiction, subject=f"{idp.issuer}|pairwise-1")
    sign_in(client, idp)
    frame = app.test_client()  # a frame on the provider's page brings none of our cookies
    for query in ({"iss": idp.issuer, "sid": "another"}, {"sid": "session-1"}, {"iss": idp.issuer}):
        frame.get("/openid/idp/utlogging", query_string=query)
        assert mine.number in client.get("/mine-meldinger").text
    answer = frame.get(
        "/openid/idp/utlogging", query_string={"iss": idp.issuer, "sid": "session-1"}
    )
    assert (answer.status_code, answer.data) == (200, b"")
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert mine.number not in client.get("/mine-meldinger").text


def test_only_that_one_page_can_be_framed(client, idp):
    answer = client.get("/mine-meldinger")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_signing_out_goes_on_to_the_provider_and_back(client, idp):
    sign_in(client, idp)
    page = client.post("/mine-meldinger/logg-ut")
    assert page.status_code == 200
    address = page.text.split("url=")[1].split('"')[0].replace("&amp;", "&")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert urlsplit(address).path == "/logout"
    assert asked["id_token_hint"].count(".") == 2
    assert asked["post_logout_redirect_uri"] == "http://localhost/mine-meldinger/logget-ut"
    back = client.get("/mine-meldinger/logget-ut", query_string={"state": asked["state"]})
    assert "Her og hos ID-porten" in back.text
    assert "Her og hos" not in client.get("/mine-meldinger/logget-ut?state=x").text
    assert is_ended(client)


def is_ended(client) -> bool:
    return client.get_cookie(RESIDENT_COOKIE) is None and not session().scalar(
        select(ResidentSession.key).where(ResidentSession.ended_at.is_(None))
    )


def test_signing_out_works_while_the_provider_is_away(app, client, idp, monkeypatch):
    sign_in(client, idp)
    idp.status = 500
    monkeypatch.setitem(app.extensions, "openid_discovery", Discovery())
    assert client.post("/mine-meldinger/logg-ut").location == "/mine-meldinger/logget-ut"
    assert is_ended(client)


def test_reports_of_an_address_are_added_only_after_showing_that_it_is_theirs(
    client, idp, jurisdiction
):
    before = submitted(jurisdiction, email="reporter@example.org")
    another = submitted(
        jurisdiction, email="reporter@example.org", subject=f"{idp.issuer}|pairwise-2"
    )
    sign_in(client, idp)
    client.post("/mine-meldinger/legg-til")
    assert before.number not in client.get("/mine-meldinger").text
    signed_in(client, before)
    page = client.get("/mine-meldinger").text
    assert before.number in page
    assert "Legg til disse meldingene på min innlogging" in page
    client.post("/mine-meldinger/legg-til")
    assert "1 melding er lagt til" in client.get("/mine-meldinger").text
    subjects = dict(session().execute(select(Contact.service_request_id, Contact.subject)).all())
    assert subjects == {
        before.id: f"{idp.issuer}|pairwise-1",
        another.id: f"{idp.issuer}|pairwise-2",
    }
    client.post("/mine-meldinger/logg-ut")
    sign_in(client, idp)
    assert before.number in client.get("/mine-meldinger").text
    assert another.number not in client.get("/mine-meldinger").text


def test_an_address_shown_before_signing_in_stays_shown(client, idp, jurisdiction):
    before = submitted(jurisdiction, email="reporter@example.org")
    signed_in(client, before)
    sign_in(client, idp)
    assert "Legg til disse meldingene" in client.get("/mine-meldinger").text


def test_a_link_does_not_lengthen_the_life_of_a_sign_in(client, idp, jurisdiction):
    before = submitted(jurisdiction, email="reporter@example.org")
    sign_in(client, idp)
    begun = session().scalars(select(ResidentSession.started_at)).one()
    client.post(f"/mine-meldinger/lenke/{token_for(before)}")
    kept = select(ResidentSession).where(ResidentSession.ended_at.is_(None))
    row = session().scalars(kept).one()
    assert row.started_at == begun
    assert row.provider_session is not None


def test_the_empty_list_has_one_way_on(client, idp):
    sign_in(client, idp)
    page = client.get("/mine-meldinger").text
    assert "Ingen meldinger her ennå" in page
    assert 'href="/meld"' in page
