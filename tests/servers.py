"""The outside world, spoken with in its own protocols: Kartverket's register and a mail server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Register:
    """`kommuneinfo` v1 with one municipality's area and one name for every point."""

    url: str = ""
    area: Any = None
    name_at_point: str | None = None
    status: int = 200
    raw: bytes | None = None
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, Any]:
        parts = urlsplit(path)
        self.asked.append((parts.path, parse_qs(parts.query)))
        if self.status != 200:
            return self.status, {"status": self.status}
        if parts.path.endswith("/kommuner/1505/omrade"):
            body = {"kommunenummer": "1505", "kommunenavn": "Kristiansund", "omrade": self.area}
            return 200, body
        if parts.path.endswith("/punkt") and self.name_at_point:
            return 200, {"kommunenummer": "1554", "kommunenavn": self.name_at_point}
        return 404, {"status": 404, "message": "Ingen treff"}


@contextmanager
def kommuneinfo(**values: Any) -> Iterator[Register]:
    register = Register(**values)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = register.answer(self.path)
            body = json.dumps(content).encode() if register.raw is None else register.raw
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    register.url = f"http://127.0.0.1:{server.server_port}/kommuneinfo/v1"
    try:
        yield register
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class MailServer:
    """An SMTP server that keeps what it takes, refuses when told to, and may ask who is sending."""

    port: int = 0
    refusal: str | None = None
    password: str | None = None
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, policy=default))
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        is_right = isinstance(given, LoginPassword) and given.password.decode() == self.password
        return AuthResult(success=is_right, handled=is_right)


class OnAnyPort(Controller):
    """Listens on a port that the system picks."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**values: Any) -> Iterator[MailServer]:
    kept = MailServer(**values)
    asks = {"authenticator": kept.authenticate, "auth_required": True, "auth_require_tls": False}
    controller = OnAnyPort(
        kept, hostname="127.0.0.1", port=0, ready_timeout=20, **(asks if kept.password else {})
    )
    controller.start()
    kept.port = controller.port
    try:
        yield kept
    finally:
        controller.stop()
