"""A report and its receipt's job exist together or not at all."""

import os
import subprocess
import sys
from datetime import UTC, datetime

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
