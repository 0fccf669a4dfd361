"""The signed link by which an outside body answers. It says which handing over, and nothing else. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.errors import AppError, NotFound
from app.i18n import day, gettext

SALT = "forwarding.answer"


class LinkExpired(AppError):
    """The link was ours, and its time is over."""

    status = 410


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The service's secret, and for how many days a link can be used."""

    secret: str
    days: int

    def __repr__(self) -> str:
        return f"Signature(days={self.days})"

    def write(self, forwarding_id: int) -> str:
        """The token for a link that begins to count now."""
        return str(_serializer(self.secret).dumps(forwarding_id))

    def read(self, token: str, *, now: datetime) -> int:
        """The key of the handing over that the token names.

        :raises NotFound: the token is not ours. :raises LinkExpired: it is too old.
        """
        try:
            forwarding_id, signed_at = _serializer(self.secret).loads(token, return_timestamp=True)
        except BadSignature as fault:
            message = gettext("This link does not work. Copy the whole link from the e-mail.")
            raise NotFound(message) from fault
        end = self.end(signed_at)
        if now > end:
            raise LinkExpired(
                gettext(
                    "The link could be used until %(day)s. Write to the municipality if you still want"
                    " to answer, and name the report's number.",
                    day=day(end),
                )
            )
        return int(forwarding_id)

    def end(self, signed_at: datetime) -> datetime:
        """Until when a link signed at this moment can be used."""
        return signed_at + timedelta(days=self.days)


def _serializer(secret: str) -> URLSafeTimedSerializer:
    stronger = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(secret, salt=SALT, signer_kwargs=stronger)
