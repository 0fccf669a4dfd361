"""Counting in the database: for all processes together, without telling who asked, at little cost."""

import os
import subprocess
import sys

import httpx
import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import text

from app import housekeeping
from app.database import db, session
from app.rate_limits import DatabaseStorage, network_of

from .conftest import KEY, ROOT
from .journeys.conftest import free_port, wait_for

NEW = {
    "service_code": "ROAD-POTHOLE",
    "position": {"type": "Point", "coordinates": [7.7279, 63.1104]},
    "description": "Hull",
}


class Clock:
    """Seconds that pass when the test says so."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def storage(app, clock):
    return DatabaseStorage("melde-database://", secret=KEY, clock=clock)


def test_counts_grow_until_their_time_is_over(storage, clock):
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert (storage.get("a"), storage.get("b")) == (3, 0)
    clock.now += 60
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1
    assert storage.get_expiry("a") == clock.now + 60


def test_counts_can_be_forgotten(storage):
    storage.incr("a", 60)
    storage.incr("b", 60)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)
    storage.reset()
    assert storage.get("b") == 0
    assert storage.check()


def test_the_table_does_not_tell_who_asked(storage, clock):
    storage.incr("LIMITER/192.0.2.7/report.send", 60)
    key = session().scalar(text("SELECT key FROM rate_limit"))
    assert len(key) == 16
    assert b"192" not in key
    assert storage.blurred("x") != DatabaseStorage(secret="other", clock=clock).blurred("x")


def test_tomorrow_the_same_address_has_another_key(storage, clock):
    today = storage.blurred("192.0.2.7")
    clock.now += 86_400
    assert storage.blurred("192.0.2.7") != today


def test_what_is_over_is_removed_by_the_clock(app):
    storage = DatabaseStorage(secret=KEY)
    storage.incr("old", 0)
    storage.incr("new", 600)
    housekeeping.forget_counts()
    assert storage.get("new") == 1
    assert session().scalar(text("SELECT count(*) FROM rate_limit")) == 1


def test_a_limit_of_the_library_holds(storage, clock):
    limit, limiter = parse("2 per minute"), FixedWindowRateLimiter(storage)
    assert [limiter.hit(limit, "a") for _ in range(3)] == [True, True, False]
    clock.now += 61
    assert limiter.hit(limit, "a")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
    ],
)
def test_a_household_counts_as_one(address, network):
    assert network_of(address) == network


def test_two_processes_count_together(cluster, template, tmp_path):
    """Two real web processes with one limit of six: six reports are taken, whoever is asked."""
    url = cluster.create_database("limits", template=template)
    ports = [free_port(), free_port()]
    environ = os.environ | {
        "MELDE_DATABASE_URL": url,
        "MELDE_SECRET_KEY": KEY,
        "MELDE_INSTANCE": str(tmp_path),
        "MELDE_SUBMIT_LIMIT": "6 per hour",
        "MELDE_WORKERS": "1",
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
    running = [
        subprocess.Popen(command, env=environ | {"PORT": str(port)}, cwd=ROOT) for port in ports
    ]
    try:
        for port in ports:
            wait_for(f"http://127.0.0.1:{port}/healthz")
        answers = [
            httpx.post(f"http://127.0.0.1:{ports[turn % 2]}/api/v1/service-requests", json=NEW)
            for turn in range(8)
        ]
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
    assert [answer.status_code for answer in answers] == [201] * 6 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_count_is_one_short_statement(app, statements):
    DatabaseStorage(secret=KEY).incr("a", 60)
    assert [statement.split()[0] for statement in statements] == ["INSERT"]
    kind = text("SELECT relpersistence FROM pg_class WHERE relname = 'rate_limit'")
    with db.engine.connect() as connection:
        assert connection.scalar(kind) == "u"
