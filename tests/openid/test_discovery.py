"""What providers say of themselves: kept for a day, asked for a new key, gone on with while they are away."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from app.openid.discovery import KEPT_SECONDS, Discovery
from app.openid.faults import NotTrusted, ProviderAway
from app.openid.providers import read

from .providers import liar, provider_file

DESCRIPTION = "/.well-known/openid-configuration"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def idp():
    with liar() as running:
        yield running


@pytest.fixture
def provider(idp, tmp_path):
    return read(provider_file(tmp_path, idp.issuer), {})["idp"]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def discovery(clock):
    return Discovery(clock=clock)


def test_a_description_is_asked_for_once_a_day(idp, provider, discovery, clock):
    for _ in range(3):
        assert discovery.metadata(provider).token_endpoint == f"{idp.issuer}/token"
    assert idp.asked == [DESCRIPTION]
    clock.now += KEPT_SECONDS + 1
    discovery.metadata(provider)
    assert idp.asked == [DESCRIPTION] * 2


def test_what_is_known_is_gone_on_with_while_the_provider_is_away(idp, provider, discovery, clock):
    known = discovery.metadata(provider)
    clock.now += KEPT_SECONDS + 1
    idp.status = 500
    assert discovery.metadata(provider) == known


def test_a_failure_is_not_kept(idp, provider, discovery):
    idp.status = 500
    with pytest.raises(ProviderAway):
        discovery.metadata(provider)
    idp.status = 200
    assert discovery.metadata(provider)


def test_an_unknown_key_is_asked_for_at_most_once_a_minute(idp, provider, discovery, clock):
    assert len(discovery.keys(provider, "one").keys) == 1
    clock.now += 61
    for _ in range(5):
        with pytest.raises(NotTrusted):
            discovery.keys(provider, "unknown")
    assert idp.asked.count("/jwks") == 2
    idp.published = [idp.key, RSAKey.generate_key(2048, parameters={"kid": "unknown"})]
    clock.now += 61
    assert [key.kid for key in discovery.keys(provider, "unknown").keys] == ["unknown"]


def test_keys_for_encryption_sign_nothing(idp, provider, discovery):
    idp.published = [RSAKey.generate_key(2048, parameters={"kid": "one", "use": "enc"})]
    with pytest.raises(NotTrusted):
        discovery.keys(provider, "one")


def test_an_issuer_with_tls_may_not_name_addresses_without(idp, provider, discovery, monkeypatch):
    told = idp.description() | {"issuer": "https://idp.example.org"}
    monkeypatch.setattr("app.openid.discovery.get_json", lambda _: told)
    secure = type(provider)(**vars(provider) | {"issuer": "https://idp.example.org"})
    with pytest.raises(ProviderAway, match="no usable authorization_endpoint"):
        discovery.metadata(secure)


def test_id_portens_own_description_is_understood(provider, discovery, monkeypatch):
    told = json.loads((Path(__file__).parent / "idporten.json").read_text())
    monkeypatch.setattr("app.openid.discovery.get_json", lambda _: told)
    idporten = type(provider)(**vars(provider) | {"issuer": "https://test.idporten.no"})
    found = discovery.metadata(idporten)
    assert found.authorization_endpoint == "https://login.test.idporten.no/authorize"
    assert found.end_session_endpoint == "https://login.test.idporten.no/logout"
    assert found.pushed_authorization_request_endpoint == "https://test.idporten.no/par"
    assert found.sends_issuer
    assert not found.requires_pushed_requests
