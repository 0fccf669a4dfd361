import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from app.cli import supervisor
from app.cli.supervisor import Child, supervise


@pytest.fixture(autouse=True)
def signals_as_before():
    before = {number: signal.getsignal(number) for number in supervisor.STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def child(*command: str) -> Child:
    return Child(name="child", command=command, environ=dict(os.environ), log=Path(os.devnull))


def run_until(children: list[Child], condition: Callable[[], bool]) -> None:
    """Supervise until the condition holds, then press Ctrl-C."""

    def each_turn() -> None:
        if condition():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        supervise(children, each_turn)


def test_ctrl_c_stops_every_child():
    children = [child("sleep", "60"), child("sleep", "60")]
    run_until(children, lambda: all(one.is_running for one in children))
    assert not any(one.is_running for one in children)


def test_a_child_that_is_killed_starts_again():
    one = child("sleep", "60")
    one.pause_seconds = 0
    one.start(time.monotonic())
    one.process.kill()
    run_until([one], lambda: one.starts == 2 and one.is_running)


def test_the_pause_grows_with_each_failure(monkeypatch):
    monkeypatch.setattr(supervisor, "FALSE_START_SECONDS", 0)
    one = child("false")
    one.pause_seconds = 0.1
    run_until([one], lambda: one.starts == 3)
    assert one.pause_seconds >= 0.4


def test_a_first_start_that_fails_at_once_ends_everything_and_is_quoted(tmp_path):
    steady = child("sleep", "60")
    broken = child("bash", "-c", "echo no room; exit 3")
    broken.log = tmp_path / "broken.log"
    with pytest.raises(click.ClickException, match=r"did not start \(exit code 3\)(?s:.*)no room"):
        supervise([steady, broken], lambda: None)
    assert not steady.is_running


def test_a_child_that_ignores_the_request_is_ended_by_force(monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_TIMEOUT_SECONDS", 0.2)
    stubborn = child("bash", "-c", "trap '' TERM; echo; while :; do sleep 0.1; done")
    started = time.monotonic()
    run_until([stubborn], lambda: time.monotonic() - started > 0.5)
    assert not stubborn.is_running
