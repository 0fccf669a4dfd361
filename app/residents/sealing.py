"""Sealing what a session knows with the secret that only the browser's cookie holds. Pure."""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

HEADER = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who a session is about: someone who signed in, someone who showed that an address is theirs, or both."""

    subject: str | None = field(default=None, repr=False)
    provider: str | None = None
    """The key of the provider."""
    id_token: str | None = field(default=None, repr=False)
    """For signing out at the provider."""
    email: str | None = field(default=None, repr=False)


def new_secret() -> str:
    """256 bits from the machine's randomness, for a cookie."""
    return secrets.token_urlsafe(32)


def key_of(secret: str) -> bytes:
    """Under which the session stands in the table."""
    return hashlib.sha256(b"key:" + secret.encode()).digest()


def seal(visit: Visit, secret: str) -> str:
    """The visit as a JWE (A256GCM). The secret is random, so that its hash will do as a key."""
    return jwe.encrypt_compact(HEADER, json.dumps(asdict(visit)), _lock(secret))


def unseal(sealed: str, secret: str) -> Visit | None:
    """The visit, or None when this is not its secret."""
    try:
        opened = jwe.decrypt_compact(sealed, _lock(secret)).plaintext
    except (JoseError, ValueError):
        return None
    return Visit(**json.loads(opened or b"{}"))


def _lock(secret: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"seal:" + secret.encode()).digest())
