"""Web Push: one message to one browser, encrypted for it alone (RFC 8030, 8188, 8291, 8292)."""

import base64
import hashlib
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from app.notifications.alert_models import PushSubscription
from app.outgoing import Answer, post

log = logging.getLogger(__name__)
MOST_BYTES = 3000
"""Of a message. Push services must take 4096 bytes, encryption included (RFC 8030, 7.2)."""
TIMEOUT_SECONDS = 10
TOKEN_SECONDS = 12 * 3600
"""How long a signature counts; a day at most (RFC 8292, 2)."""
LIFE_SECONDS = 4 * 3600
"""A phone that is off for longer than this is told by the list of jobs instead."""
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
GONE = frozenset({404, 410})
WAIT = frozenset({408, 425, 429})


class Fate(StrEnum):
    """What a push service did with a message."""

    TAKEN = "taken"
    GONE = "gone"
    """The subscription has ended, for good."""
    REFUSED = "refused"
    """This message never will be taken."""
    LATER = "later"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of a message. `why` names the push service and holds nothing about anyone."""

    fate: Fate
    why: str = ""
    wait_seconds: float | None = None
    """How long the push service wants to be left alone."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who we are to push services, and which of them may be sent to."""

    key: str = field(repr=False)
    subject: str
    hosts: tuple[str, ...]

    @property
    def public_key(self) -> str:
        """What a browser subscribes with: the application server key, base64url."""
        public = _private(self.key).public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def may_send_to(endpoint: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address that a browser told us is that of a push service we know.

    Our machines post there: any other address could be one inside the house.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if not is_plain or "@" in parts.netloc:
        return False
    if host in LOOPBACK:
        return host in hosts and parts.scheme in {"http", "https"}
    return parts.scheme == "https" and port in {None, 443} and any(_fits(host, it) for it in hosts)


def _fits(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def topic_of(words: str) -> str:
    """A Topic: what waits at the push service gives way to something newer with the same (RFC 8030, 5.4)."""
    return base64.urlsafe_b64encode(hashlib.sha256(words.encode()).digest()[:24]).decode()


def send(to: PushSubscription, content: bytes, sender: Sender, *, topic: str) -> Told:
    """Encrypt and hand over one message."""
    host = urlsplit(to.endpoint).hostname or ""
    if not may_send_to(to.endpoint, sender.hosts):
        return Told(fate=Fate.GONE, why=f"{host} is not among MELDE_PUSH_HOSTS")
    try:
        answer = post(
            to.endpoint,
            _sealed(to, content),
            _headers(to, sender, topic),
            timeout_seconds=TIMEOUT_SECONDS,
        )
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as fault:
        return Told(fate=Fate.LATER, why=f"{host} was not reached: {type(fault).__name__}")
    return _told(answer, host)


def _told(answer: Answer, host: str) -> Told:
    why = f"{host} answered with the status {answer.status}"
    if answer.is_success:
        return Told(fate=Fate.TAKEN)
    if answer.status in GONE:
        return Told(fate=Fate.GONE, why=why)
    if answer.status in WAIT or answer.status >= 500:
        return Told(fate=Fate.LATER, why=why, wait_seconds=wait_of(answer.retry_after))
    return Told(fate=Fate.REFUSED, why=why)


def wait_of(header: str | None) -> float | None:
    """The seconds of a `Retry-After`: a number, or a date (RFC 9110, 10.2.3); None when it says neither."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(base64.urlsafe_b64decode(key + "="))
    return ec.derive_private_key(number, ec.SECP256R1())


def _sealed(to: PushSubscription, content: bytes) -> bytes:
    told = {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}}
    body = WebPusher(told).encode(content, "aes128gcm")["body"]
    return bytes(body)


def _headers(to: PushSubscription, sender: Sender, topic: str) -> dict[str, str]:
    parts = urlsplit(to.endpoint)
    until = int(time.time()) + TOKEN_SECONDS
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": sender.subject}
    signed = Vapid02(private_key=_private(sender.key)).sign(claims)
    return {
        "Authorization": str(signed["Authorization"]),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIFE_SECONDS),
        "Urgency": "high",
        "Topic": topic,
        "User-Agent": "melde-feil",
    }
