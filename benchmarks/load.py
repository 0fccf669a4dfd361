"""What a launch day costs: pages from real web processes, as ratios within one run.

    .venv/bin/python -m benchmarks.load [SECONDS]

Makes a private PostGIS with some reports, starts `melde serve` with two processes, and asks for pages from
32 connections at a time for some seconds each: made anew, from the pages' own cache, and as 304. Then it tells
what 25 000 visits in an hour need of that. Absolute rates swing with the machine, and the asking takes its
share; ratios hold.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import click
from sqlalchemy import select, text

from app.database import db, session, transaction
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.rate_limits import DatabaseStorage
from app.service_requests.intake import Submission, submit
from benchmarks.clusters import ROOT, service

AT_A_TIME = 32
REPORTS = 150
VISITS = 25_000
PAGES_A_VISIT = 5
"""The map, two reports or lists, and two steps of the form."""
OWN = {"Cookie": "session=x"}
"""A visitor with a session: the page is made for them alone."""


async def ask(port: int, path: str, headers: Mapping[str, str], seconds: float) -> list[float]:
    """Seconds of each answer within so many seconds, on one connection that is kept."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: nb\r\n{lines}\r\n".encode()
    )
    taken = []
    until = time.perf_counter() + seconds
    while (start := time.perf_counter()) < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status, _, rest = head.partition("\r\n")
        if status.split()[1] not in {"200", "304"}:
            raise click.ClickException(f"{path}: {status}")
        if "content-length:" in rest and "304" not in status:
            length = int(rest.partition("content-length:")[2].partition("\r\n")[0])
            await reader.readexactly(length)
        taken.append(time.perf_counter() - start)
    writer.close()
    return taken


async def rate(
    port: int, path: str, seconds: float, headers: Mapping[str, str]
) -> tuple[float, float]:
    """Answers a second, and half of them within so many milliseconds."""
    await asyncio.gather(*(ask(port, path, headers, 0.2) for _ in range(AT_A_TIME)))
    start = time.perf_counter()
    asked = [ask(port, path, headers, seconds) for _ in range(AT_A_TIME)]
    taken = [one for many in await asyncio.gather(*asked) for one in many]
    return len(taken) / (time.perf_counter() - start), 1000 * median(taken)


def pages(port: int, seconds: float, number: str) -> dict[str, float]:
    """Print and return the rates by name."""
    with urlopen(f"http://127.0.0.1:{port}/") as answer:
        etag = answer.headers["ETag"]
    wanted: list[tuple[str, str, dict[str, str]]] = [
        ("hello (/healthz)", "/healthz", {}),
        ("start, made anew", "/", OWN),
        ("start, from the cache", "/", {}),
        ("start, 304", "/", {"If-None-Match": etag}),
        ("list, made anew", "/meldinger", OWN),
        ("list, from the cache", "/meldinger", {}),
        ("report, made anew", f"/meldinger/{number}", OWN),
        ("report, from the cache", f"/meldinger/{number}", {}),
        ("form, first step", "/meld", {}),
    ]
    found = {}
    for name, path, headers in wanted:
        found[name], half = asyncio.run(rate(port, path, seconds, headers))
        share = found[name] / found["hello (/healthz)"]
        click.echo(
            f"{name}: {found[name]:.0f} a second, half within {half:.0f} ms, {share:.2f} hello"
        )
    return found


def arithmetic(found: dict[str, float]) -> None:
    """Print what a launch day needs of what was measured."""
    wanted = VISITS * PAGES_A_VISIT / 3600
    slowest = min(found.values())
    cached = found["start, from the cache"]
    click.echo(
        f"{VISITS} visits in an hour, {PAGES_A_VISIT} pages each: {wanted:.1f} a second."
        f" That is {100 * wanted / cached:.0f} % of what the cache gives here,"
        f" {100 * wanted / slowest:.0f} % of the slowest page made anew each time."
    )


def counting() -> None:
    """Print what it costs to count a rate limit."""
    storage, turns = DatabaseStorage(secret="k" * 40), 600
    taken: dict[str, list[float]] = {"SELECT 1": [], "a count": []}
    for turn in range(turns):
        with db.engine.connect() as connection:
            start = time.perf_counter()
            connection.execute(text("SELECT 1"))
            taken["SELECT 1"].append(time.perf_counter() - start)
        start = time.perf_counter()
        storage.incr(f"somebody {turn % 50}", 60)
        taken["a count"].append(time.perf_counter() - start)
    one, count = (1000 * median(found) for found in taken.values())
    click.echo(f"a count of a rate limit: {count:.2f} ms, {count / one:.1f} times SELECT 1")


def fill() -> str:
    """Reports to show; the number of one."""
    jurisdiction = session().scalars(select(Jurisdiction)).one()
    chance = random.Random(1)  # noqa: S311
    for _ in range(REPORTS):
        at = Position(longitude=chance.uniform(7.70, 7.76), latitude=chance.uniform(63.10, 63.12))
        with transaction():
            made = submit(
                jurisdiction,
                Submission(
                    service_code="ROAD-POTHOLE", position=at, description="Hull", is_demo=True
                ),
                now=datetime.now(UTC),
            )
    return made.number


def free_port() -> int:
    """A port that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Print the figures."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    port = free_port()
    with service() as app, app.app_context():
        number = fill()
        counting()
        settings = app.config["SETTINGS"]
        environ = os.environ | {
            "MELDE_DATABASE_URL": settings.database_url,
            "MELDE_SECRET_KEY": settings.secret_key,
            "MELDE_INSTANCE": str(settings.instance),
            "MELDE_WORKERS": "2",
            "PORT": str(port),
        }
        melde = Path(sys.executable).with_name("melde")
        running = subprocess.Popen([melde, "serve"], env=environ, cwd=ROOT)
        try:
            wait_for(port)
            arithmetic(pages(port, seconds, number))
        finally:
            running.terminate()
            running.wait(30)
            session().rollback()
            db.engine.dispose()


def wait_for(port: int) -> None:
    """Until the web processes answer."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise click.ClickException("the web processes do not answer")


if __name__ == "__main__":
    main()
