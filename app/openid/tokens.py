"""Checking an ID token: signature, issuer, audience, times, nonce, level. OpenID Connect Core 1.0 §3.1.3.7."""

from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError

from app.openid.discovery import Discovery
from app.openid.faults import NotTrusted, TooWeak
from app.openid.providers import Provider

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures by a private key of the provider's; never `none`, and never one that our secret could make."""
LEEWAY_SECONDS = 30
OLDEST_SECONDS = 600
"""A token is fetched right after it is made: an older one was kept by somebody."""


def verified(
    tokens: dict[str, Any], provider: Provider, discovery: Discovery, *, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of the ID token.

    :raises NotTrusted: any check fails. :raises TooWeak: only the level does.
    """
    token = str(tokens["id_token"])
    try:
        header = jws.extract_compact(token.encode()).headers()
        keys = discovery.keys(provider, header.get("kid"))
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={"iss": {"essential": True, "value": provider.issuer}},
            params={
                "nonce": nonce,
                "client_id": provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, UnicodeError) as fault:
        raise NotTrusted(f"the ID token does not hold: {type(fault).__name__}") from None
    _check_rest(claims, provider, now)
    return dict(claims)


def _check_rest(claims: dict[str, Any], provider: Provider, now: datetime) -> None:
    """What the libraries leave to us."""
    if claims["aud"] not in (provider.client_id, [provider.client_id]):
        raise NotTrusted("the ID token is for others, or for others as well")
    if now.timestamp() - claims["iat"] > OLDEST_SECONDS:
        raise NotTrusted("the ID token is old")
    subject = claims.get(provider.claims["subject"])
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise NotTrusted("the ID token does not say who it is about")
    if provider.accepted_acr and claims.get("acr") not in provider.accepted_acr:
        raise TooWeak("the level of the sign-in is lower than asked for")
