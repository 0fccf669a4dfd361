"""What our server says to a provider's server, with proof of who we are: pushed requests, codes for tokens."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from app.openid.discovery import TIMEOUT_SECONDS, Metadata
from app.openid.faults import NotTrusted, ProviderAway
from app.openid.providers import AuthMethod, Provider

ASSERTION_SECONDS = 60
"""How long the proof of who we are holds; ID-porten takes no more than two minutes."""
SPENT_CODES = {"invalid_grant"}


def push(provider: Provider, metadata: Metadata, request: dict[str, str]) -> str:
    """Hand the authorization request over beforehand (RFC 9126); the `request_uri` that stands for it."""
    address = metadata.pushed_authorization_request_endpoint or ""
    status, told = _post(provider, metadata, address, request)
    request_uri = told.get("request_uri")
    if status != 201 or not isinstance(request_uri, str):
        raise ProviderAway(f"the request was not taken: {status} {error_code(told)}")
    return request_uri


def exchange(
    provider: Provider, metadata: Metadata, *, code: str, verifier: str, redirect_uri: str
) -> dict[str, Any]:
    """The tokens for a code.

    :raises NotTrusted: the code was used before, or was not made for us. :raises ProviderAway: no answer,
        or the provider does not know us.
    """
    request = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
        "client_id": provider.client_id,
    }
    status, told = _post(provider, metadata, metadata.token_endpoint, request)
    if status == 200 and isinstance(told.get("id_token"), str):
        return told
    if told.get("error") in SPENT_CODES:
        raise NotTrusted("the provider does not take the code")
    raise ProviderAway(f"no tokens: {status} {error_code(told)}")


def _post(
    provider: Provider, metadata: Metadata, address: str, fields: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    if provider.auth_method == AuthMethod.SECRET_POST:  # it adds the client's id itself
        fields = {name: value for name, value in fields.items() if name != "client_id"}
    plain = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    prepared = _auth(provider, metadata).prepare("POST", address, plain, urlencode(fields))
    address, headers, body = prepared
    try:
        answer = httpx.post(address, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
        told = answer.json()
    except httpx.HTTPError as fault:
        raise ProviderAway(f"no answer ({type(fault).__name__})") from None
    except ValueError:
        raise ProviderAway(f"an answer {answer.status_code} that is not JSON") from None
    return answer.status_code, told if isinstance(told, dict) else {}


def _auth(provider: Provider, metadata: Metadata) -> ClientAuth:
    match provider.auth_method:
        case AuthMethod.SECRET_BASIC:  # RFC 6749 §2.3.1: both are form-encoded first
            names = quote_plus(provider.client_id), quote_plus(provider.secret or "")
            return ClientAuth(*names, "client_secret_basic")
        case AuthMethod.SECRET_POST:
            return ClientAuth(provider.client_id, provider.secret, "client_secret_post")
        case AuthMethod.PRIVATE_KEY_JWT:
            is_issuer = provider.assertion_audience == "issuer"
            signing = PrivateKeyJWT(
                provider.issuer if is_issuer else metadata.token_endpoint,
                claims={"exp": int(time.time()) + ASSERTION_SECONDS},
                headers={"kid": provider.key_id} if provider.key_id else {},
                alg=provider.key_algorithm,
            )
            return ClientAuth(provider.client_id, provider.private_key, signing)


def error_code(told: Mapping[str, Any]) -> str:
    """The provider's error code, if it is one: nothing else of what it says goes into a log."""
    code = str(told.get("error", ""))
    return code if code.replace("_", "").isalpha() and len(code) < 50 else "(no error code)"
