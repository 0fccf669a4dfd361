"""Phones that speak with a real server over HTTP, cut off whenever a test wants it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from flask import Flask

from app.security import Identity

from ..conftest import KEY, ROOT
from ..journeys.conftest import free_port, wait_for
from .crews import action

MELDE = Path(sys.executable).with_name("melde")


class Server:
    """`melde serve` as a process that can be killed and started again at the same address."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = os.environ | {
            "MELDE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "MELDE_SECRET_KEY": KEY,
            "MELDE_INSTANCE": str(folder),
            "MELDE_SUBMIT_LIMIT": "10000 per minute",
            "PORT": str(self.port),
        }
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [MELDE, "serve"], env=self.environ, cwd=ROOT, start_new_session=True
        )
        wait_for(f"{self.url}/healthz", seconds=120)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(app: Flask, folder: Path) -> Iterator[Server]:
    server = Server(app, folder)
    try:
        yield server
    finally:
        server.kill()


class FieldPhone:
    """A device with a queue. It knows what the service last told it, and what it did itself since then."""

    def __init__(self, server: Server, who: Identity) -> None:
        self.server, self.who = server, who
        self.device = str(uuid4())
        cookie = server.app.session_interface.get_signing_serializer(server.app)  # type: ignore[attr-defined]
        self.http = httpx.Client(
            base_url=f"{server.url}/api/v1/crew/",
            headers={"Melde-Device": self.device},
            timeout=60,
        )
        signed = cookie.dumps({"_user_id": who.session_id, "_fresh": True})
        self.http.cookies.set("session", signed, domain="127.0.0.1", path="/")
        self.queue: list[dict[str, Any]] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.told: dict[str, list[dict[str, Any]]] = {}
        """Every answer for each action."""
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.http.get("session").raise_for_status().json()
        self.account = answer["account"]
        self.http.headers["X-CSRFToken"] = answer["csrf_token"]

    def refresh(self) -> None:
        """See the jobs as they are; what is in the queue is done on top of that."""
        answer = self.http.get("jobs").raise_for_status().json()
        self.jobs = {job["number"]: job for job in answer["jobs"]}

    def act(self, kind: str, number: str | None, **data: Any) -> dict[str, Any]:
        """Put an action in the queue, on the job as this device sees it."""
        job = self.jobs.get(number or "")
        made = action(kind, job if job else number, **data)
        self.queue.append(made)
        then = {"start": "in_progress", "pause": "planned", "fixed": "fixed"} | {
            "no_action": "no_action",
            "return": "assessing",
        }
        if job and kind in then:
            self.jobs[job["number"]] = job | {"status": then[kind]}
        return made

    def send(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        told = {"account": self.account, "device": self.device, "actions": batch}
        answer = self.http.post("sync", json=told)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        assert [result["id"] for result in results] == [sent["id"] for sent in batch]
        for result in results:
            self.told.setdefault(result["id"], []).append(result)
        return results

    def upload(self, photo_id: str, content: bytes) -> httpx.Response:
        return self.http.put(
            f"photos/{photo_id}", content=content, headers={"Content-Type": "image/png"}
        )
