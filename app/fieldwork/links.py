"""The signed link by which a contractor works on one report. It says which link, and nothing else. Pure."""

import hashlib
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from app.errors import AppError, NotFound
from app.fieldwork.models import JobLink
from app.i18n import day, gettext

SALT = "fieldwork.link"


class LinkOver(AppError):
    """The link was ours, and cannot be used any more."""

    status = 410


def write(secret: str, link_id: int) -> str:
    """The token of a link. It is the same each time, so staff can copy it again."""
    return str(_serializer(secret).dumps(link_id))


def read(secret: str, token: str) -> int:
    """The key of the link that a token names. :raises NotFound: the token is not ours."""
    try:
        return int(_serializer(secret).loads(token))
    except (BadSignature, TypeError, ValueError) as fault:
        message = gettext("This link does not work. Copy the whole link from the message you got.")
        raise NotFound(message) from fault


def _serializer(secret: str) -> URLSafeSerializer:
    stronger = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt=SALT, signer_kwargs=stronger)


def is_live(link: JobLink, *, now: datetime) -> bool:
    """Whether the link can be used: neither ended nor over, and the report is still theirs who gave it."""
    return over(link, now=now) is None


def over(link: JobLink, *, now: datetime) -> str | None:
    """Why the link cannot be used any more, in words; None when it can."""
    if link.ended_at is not None:
        return gettext("The municipality has ended this link. Ask them if you still have the job.")
    if now >= link.expires_at:
        return gettext(
            "The link could be used until %(day)s. Ask the municipality for a new one if you still have"
            " the job.",
            day=day(link.expires_at),
        )
    if link.service_request.department_id != link.department_id:
        return gettext(
            "The department that gave you the job no longer has this report. Ask them before you go on."
        )
    return None
