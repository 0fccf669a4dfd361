"""A report and its receipt's job exist together or not at all."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import text

from app.database import db, session, transaction
from app.jobs import defer
from app.service_requests.intake import submit

from .conftest import KEY, ROOT
from .factories import do_jobs, submission, submitted

DIE = """
import os, signal, sys
from datetime import UTC, datetime
from app.database import session, transaction
from app.factory import create_app_from_environment
from app.jurisdictions.queries import by_number
from app.service_requests.intake import submit
from tests.factories import do_jobs, submission
app = create_app_from_environment()
with app.app_context():
    with transaction():
        submit(by_number("1505"), submission(email="resident@example.org"), now=datetime.now(UTC))
        session().flush()
        if sys.argv[1] == "before commit":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def counts() -> tuple[int, int]:
    with db.engine.connect() as connection:
        reports = connection.execute(text("SELECT count(*) FROM service_request")).scalar_one()
        jobs = connection.execute(
            text(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.acknowledge'"
            )
        ).scalar_one()
    return reports, jobs


@pytest.mark.parametrize(("moment", "left"), [("before commit", (0, 0)), ("after commit", (1, 1))])
def test_a_process_killed_around_the_commit_leaves_both_or_neither(app, tmp_path, moment, left):
    environ = os.environ | {
        "MELDE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MELDE_SECRET_KEY": KEY,
        "MELDE_INSTANCE": str(tmp_path),
    }
    killed = subprocess.run([sys.executable, "-c", DIE, moment], env=environ, cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert counts() == left


def test_a_job_deferred_in_a_failed_transaction_is_not_there(app, jurisdiction):
    def fail() -> None:
        with transaction():
            submit(jurisdiction, submission(email="resident@example.org"), now=datetime.now(UTC))
            raise RuntimeError("after the flush")

    with pytest.raises(RuntimeError):
        fail()
    assert counts() == (0, 0)


def test_the_worker_does_what_was_deferred(app, jurisdiction):
    submitted(jurisdiction, email="resident@example.org")
    do_jobs(app)
    sent = session().execute(text("SELECT kind FROM delivery")).scalars().all()
    assert sent == ["receipt"]


def test_a_failing_job_is_tried_again_later(app, jurisdiction):
    with transaction():
        defer("notifications.tell_reporter", history_entry_id="not a number")
    do_jobs(app)
    row = session().execute(
        text(
            "SELECT status::text, attempts, scheduled_at > now() FROM procrastinate_jobs"
            " WHERE task_name LIKE 'notif%'"
        )
    )
    assert tuple(row.one()) == ("todo", 1, True)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_serves_both_queues_and_stops_well_when_told(app, tmp_path, stop):
    environ = os.environ | {
        "MELDE_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MELDE_SECRET_KEY": KEY,
        "MELDE_INSTANCE": str(tmp_path),
    }
    with transaction():
        defer("notifications.acknowledge", service_request_id=0)
        defer("forwarding.forward", history_entry_id=0)
    command = [str(Path(sys.executable).with_name("melde")), "worker"]
    with subprocess.Popen(command, env=environ, cwd=ROOT) as worker:
        try:
            assert done_in_time() == {"default", "outside"}
        finally:
            worker.send_signal(stop)
        assert worker.wait(20) == 0


def done_in_time() -> set[str]:
    """The queues whose job is done, when both are or after half a minute."""
    query = text(
        "SELECT queue_name FROM procrastinate_jobs WHERE status = 'succeeded'"
        " AND task_name IN ('notifications.acknowledge', 'forwarding.forward')"
    )
    done: set[str] = set()
    end = monotonic() + 30
    while len(done) < 2 and monotonic() < end:
        sleep(0.2)
        session().rollback()
        done = set(session().scalars(query))
    return done
