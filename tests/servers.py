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
    refused_recipient: str | None = None
    """What is said to any recipient, such as «550 5.1.1 no such user»."""
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """Where each letter goes back to."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refused_recipient:
            return self.refused_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, policy=default))
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from or "")
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


@dataclass
class RoadDatabase:
    """NVDB API Les v4: segments in pages, and what may go wrong with a page, once for each time it is asked."""

    url: str = ""
    segments: list[Any] = field(default_factory=list)
    page_size: int = 2
    faults: dict[int, list[str]] = field(default_factory=dict)
    """By page, counted from 0: «500», «429», «cut», «hang up», «html», taken one after the other."""
    repeats_itself: bool = False
    announced: int | None = None
    asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, bytes, str | None]:
        """Status, body, and the fault that is to happen."""
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        self.asked.append((parts.path, query, headers))
        if parts.path != "/vegnett/api/v4/veglenkesekvenser/segmentert":
            return 404, b"{}", None
        start = int(query.get("start", ["0"])[0])
        waiting = self.faults.get(start // self.page_size, [])
        fault = waiting.pop(0) if waiting else None
        if fault and fault.isdigit():
            return int(fault), b'[{"message": "Noe gikk galt"}]', fault
        end = start + self.page_size
        metadata: dict[str, Any] = {"returnert": len(self.segments[start:end])}
        metadata["antall"] = len(self.segments) if self.announced is None else self.announced
        if (
            end < len(self.segments) + self.page_size
        ):  # the last page before the end leads to an empty one
            metadata["neste"] = {"start": "0" if self.repeats_itself else str(end)}
        content = {"objekter": self.segments[start:end], "metadata": metadata}
        body = b"<html>Vedlikehold</html>" if fault == "html" else json.dumps(content).encode()
        return 200, body, fault


@contextmanager
def nvdb(**values: Any) -> Iterator[RoadDatabase]:
    database = RoadDatabase(**values)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, fault = database.answer(self.path, dict(self.headers))
            if fault == "hang up":
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if fault == "429":
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    database.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield database
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Receiver:
    """An outside body's webhook: keeps what it is sent, and answers with the statuses given, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    answer: bytes = b""
    location: str | None = None
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers, with names in small letters, and body."""


@contextmanager
def receiver(**values: Any) -> Iterator[Receiver]:
    kept = Receiver(**values)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.statuses.pop(0) if kept.statuses else 200)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", str(len(kept.answer)))
            self.end_headers()
            self.wfile.write(kept.answer)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/inn"
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
