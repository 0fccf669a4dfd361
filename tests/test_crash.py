"""What was answered with success survives the death of the process that answered."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest
from sqlalchemy import text

from app.database import db

from .conftest import KEY, ROOT
from .journeys.conftest import free_port, wait_for

MELDE = Path(sys.executable).with_name("melde")
SUBMISSIONS = 100
REPORT = {
    "service_code": "ROAD-POTHOLE",
    "position": {"type": "Point", "coordinates": [7.7279, 63.1104]},
    "description": "Hull",
}


@pytest.fixture
def web(app, tmp_path):
    port = free_port()
    environ = os.environ | {
        "MELDE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MELDE_SECRET_KEY": KEY,
        "MELDE_INSTANCE": str(tmp_path),
        "MELDE_SUBMIT_LIMIT": "10000 per minute",
        "MELDE_FORM_SECONDS": "0",
        "PORT": str(port),
    }
    process = subprocess.Popen([MELDE, "serve"], env=environ, cwd=ROOT, start_new_session=True)
    wait_for(f"http://127.0.0.1:{port}/healthz")
    yield process, f"http://127.0.0.1:{port}/api/v1/service-requests"
    end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def send(url: str, key: int) -> str | None:
    """The number, when the report was answered with success. Each comes from somebody else."""
    contact = {"email": f"resident-{key}@example.org"}
    try:
        answer = httpx.post(
            url,
            json=REPORT | {"contact": contact},
            headers={"Idempotency-Key": f"crash-{key:04d}"},
            timeout=30,
        )
    except httpx.HTTPError:
        return None
    return answer.json()["number"] if answer.status_code == 201 else None


def test_every_report_answered_with_success_is_there_with_its_job(web):
    process, url = web
    enough = Event()
    answered: list[str] = []

    def one(key: int) -> None:
        number = send(url, key)
        if number:
            answered.append(number)
        if len(answered) >= SUBMISSIONS // 3:
            enough.set()

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(one, key) for key in range(SUBMISSIONS)]
        assert enough.wait(60)
        os.killpg(process.pid, signal.SIGKILL)
        for job in jobs:
            job.result()
    process.wait()
    assert SUBMISSIONS // 3 <= len(answered) < SUBMISSIONS
    with db.engine.connect() as connection:
        stored = connection.execute(text("SELECT number, id FROM service_request")).all()
        of_jobs = connection.execute(
            text("SELECT (args->>'service_request_id')::int FROM procrastinate_jobs")
        ).scalars()
        assert set(answered) <= {number for number, _ in stored}
        assert {key for _, key in stored} == set(of_jobs)
