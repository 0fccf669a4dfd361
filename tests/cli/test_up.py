"""`melde up` as a person would meet it: real processes, a cluster of its own, a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from app.embedded import is_answering

MELDE = Path(sys.executable).with_name("melde")
PATIENCE_SECONDS = 60


class Service:
    """One running `melde up`."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self.port = free_port()
        self.process = start(instance, self.port)
        self.said = ""

    def wait(self) -> None:
        """Until the banner has been printed."""
        while "Stop with" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def children(self, word: str) -> list[int]:
        listed = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        numbers = [int(number) for number in Path(listed).read_text().split()]
        return [number for number in numbers if word in command_line(number)]


def start(instance: Path, port: int) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MELDE_")}
    environ |= {"MELDE_INSTANCE": str(instance), "MELDE_WORKERS": "1"}
    environ |= {"PORT": str(port), "HOST": "127.0.0.1"}
    return subprocess.Popen([MELDE, "up"], env=environ, stdout=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command_line(number: int) -> str:
    """What process `number` was started with; nothing when it has ended meanwhile."""
    try:
        return Path(f"/proc/{number}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("up") / "instance")
    service.wait()
    yield service
    service.process.send_signal(signal.SIGINT)
    assert service.process.wait(PATIENCE_SECONDS) == 0
    assert not is_answering(service.instance)
    assert not service.answers()


def test_the_banner_names_the_address_and_where_things_are(service):
    assert f"http://127.0.0.1:{service.port}" in service.said
    assert str(service.instance / "mail") in service.said
    assert "Demo accounts" in service.said


def test_the_pages_answer(service):
    assert service.answers()


def test_only_the_owner_can_read_the_secret_key(service):
    assert (service.instance / "secret-key").stat().st_mode & 0o777 == 0o600
    assert service.instance.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["melde serve", "melde worker", "postgres"])
def test_a_killed_process_comes_back(service, name):
    (number,) = service.children(name)
    os.kill(number, signal.SIGKILL)
    wait_until(lambda: service.children(name) not in ([], [number]))
    wait_until(service.answers)


def test_a_second_one_on_the_same_instance_is_refused(service):
    second = Service(service.instance)
    assert second.process.wait(PATIENCE_SECONDS) == 1
    assert service.answers()
