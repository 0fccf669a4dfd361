"""A six-digit code by e-mail, for services that want to know that the address is the reporter's own. Pure.

Nothing is stored. The page carries a signed ticket with keyed hashes of the address and the code; from it
neither can be read or guessed without the service's key. The job that sends the code carries address and code
sealed (Fernet), opens them only while the ticket counts, and wipes them from the queue once they are sent.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

LIFETIME_SECONDS = 15 * 60
SALT = "report-code"


class Expired(Exception):
    """The ticket was good, but is too old."""


class Wrong(Exception):
    """Not a ticket of ours, or not the code or the address that it was made for."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What the sealed job holds. `name` is the municipality's, `language` the reporter's."""

    email: str
    code: str
    language: str
    name: str


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def ticket(secret: str, *, email: str, code: str, key: str) -> str:
    """What the page carries until the code comes back; `key` is the form's own."""
    content = {"email": _hash(secret, email.lower()), "code": _hash(secret, f"{key}:{code}")}
    return URLSafeTimedSerializer(secret, salt=SALT).dumps(content)


def check(secret: str, written: str, *, email: str, code: str, key: str) -> None:
    """Let a right code pass. :raises Expired: too old. :raises Wrong: anything else."""
    serializer = URLSafeTimedSerializer(secret, salt=SALT)
    try:
        content = serializer.loads(written, max_age=LIFETIME_SECONDS)
    except SignatureExpired as fault:
        raise Expired from fault
    except BadSignature as fault:
        raise Wrong from fault
    digits = "".join(letter for letter in code if letter.isdigit())
    right = hmac.compare_digest(content["email"], _hash(secret, email.lower()))
    if not (right & hmac.compare_digest(content["code"], _hash(secret, f"{key}:{digits}"))):
        raise Wrong


def name_of_tries(secret: str, *, email: str, key: str) -> str:
    """What wrong codes are counted under: an address and a form, whatever the ticket looks like."""
    return _hash(secret, f"tries:{key}:{email.lower()}")


def seal(secret: str, message: Message) -> str:
    """The message, unreadable in the queue."""
    return _fernet(secret).encrypt(json.dumps(vars(message)).encode()).decode()


def unseal(secret: str, sealed: str) -> Message | None:
    """The message, or None when it is too old to be of use."""
    try:
        content = _fernet(secret).decrypt(sealed.encode(), ttl=LIFETIME_SECONDS)
    except InvalidToken:
        return None
    return Message(**json.loads(content))


def _fernet(secret: str) -> Fernet:
    key = hashlib.sha256(f"{SALT}:seal:{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _hash(secret: str, text: str) -> str:
    return hmac.new(f"{SALT}:{secret}".encode(), text.encode(), hashlib.sha256).hexdigest()
