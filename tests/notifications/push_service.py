"""A push service and a browser behind it: checks who sends, and reads what only the browser can."""

import base64
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

P256 = ec.SECP256R1()


def unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _key(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class Browser:
    """The other end (RFC 8291): makes the keys and opens what was sealed for it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(P256)
        self.secret = os.urandom(16)

    @property
    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": unpadded(point(self.private.public_key())), "auth": unpadded(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> dict[str, Any]:
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(P256, sender)
        )
        info = b"WebPush: info\0" + point(self.private.public_key()) + sender
        secret = _key(shared, self.secret, info, 32)
        key = _key(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _key(secret, salt, b"Content-Encoding: nonce\0", 12)
        content = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert content.endswith(b"\2")
        return json.loads(content[:-1])


@dataclass
class PushService:
    """Keeps what it is sent, and answers with the statuses given, then with 201."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    retry_after: str | None = None
    seconds: float = 0
    """How long it takes to answer."""
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    """Path, headers with names in small letters, and body."""

    def browser(self, name: str = "one") -> Browser:
        return Browser(f"{self.url}/push/{name}")

    def paths(self) -> list[str]:
        return [path for path, _headers, _body in self.taken]


def signed_by(headers: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The claims of a VAPID signature that holds (RFC 8292), and the key that made it."""
    scheme, _, rest = headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(padded(head))["alg"] == "ES256"
    raw = padded(signature)
    assert len(raw) == 64
    made = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(P256, padded(parts["k"]))
    key.verify(made, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(padded(claims)), parts["k"]


@contextmanager
def push_service(**values: Any) -> Iterator[PushService]:
    kept = PushService(**values)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.taken.append((self.path, headers, body))
            time.sleep(kept.seconds)
            status = kept.statuses.pop(0) if kept.statuses else 201
            self.send_response(status)
            if kept.retry_after and status != 201:
                self.send_header("Retry-After", kept.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
