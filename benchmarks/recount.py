"""Random operations by several processes, with folds and sealings in between; then everything is counted anew.

    .venv/bin/python -m benchmarks.recount [OPERATIONS] [PROCESSES]

Makes a private PostGIS in a temporary folder. Prints how many operations were done and refused, how long the
recount took, and how many differences it found: none is right.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.catalog.queries import services
from app.database import session, transaction
from app.departments.queries import in_jurisdiction
from app.errors import AppError
from app.factory import create_app
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import by_number
from app.security import Role
from app.service_requests import by_reporter, operations, queries
from app.service_requests.acting import Actor, Work
from app.service_requests.intake import Submission, submit
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Party, Status, possible
from app.settings import read_settings
from app.statistics.operations import fold_counts
from app.yearbook.operations import seal
from app.yearbook.recount import how_many, recount
from benchmarks.clusters import service

BEGIN = datetime(2024, 1, 2, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
SEALED = (2024, 2025)
EVERYBODY: frozenset[Role | Party] = frozenset({*Role, Party.SYSTEM})
OUTSIDE: frozenset[Role | Party] = frozenset({Party.OUTSIDE})
REFUSED = (AppError, StaleDataError, OperationalError)
"""What a busy day may answer; then nothing was changed."""


class Player:
    """Does random operations, each in a transaction of its own."""

    def __init__(self, number: str, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.number = number
        self.done: Counter[str] = Counter()

    def play(self, count: int) -> Counter[str]:
        """So many tries; how often each operation was done, or refused."""
        verbs: list[tuple[Callable[[], None], int]] = [
            (self.submit, 26),
            (self.change, 34),
            (self.refuse, 6),
            (self.reroute, 7),
            (self.repeat, 6),
            (self.correct, 6),
            (self.write, 3),
            (self.reopen, 3),
            (self.withdraw, 2),
            (self.nudge, 2),
            (self.rate, 2),
            (self.erase, 1),
            (self.fold, 2),
        ]
        names, weights = [verb for verb, _ in verbs], [weight for _, weight in verbs]
        for _ in range(count):
            verb = self.chance.choices(names, weights)[0]
            try:
                with transaction():
                    verb()
                self.done[verb.__name__] += 1
            except REFUSED:
                self.done["refused"] += 1
            session().expire_all()
        return self.done

    def here(self) -> Jurisdiction:
        found = by_number(self.number)
        if found is None:
            raise click.ClickException("the municipality is not loaded")
        return found

    def some(self) -> ServiceRequest:
        """A report, mostly one of the newest."""
        newest = session().scalar(
            select(ServiceRequest.id).order_by(ServiceRequest.id.desc()).limit(1)
        )
        if newest is None:
            raise AppError("there are none yet")
        back = int(self.chance.paretovariate(0.5)) if self.chance.random() < 0.8 else newest
        wanted = max(1, newest - back) if back < newest else self.chance.randint(1, newest)
        query = select(ServiceRequest).where(ServiceRequest.id >= wanted)
        return session().scalars(query.order_by(ServiceRequest.id).limit(1)).one()

    def later(self, request: ServiceRequest) -> datetime:
        return request.updated_at + timedelta(days=self.chance.random() * 20, seconds=1)

    def staff(self, request: ServiceRequest) -> Actor:
        department = self.chance.choice([None, request.department_id])
        return Actor(account_id=None, roles=EVERYBODY, department_id=department)

    def department(self) -> int:
        return self.chance.choice(in_jurisdiction(self.here().id)).id

    def work(self, request: ServiceRequest, **more: object) -> Work:
        work = Work(
            version=request.version,
            message="Ord",
            led_to_improvement=self.chance.random() < 0.7,
            department_id=self.department(),
        )
        return replace(work, **more)  # type: ignore[arg-type]

    def submit(self) -> None:
        offered = services(self.here().id)
        submission = Submission(
            service_code=self.chance.choice(offered).code,
            position=Position(
                longitude=7.7279 + self.chance.gauss(0, 0.01),
                latitude=63.1104 + self.chance.gauss(0, 0.004),
            ),
            description="Prøve",
            email="innbygger@example.org" if self.chance.random() < 0.001 else None,
            phone=None,
        )
        submit(self.here(), submission, now=BEGIN + self.chance.random() * SPAN)

    def change(self) -> None:
        found = self.some()
        request = operations.lock(found.id, found.version)
        roles = OUTSIDE if self.chance.random() < 0.1 else EVERYBODY
        targets = [
            status
            for status in possible(Status(request.status), roles)
            if status != Status.DUPLICATE
        ]
        if not targets:
            raise AppError("nothing to do")
        target = self.chance.choice(targets)
        who = replace(self.staff(request), roles=roles)
        operations.change_status(request, target, self.work(request), who, now=self.later(request))

    def repeat(self) -> None:
        original, found = self.some(), self.some()
        request = operations.lock(found.id, found.version)
        work = self.work(request, original_number=original.number)
        operations.change_status(
            request, Status.DUPLICATE, work, self.staff(request), now=self.later(request)
        )

    def refuse(self) -> None:
        found = self.some()
        request = operations.lock(found.id, found.version)
        roles = OUTSIDE if request.status == Status.FORWARDED else EVERYBODY
        who = replace(self.staff(request), roles=roles)
        operations.refuse(request, self.work(request), who, now=self.later(request))

    def reroute(self) -> None:
        found = self.some()
        request = operations.lock(found.id, found.version)
        operations.send_elsewhere(
            request, self.work(request), self.staff(request), now=self.later(request)
        )

    def correct(self) -> None:
        found = self.some()
        request = operations.lock(found.id, found.version)
        operations.correct_improvement(
            request, self.work(request), self.staff(request), now=self.later(request)
        )

    def write(self) -> None:
        found = self.some()
        request = operations.lock(found.id, found.version)
        operations.write_message(
            request, self.work(request), self.staff(request), now=self.later(request)
        )

    def reopen(self) -> None:
        request = self.some()
        by_reporter.say_not_fixed(request.id, self.work(request), [], now=self.later(request))

    def withdraw(self) -> None:
        request = self.some()
        by_reporter.withdraw(request.id, request.version, now=self.later(request))

    def nudge(self) -> None:
        request = self.some()
        by_reporter.nudge(request.id, now=request.requested_at + timedelta(days=90))

    def rate(self) -> None:
        request = self.some()
        by_reporter.rate(request.id, self.chance.randint(1, 6), now=self.later(request))

    def erase(self) -> None:
        request = queries.locked(self.some().id)
        by_reporter.erase(request.id, now=self.later(request))

    def fold(self) -> None:
        fold_counts()


def _process(url: str, folder: str, seed: int, count: int) -> Counter[str]:
    given = {"MELDE_DATABASE_URL": url, "MELDE_SECRET_KEY": "k" * 40, "MELDE_INSTANCE": folder}
    with create_app(read_settings(given)).app_context():
        return Player("1505", seed).play(count)


def main(operations_: int = 5000, processes: int = 2) -> int:
    """Do them, seal two years meanwhile, count anew; how many differences there are."""
    with service() as app, app.app_context():
        settings = app.config["SETTINGS"]
        start, done = time.perf_counter(), Counter[str]()
        with ProcessPoolExecutor(processes) as pool:
            share = operations_ // (2 * processes)
            for half in range(2):
                jobs = [
                    pool.submit(
                        _process,
                        settings.database_url,
                        str(settings.instance),
                        half * processes + seed,
                        share,
                    )
                    for seed in range(processes)
                ]
                if half:
                    _seal()
                for job in jobs:
                    done += job.result()
        click.echo(
            f"{sum(done.values())} operations in {time.perf_counter() - start:.0f} s: {dict(done)}"
        )
        return _count()


def _seal() -> None:
    """Seal the years that are over while others work."""
    for year in SEALED:
        with transaction():
            found = by_number("1505")
            if found is not None:
                made = seal(found, year, public_from=None, by=None, now=datetime.now(UTC))
                click.echo(f"sealed {year}: {made.digest[:12]}")


def _count() -> int:
    with transaction() as current:
        current.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        start = time.perf_counter()
        with click.progressbar(length=how_many(), label="Recount", file=sys.stderr) as shown:
            outcome = recount(shown.update)
    seconds = time.perf_counter() - start
    for fault in outcome.faults:
        click.echo(fault)
    click.echo(
        f"{outcome.reports} reports, {outcome.entries} rows of history told anew in {seconds:.1f} s,"
        f" {outcome.untold} untold, {outcome.wrong} differences"
    )
    return outcome.wrong


if __name__ == "__main__":
    sys.exit(1 if main(*(int(word) for word in sys.argv[1:3])) else 0)
