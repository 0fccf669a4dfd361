"""A department that is another body, its mail server and its webhook."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, render_template
from sqlalchemy import text

from app.database import session, transaction
from app.departments.models import Department
from app.departments.queries import by_code
from app.forwarding import operations, queries
from app.forwarding.links import Signature
from app.forwarding.models import Forwarding
from app.forwarding.ways import Office
from app.jurisdictions.models import Jurisdiction
from app.service_requests.models import ServiceRequest

from ..conftest import KEY
from ..factories import submitted
from ..servers import MailServer, Receiver, mail_server, receiver

NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)
WORDS = "Dypt hull ved krysset, «stort som en bil» & <farlig>"
ADDRESS = "mottak@mottaker.localhost"
ATTRIBUTES = ("kind", "receives", "email", "webhook_url")


@pytest.fixture
def outside(jurisdiction: Jurisdiction) -> Iterator[Callable[..., Department]]:
    """outside("email"): the department of roads is another body that receives like this, for the test."""
    department = by_code(jurisdiction.id, "roads")
    assert department is not None
    key, before = department.id, {name: getattr(department, name) for name in ATTRIBUTES}

    def change(**values: Any) -> Department:
        with transaction():
            found = session().get_one(Department, key)
            for name, value in values.items():
                setattr(found, name, value)
        return found

    def become(receives: str = "email", **values: Any) -> Department:
        reached = {"email": ADDRESS, "webhook_url": None}
        return change(kind="external", receives=receives, **(reached | values))

    yield become
    session().rollback()
    change(**before)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def by_mail(app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """The whole service sends through the mail server."""
    settings = replace(app.config["SETTINGS"], smtp_url=server.url, mail_folder=None)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return server


@pytest.fixture
def report(jurisdiction: Jurisdiction, outside: Callable[..., Department]) -> ServiceRequest:
    """Given to an outside body that receives by e-mail, and not sent yet."""
    outside()
    return submitted(jurisdiction, description=WORDS, email="reporter@example.org")


@dataclass
class Passed:
    """A report that has been passed on, and the token of its link."""

    request: ServiceRequest
    row: Forwarding
    token: str


@pytest.fixture
def passed(report: ServiceRequest, server: MailServer) -> Passed:
    assert send(report, office(server))
    row = queries.by_entry(report.history[1].id)
    assert row is not None
    session().refresh(report)
    return Passed(request=report, row=row, token=signature().write(row.id))


def signature() -> Signature:
    return Signature(secret=KEY, days=90)


def office(server: MailServer | None = None) -> Office:
    return Office(
        sender="Melde feil <no-reply@example.org>",
        smtp_url=server.url if server else None,
        folder=None,
        base_url="https://melde.example.org",
        render=render_template,
        signature=signature(),
    )


def send(report: ServiceRequest, way_out: Office, *, now: datetime = NOW) -> bool:
    """One try, as the job makes it, of the report's first handing over."""
    with transaction():
        key = operations.begin(report.history[1].id, now=now)
    assert key is not None
    with transaction():
        return operations.forward(key, way_out, now=now)


def row_of(report: ServiceRequest) -> Forwarding:
    session().rollback()
    row = queries.by_entry(report.history[1].id)
    assert row is not None
    return row


def hurry() -> None:
    """Let the jobs that wait for another try be due."""
    with transaction():
        session().execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
