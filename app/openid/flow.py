"""The way to a provider and back: what to ask, what to remember meanwhile, who came back, how to sign out."""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from app.openid import client, tokens
from app.openid.discovery import Discovery
from app.openid.faults import Declined, NotTrusted, ProviderAway
from app.openid.providers import Provider


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What the browser that set out must bring back. Holds no secret of ours or of the provider's."""

    provider: str
    state: str
    nonce: str
    verifier: str
    target: str
    """The path on this site to go to afterwards."""

    def as_dict(self) -> dict[str, str]:
        """For a signed cookie."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who came back. `subject` is `issuer|sub`; `claims` are those that the provider's claim map names."""

    subject: str
    session: str | None
    """The provider's `sid`, by which it ends the session."""
    id_token: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def begin(
    provider: Provider, discovery: Discovery, *, redirect_uri: str, target: str, language: str
) -> tuple[Attempt, str]:
    """A new attempt, and the address to send the browser to. :raises ProviderAway: it does not answer."""
    metadata = discovery.metadata(provider)
    attempt = Attempt(
        provider=provider.key,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        target=target,
    )
    request = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": create_s256_code_challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    if provider.acr_values:
        request["acr_values"] = " ".join(provider.acr_values)
    if provider.authorization_details:
        request["authorization_details"] = json.dumps(provider.authorization_details)
    if language in provider.ui_locales:
        request["ui_locales"] = language
    if metadata.requires_pushed_requests:
        request_uri = client.push(provider, metadata, request)
        request = {"client_id": provider.client_id, "request_uri": request_uri}
    return attempt, _with_query(metadata.authorization_endpoint, request)


def finish(
    provider: Provider,
    discovery: Discovery,
    attempt: Attempt,
    answer: Mapping[str, str],
    *,
    redirect_uri: str,
    now: datetime,
) -> Person:
    """Who came back from the provider.

    :param answer: the query of the callback.
    :raises Declined, NotTrusted, TooWeak, ProviderAway: nobody did.
    """
    state = answer.get("state", "")
    if not hmac.compare_digest(state.encode(), attempt.state.encode()):
        raise NotTrusted("the answer is to another question")
    metadata = discovery.metadata(provider)
    issuer = answer.get("iss")
    if issuer != provider.issuer and (issuer is not None or metadata.sends_issuer):
        raise NotTrusted("the answer is another issuer's")
    if "error" in answer:
        if answer["error"] in {"access_denied", "login_required", "interaction_required"}:
            raise Declined("the person turned back")
        raise ProviderAway(f"the provider answered with {client.error_code(answer)}")
    code = answer.get("code", "")
    if not code:
        raise NotTrusted("the answer has no code")
    fetched = client.exchange(
        provider, metadata, code=code, verifier=attempt.verifier, redirect_uri=redirect_uri
    )
    claims = tokens.verified(fetched, provider, discovery, nonce=attempt.nonce, now=now)
    session = claims.get("sid")
    return Person(
        subject=f"{provider.issuer}|{claims[provider.claims['subject']]}",
        session=session if isinstance(session, str) and session else None,
        id_token=str(fetched["id_token"]),
        claims={ours: claims.get(theirs) for ours, theirs in provider.claims.items()},
    )


def sign_out_address(
    provider: Provider, discovery: Discovery, *, id_token: str | None, back: str, state: str
) -> str | None:
    """Where to send the browser to sign out at the provider as well (RP-Initiated Logout 1.0), if anywhere.

    :param back: the registered address to come back to.
    """
    try:
        endpoint = discovery.metadata(provider).end_session_endpoint
    except ProviderAway:
        return None
    if endpoint is None:
        return None
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": back, "state": state}
    if id_token:
        query["id_token_hint"] = id_token
    return _with_query(endpoint, query)


def _with_query(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
