"""Background jobs: procrastinate on the same PostgreSQL.

Whoever wants work done knows the job's name only, so that news can flow up without an import. A job
is deferred on
the caller's own connection: it exists exactly when the caller's transaction commits.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import procrastinate
from flask import Flask
from procrastinate import builtin_tasks
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision, RetryStrategy
from sqlalchemy.engine import make_url

from app.database import driver_connection, session

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

QUEUE = "default"
RETRY = RetryStrategy(max_attempts=12, wait=5, exponential_wait=2)
"""12 tries with waits of 5 s + 2^n s: about an hour and a half in all, enough for a mail server's restart."""


@dataclass(frozen=True, kw_only=True)
class Patience(BaseRetryStrategy):
    """Waits that double from `first_seconds` to `longest_seconds`, without end.

    For jobs that count their tries themselves, and say that these are used up by ending without an error.
    """

    first_seconds: int
    longest_seconds: int

    def wait_seconds(self, failures: int) -> int:
        """How long to wait after so many failures, the first being 1."""
        doublings = min(failures - 1, 30)
        return int(min(self.longest_seconds, self.first_seconds * 2**doublings))

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Always once more."""
        return RetryDecision(retry_in={"seconds": self.wait_seconds(job.attempts + 1)})


PATIENT = Patience(first_seconds=30, longest_seconds=2 * 3600)

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
counter = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""Where jobs are ordered. It is never opened, as the queue is within a worker: a job may order jobs too."""
_running_in: list[Flask] = []


def defer(name: str, **arguments: Any) -> None:
    """Order the job `name` within the caller's transaction. Arguments must be JSON."""
    session().flush()
    connection = driver_connection()
    job = counter.configure_task(name, allow_unknown=True, queue=QUEUE, connection=connection)
    job.defer(**arguments)


def task(
    name: str, *, cron: str | None = None, retry: BaseRetryStrategy = RETRY
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function as job `name`, retried with back-off; with `cron` it also runs by the clock (UTC)."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        def inside_the_app(*args: Any, **arguments: Any) -> R:
            arguments.pop("timestamp", None)
            with _running_in[0].app_context():
                return function(*args, **arguments)

        registered = queue.task(name=name, queue=QUEUE, retry=retry)(inside_the_app)
        if cron:
            queue.periodic(cron=cron)(registered)
        return function

    return register


def run_worker(app: Flask, *, until_empty: bool = False, concurrency: int = 2) -> None:
    """Run jobs until told to stop (SIGINT, SIGTERM), or, for tests, until the queue is empty."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    conninfo = url.render_as_string(hide_password=False)
    _running_in[:] = [app]
    connector = procrastinate.PsycopgConnector(conninfo=conninfo)
    with queue.replace_connector(connector) as running:
        running.run_worker(queues=[QUEUE], wait=not until_empty, concurrency=concurrency)


@queue.periodic(cron="20 2 * * *")
@queue.task(name="jobs.forget_old", queue=QUEUE, pass_context=True)
async def forget_old(context: procrastinate.JobContext, timestamp: int) -> None:
    """Remove finished jobs after 30 days; what failed stays to be looked at."""
    await builtin_tasks.remove_old_jobs(context, max_hours=30 * 24, queue=QUEUE)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="jobs.take_up_again", queue=QUEUE, pass_context=True)
async def take_up_again(context: procrastinate.JobContext, timestamp: int) -> None:
    """Order anew what a worker was doing when it was killed."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(queue=QUEUE):
        log.warning(
            "job %s (%s) was left by its worker; it is taken up again", job.id, job.task_name
        )
        await manager.retry_job(job)
