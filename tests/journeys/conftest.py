"""The whole service as people meet it: web and worker as processes, local servers around, a real browser."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.accounts.operations import add_account
from app.cli.push_key import new_key
from app.database import db, transaction
from app.departments.queries import by_code
from app.factory import create_app
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.security import Member
from tests.conftest import KEY, ROOT, settings_for
from tests.kartverket import address, kartverket

PASSWORD = "correct horse battery staple"
MELDE = Path(sys.executable).with_name("melde")
CHROMIUM = os.environ.get("CHROMIUM") or next(
    (found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), "chromium"
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that fails is driven once more: real browsers on a busy machine can be late."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.flaky(reruns=1))


def grey_png() -> bytes:
    """A tile: 256 × 256, one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + b"\xe9" * 256 for _ in range(256)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class Tiles(BaseHTTPRequestHandler):
    tile = grey_png()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(self.tile)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # the map has moved on
            self.wfile.write(self.tile)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def tiles() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/{{z}}/{{y}}/{{x}}.png"
    server.shutdown()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running service: its address, its mail, and the way into its database."""

    url: str
    mail: Path
    database_url: str


@pytest.fixture(scope="session")
def kartverket_url() -> Iterator[str]:
    """Addresses along two streets, in Kartverket's place."""
    houses = [
        address(street, house, latitude, 7.7279 + house * 0.0003)
        for street, latitude in (("Langveien", 63.1104), ("Vågeveien", 63.1113))
        for house in range(1, 9)
    ]
    with kartverket(addresses=houses) as running:
        yield running.url


@pytest.fixture(scope="session")
def service(
    cluster: object,
    template: str,
    tiles: str,
    kartverket_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    port = free_port()
    name = f"journeys_{port}"  # another one when the fixture is made again after a fault
    url = cluster.create_database(name, template=template)  # type: ignore[attr-defined]
    add_staff(url, folder)
    environ = os.environ | {
        "MELDE_DATABASE_URL": url,
        "MELDE_SECRET_KEY": KEY,
        "MELDE_INSTANCE": str(folder),
        "MELDE_MAIL_FOLDER": str(folder / "mail"),
        "MELDE_BASE_URL": f"http://127.0.0.1:{port}",
        "MELDE_TILE_URL": tiles,
        "MELDE_DIGEST_MINUTES": "0",
        "MELDE_KOMMUNEINFO_URL": "http://127.0.0.1:9/kommuneinfo/v1",
        "MELDE_KARTVERKET_URL": kartverket_url,
        "MELDE_SUBMIT_LIMIT": "10000 per minute",
        "MELDE_FORM_SECONDS": "0",
        "MELDE_SIGN_IN_LIMIT": "10000 per minute",
        "MELDE_PUSH_KEY": new_key(),
        "MELDE_PUSH_SUBJECT": "mailto:drift@example.org",
        "MELDE_PUSH_HOSTS": "127.0.0.1",
        "PORT": str(port),
    }
    running = [
        subprocess.Popen([MELDE, name], env=environ, cwd=ROOT) for name in ("serve", "worker")
    ]
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Service(url=f"http://127.0.0.1:{port}", mail=folder / "mail", database_url=url)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def add_staff(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        with transaction():
            jurisdiction = by_number("1505")
            assert jurisdiction is not None
            for code in ("roads", "street_lights"):
                department = by_code(jurisdiction.id, code)
                assert department is not None
                member = Member(
                    jurisdiction_id=jurisdiction.id, department_id=department.id, role=Role.CREW
                )
                add_account(f"{code}@example.org", PASSWORD, [member])
        db.session.remove()
        db.engine.dispose()


def wait_for(url: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@dataclass
class Visitor:
    """Someone at a screen. Errors in the page's scripts and broken CSP rules fail the test."""

    page: Page
    complaints: list[str]

    def goes_to(self, path: str) -> None:
        self.page.goto(path)


@pytest.fixture
def visit(browser: Browser, service: Service) -> Iterator[object]:
    """Open a browser window: visit(width=390, scripts=True, language="nb")."""
    contexts, visitors = [], []

    def opened(width: int = 1280, *, scripts: bool = True, language: str = "nb") -> Visitor:
        context = browser.new_context(
            base_url=service.url,
            viewport={"width": width, "height": 844 if width < 700 else 800},
            java_script_enabled=scripts,
            locale={"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}[language],
            has_touch=width < 700,
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        contexts.append(context)
        visitor = Visitor(page=context.new_page(), complaints=[])
        visitors.append(visitor)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on("console", lambda message: listen(visitor, message))
        return visitor

    yield opened
    for context in contexts:
        context.close()
    assert [visitor.complaints for visitor in visitors if visitor.complaints] == []


def listen(visitor: Visitor, message: object) -> None:
    text = message.text  # type: ignore[attr-defined]
    if message.type == "error" and "status of 4" not in text:  # type: ignore[attr-defined]
        visitor.complaints.append(text)
