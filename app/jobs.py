"""Background jobs: procrastinate on the same PostgreSQL.

Whoever wants work done knows the job's name only, so that news can flow up without an import. A job
is deferred on
the caller's own connection: it exists exactly when the caller's transaction commits.
"""

import asyncio
import json
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import procrastinate
from flask import Flask
from procrastinate import builtin_tasks, signals
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision, RetryStrategy
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.database import driver_connection, session

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

QUEUE = "default"
OUTSIDE = "outside"
"""For jobs that wait for other people's machines: these have slots of their own, so that nothing else waits."""
SLOTS = {QUEUE: 2, OUTSIDE: 2}
"""How many jobs of each queue a worker does at a time."""
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


class Later(Exception):
    """Raised by a job that knows itself when it is to be tried again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"to be tried again in {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class AsTold(Patience):
    """As `Later` says; after any other fault with waits that double."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Always once more."""
        if isinstance(exception, Later):
            return RetryDecision(retry_in={"seconds": math.ceil(exception.seconds)})
        return super().get_retry_decision(exception=exception, job=job)


PATIENT = Patience(first_seconds=30, longest_seconds=2 * 3600)

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
counter = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""Where jobs are ordered. It is never opened, as the queue is within a worker: a job may order jobs too."""
_running_in: list[Flask] = []


def defer(name: str, **arguments: Any) -> None:
    """Order the job `name` within the caller's transaction. Arguments must be JSON."""
    session().flush()
    connection = driver_connection()
    known = queue.tasks.get(name)
    line = known.queue if known else QUEUE
    job = counter.configure_task(name, allow_unknown=True, queue=line, connection=connection)
    job.defer(**arguments)


def is_ordered(name: str, **arguments: Any) -> bool:
    """Whether the job `name` with these arguments waits or runs."""
    query = text(
        "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND task_name = :name AND args = CAST(:arguments AS jsonb))"
    )
    values = {"name": name, "arguments": json.dumps(arguments)}
    return bool(session().scalar(query, values))


def arguments_ordered(name: str) -> list[dict[str, Any]]:
    """The arguments of all jobs `name` that wait or run."""
    query = text(
        "SELECT args FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND task_name = :name"
    )
    return list(session().scalars(query, {"name": name}))


def task(
    name: str,
    *,
    cron: str | None = None,
    retry: BaseRetryStrategy = RETRY,
    line: str = QUEUE,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function as job `name`, retried with back-off; with `cron` it also runs by the clock (UTC).

    `line` is the queue where it stands: QUEUE or OUTSIDE.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        def inside_the_app(*args: Any, **arguments: Any) -> R:
            arguments.pop("timestamp", None)
            with _running_in[0].app_context():
                return function(*args, **arguments)

        registered = queue.task(name=name, queue=line, retry=retry)(inside_the_app)
        if cron:
            queue.periodic(cron=cron)(registered)
        return function

    return register


def run_worker(app: Flask, *, until_empty: bool = False) -> None:
    """Run jobs until told to stop (SIGINT, SIGTERM), or, for tests, until the queues are empty."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    conninfo = url.render_as_string(hide_password=False)
    _running_in[:] = [app]
    connector = procrastinate.PsycopgConnector(conninfo=conninfo)
    with queue.replace_connector(connector) as running:
        asyncio.run(_work(running, until_empty=until_empty))


async def _work(running: procrastinate.App, *, until_empty: bool) -> None:
    """A worker for each queue. To be stopped is to let the running jobs finish; when one falls, all end."""
    async with running.open_async():
        workers = asyncio.create_task(_all_queues(running, until_empty=until_empty))

        def stop() -> None:
            workers.cancel()

        with signals.on_stop(stop):
            await asyncio.wait([workers])
        if not workers.cancelled():
            workers.result()


async def _all_queues(running: procrastinate.App, *, until_empty: bool) -> None:
    async with asyncio.TaskGroup() as group:
        for line, slots in SLOTS.items():
            work = running.run_worker_async(
                name=line,
                queues=[line],
                concurrency=slots,
                wait=not until_empty,
                install_signal_handlers=False,
            )
            group.create_task(work)


@queue.periodic(cron="20 2 * * *")
@queue.task(name="jobs.forget_old", queue=QUEUE, pass_context=True)
async def forget_old(context: procrastinate.JobContext, timestamp: int) -> None:
    """Remove finished jobs after 30 days; what failed stays to be looked at."""
    await builtin_tasks.remove_old_jobs(context, max_hours=30 * 24)


@queue.periodic(cron="* * * * *")
@queue.task(name="jobs.take_up_again", queue=QUEUE, pass_context=True)
async def take_up_again(context: procrastinate.JobContext, timestamp: int) -> None:
    """Order anew what a worker was doing when it was killed."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning(
            "job %s (%s) was left by its worker; it is taken up again", job.id, job.task_name
        )
        await manager.retry_job(job)
