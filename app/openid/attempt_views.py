"""What a browser holds while its owner is at a provider: a signed cookie, for a quarter of an hour."""

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.openid.discovery import Discovery
from app.openid.faults import NotTrusted
from app.openid.flow import Attempt
from app.openid.providers import Provider
from app.settings import Settings

SECONDS = 15 * 60
"""How long someone may stay at the provider."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Whose way out it is: residents and staff hold their attempts apart."""

    cookie: str
    path: str
    """The cookie goes to addresses below it alone."""
    salt: str


def keep(response: Any, door: Door, attempt: Attempt, **more: str) -> None:
    """Let the browser hold the attempt, and what else it must bring back."""
    signed = signer(door.salt).dumps(attempt.as_dict() | {"more": more})
    value = signed if isinstance(signed, str) else signed.decode()
    response.set_cookie(door.cookie, value, max_age=SECONDS, **_options(door))


def drop(response: Any, door: Door) -> None:
    """The attempt is spent."""
    response.delete_cookie(door.cookie, **_options(door))


def brought(door: Door, provider: Provider) -> tuple[Attempt, dict[str, str]]:
    """What this browser set out with. :raises NotTrusted: it did not, or too long ago."""
    try:
        told = signer(door.salt).loads(request.cookies.get(door.cookie, ""), max_age=SECONDS)
    except BadSignature as fault:
        raise NotTrusted("this browser has not set out, or too long ago") from fault
    more = told.pop("more")
    attempt = Attempt(**told)
    if attempt.provider != provider.key:
        raise NotTrusted("the answer is another provider's")
    return attempt, more


def signer(salt: str) -> URLSafeTimedSerializer:
    """For what goes out with a browser and comes back."""
    stronger = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    key = str(current_app.config["SECRET_KEY"])
    return URLSafeTimedSerializer(key, salt=salt, signer_kwargs=stronger)


def discovery() -> Discovery:
    """What the process knows of the providers."""
    found: Discovery = current_app.extensions["openid_discovery"]
    return found


def absolute(endpoint: str, **values: Any) -> str:
    """An address that is registered with the provider: the public scheme, the municipality's own host."""
    settings: Settings = current_app.config["SETTINGS"]
    scheme = urlsplit(settings.base_url).scheme
    return f"{scheme}://{request.host}{url_for(endpoint, **values)}"


def _options(door: Door) -> dict[str, Any]:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    return {"httponly": True, "samesite": "Lax", "path": door.path, "secure": secure}
