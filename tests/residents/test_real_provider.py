"""Signing in at a real provider: npm's oidc-provider, with what ID-porten and others ask for."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.jurisdictions.queries import by_number
from app.residents.operations import find
from app.security import RESIDENT_COOKIE

from ..factories import submitted
from ..openid.providers import at_provider, path_of, real_provider, registered

BASE = "http://localhost"
OUT = "/mine-meldinger/inn/idp"
WITH_KEY = {
    "auth_method": "private_key_jwt",
    "client_secret_file": None,
    "key_file": "key.pem",
    "key_id": "ours",
}


@pytest.fixture
def person():
    """The person's browser, at the provider."""
    with httpx.Client() as browser:
        yield browser


def signed_in(client, person, **form) -> str:
    """Signs in; the address that was set out to."""
    answer = client.get(OUT)
    assert answer.status_code == 303, answer.text
    back = client.get(path_of(at_provider(person, answer.location, **form)))
    assert (back.status_code, back.location) == (303, "/mine-meldinger"), back.text
    return str(answer.location)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_with_a_secret(client, person, signing_in_at, method):
    with real_provider(registered(BASE, method)) as issuer:
        signing_in_at(issuer, auth_method=method)
        signed_in(client, person)
        assert "Logget inn med ID-porten" in client.get("/mine-meldinger").text


@pytest.mark.parametrize("audience", ["issuer", "token_endpoint"])
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_with_a_key(client, person, signing_in_at, algorithm, audience):
    ours = registered(BASE, "private_key_jwt", token_endpoint_auth_signing_alg=algorithm)
    key = "ec.pem" if algorithm == "ES256" else "key.pem"
    with real_provider(ours) as issuer:
        changes = {"key_file": key, "key_algorithm": algorithm, "assertion_audience": audience}
        signing_in_at(issuer, **WITH_KEY | changes)
        signed_in(client, person)


def test_a_request_is_pushed_when_the_provider_demands_it(client, person, signing_in_at):
    with real_provider(registered(BASE, "private_key_jwt"), require_pushed=True) as issuer:
        signing_in_at(issuer, **WITH_KEY)
        address = signed_in(client, person)
    query = parse_qs(urlsplit(address).query)
    assert set(query) == {"client_id", "request_uri"}


def test_the_provider_knows_the_same_person_again_and_no_other(
    client, person, signing_in_at, jurisdiction
):
    with real_provider(registered(BASE)) as issuer:
        signing_in_at(issuer)
        signed_in(client, person)
        number = reported(client)
        assert number in client.get("/mine-meldinger").text
        client.delete_cookie(RESIDENT_COOKIE)
        with httpx.Client() as another:
            signed_in(client, another, login="Ola")
        assert number not in client.get("/mine-meldinger").text
        client.delete_cookie(RESIDENT_COOKIE)
        with httpx.Client() as again:
            signed_in(client, again)
        assert number in client.get("/mine-meldinger").text


def reported(client) -> str:
    """The number of a report that is the signed-in person's."""
    jurisdiction = by_number("1505")
    secret = client.get_cookie(RESIDENT_COOKIE).value
    visit, _ = find(secret, jurisdiction.id, now=datetime.now(UTC))
    return submitted(jurisdiction, subject=visit.subject).number


def test_a_low_level_is_refused_and_a_higher_one_taken(client, person, signing_in_at):
    with real_provider(registered(BASE)) as issuer:
        signing_in_at(issuer)
        address = client.get(OUT).location
        back = client.get(path_of(at_provider(person, address, level="low")))
        assert back.status_code == 403
        with httpx.Client() as stronger:
            signed_in(client, stronger, level="high")


def test_turning_back(client, person, signing_in_at):
    with real_provider(registered(BASE)) as issuer:
        signing_in_at(issuer)
        back = at_provider(person, client.get(OUT).location, abort="1")
        assert "error=access_denied" in back
        assert "Du logget ikke inn" in client.get(path_of(back)).text


def test_a_code_cannot_be_used_by_another_browser_with_a_verifier_of_its_own(
    app, client, person, signing_in_at
):
    with real_provider(registered(BASE)) as issuer:
        signing_in_at(issuer)
        stolen = parse_qs(urlsplit(at_provider(person, client.get(OUT).location)).query)["code"][0]
        thief = app.test_client()
        state = parse_qs(urlsplit(thief.get(OUT).location).query)["state"][0]
        query = {"code": stolen, "state": state, "iss": issuer}
        assert thief.get("/openid/idp/tilbake", query_string=query).status_code == 400
        assert thief.get_cookie(RESIDENT_COOKIE) is None


def test_the_wrong_secret_is_the_operators_to_mend(client, person, signing_in_at, caplog):
    ours = registered(BASE, client_secret="another secret")
    with real_provider(ours) as issuer:
        signing_in_at(issuer)
        back = client.get(path_of(at_provider(person, client.get(OUT).location)))
    assert back.status_code == 503
    assert "401 invalid_client" in caplog.text


def test_signing_out_at_the_provider_as_well(client, person, signing_in_at):
    with real_provider(registered(BASE)) as issuer:
        signing_in_at(issuer)
        signed_in(client, person)
        page = client.post("/mine-meldinger/logg-ut").text
        address = page.split("url=")[1].split('"')[0].replace("&amp;", "&")
        asked = person.get(address)
        assert asked.status_code == 200, asked.text
        action, xsrf = (
            asked.text.split(mark)[1].split('"')[0] for mark in ('action="', 'name="xsrf" value="')
        )
        done = person.post(action, data={"xsrf": xsrf, "logout": "yes"})
        assert done.headers["location"].startswith(f"{BASE}/mine-meldinger/logget-ut?state=")
        assert "Her og hos ID-porten" in client.get(path_of(done.headers["location"])).text
        assert "/interaction/" in person.get(client.get(OUT).location).headers["location"]


def test_signing_out_at_the_provider_ends_the_session_here(client, person, signing_in_at):
    with real_provider(registered(BASE)) as issuer:
        signing_in_at(issuer)
        signed_in(client, person)
        page = person.get(f"{issuer}/session/end").text
        frame = page.split('<iframe title="melde" src="')[1].split('"')[0]
        assert client.application.test_client().get(path_of(frame)).status_code == 200
        assert "Du er logget ut" in client.get("/mine-meldinger").text
