"""Signed links and return addresses. They name rows, and hold no address. Pure."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeSerializer

from app.errors import NotFound
from app.i18n import gettext

RETURNED = re.compile(r"\+([0-9]{1,18})-([a-z2-7]{16})@", re.IGNORECASE)
REPLIED = re.compile(r"\+s([0-9]{1,18})-([a-z2-7]{16})@", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """What signs: the service's secret."""

    secret: str = field(repr=False)

    def stop_token(self, contact_ids: Sequence[int]) -> str:
        """The token of the link that stops a letter's kind of messages, for good."""
        return str(_serializer(self.secret).dumps(sorted(contact_ids)))

    def contacts_of(self, token: str) -> list[int]:
        """The contacts that a link to stop is for. :raises NotFound: it is not ours."""
        try:
            return [int(key) for key in _serializer(self.secret).loads(token)]
        except (BadSignature, TypeError, ValueError) as fault:
            message = gettext("This link does not work. Copy the whole link from the e-mail.")
            raise NotFound(message) from fault

    def return_path(self, bounce_address: str, contact_id: int) -> str:
        """Where a letter to this contact comes back to: `retur+17-….@example.org`."""
        local, _, domain = bounce_address.rpartition("@")
        return f"{local}+{contact_id}-{self._mark(contact_id)}@{domain}"

    def returned_from(self, written: str) -> int | None:
        """The contact in the first of our return addresses in a text; None when there is none of ours."""
        for number, mark in RETURNED.findall(written):
            if hmac.compare_digest(mark.lower(), self._mark(int(number))):
                return int(number)
        return None

    def reply_address(self, mailbox: str, contact_id: int) -> str:
        """Where the answer to a letter to this contact goes: `melding+s17-…@example.org`."""
        local, _, domain = mailbox.rpartition("@")
        return f"{local}+s{contact_id}-{self._mark(contact_id, b'reply')}@{domain}"

    def replied_by(self, written: str) -> int | None:
        """The contact in the first of our reply addresses in a text; None when there is none of ours."""
        for number, mark in REPLIED.findall(written):
            if hmac.compare_digest(mark.lower(), self._mark(int(number), b"reply")):
                return int(number)
        return None

    def _mark(self, contact_id: int, what: bytes = b"bounce") -> str:
        """80 bits, in letters that survive servers that change capitals."""
        signed = b"%s:%d" % (what, contact_id)
        digest = hmac.new(self.secret.encode(), signed, hashlib.sha256).digest()
        return base64.b32encode(digest[:10]).decode().lower()


def _serializer(secret: str) -> URLSafeSerializer:
    stronger = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt="notifications.stop", signer_kwargs=stronger)
