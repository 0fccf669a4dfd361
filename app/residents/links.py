"""The signed link that shows someone the reports of an address, which it does not name. Pure."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.errors import AppError, NotFound
from app.i18n import gettext

SALT = "residents.link"
MINUTES = 30


class LinkExpired(AppError):
    """The link was ours, and its time is over, or it has been used."""

    status = 410


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a link says: the row of `contact` that it was sent for, and its own fingerprint."""

    contact_id: int
    jurisdiction_id: int
    fingerprint: bytes


def write(secret: str, *, contact_id: int, jurisdiction_id: int) -> str:
    """The token of a new link; its half hour begins now."""
    content = [contact_id, jurisdiction_id, secrets.token_urlsafe(12)]
    return str(_serializer(secret).dumps(content))


def read(secret: str, token: str, *, now: datetime) -> Opened:
    """What the link says. :raises NotFound: it is not ours. :raises LinkExpired: it is too old."""
    try:
        content, signed_at = _serializer(secret).loads(token, return_timestamp=True)
    except BadSignature as fault:
        message = gettext("This link does not work. Copy the whole link from the e-mail.")
        raise NotFound(message) from fault
    if now > signed_at + timedelta(minutes=MINUTES):
        raise too_late()
    contact_id, jurisdiction_id, chance = content
    return Opened(
        contact_id=contact_id,
        jurisdiction_id=jurisdiction_id,
        # Of what was signed: a token with rubbish after its signature is read as the same one.
        fingerprint=hashlib.sha256(chance.encode()).digest(),
    )


def too_late() -> LinkExpired:
    """The answer to a link that cannot be used any more."""
    message = gettext("The link works once, and for half an hour. Ask for a new one.")
    return LinkExpired(message)


def _serializer(secret: str) -> URLSafeTimedSerializer:
    stronger = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(secret, salt=SALT, signer_kwargs=stronger)
