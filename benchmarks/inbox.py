"""What the inbox costs, with so many reports.

    .venv/bin/python -m benchmarks.inbox [REPORTS]

Makes a private PostGIS in a temporary folder with so many reports (20 000) over six years, 4 % of them open.
Asks for pages of the inbox as the first line and as a case handler: the statements that each takes, its
milliseconds, and how many times as long as Flask's own hello it takes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.accounts.models import Account, Membership
from app.accounts.queries import identity_of
from app.database import db, session, transaction
from app.departments.queries import by_code, first_line
from app.jurisdictions.queries import by_number
from app.roles import Role
from benchmarks.clusters import service
from benchmarks.tiles import milliseconds

TURNS = 10
REPORTS = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, due_at,
    first_response_at, closed_at, channel, device_class, language, routing_reason, answers, is_acute, refusals,
    version, is_demo, place_text)
SELECT :jurisdiction_id, 'KSU-' || 2017 + n / 200000 || '-' || lpad((n % 200000)::text, 6, '0'), 'T-' || n,
       (SELECT array_agg(id ORDER BY id) FROM service)[1 + n % 40],
       (SELECT array_agg(id ORDER BY id) FROM department)[1 + n % 7],
       ST_SetSRID(ST_MakePoint(7.5 + random() * 0.4, 63.0 + random() * 0.2), 4326),
       'Hull nummer ' || n || CASE WHEN n % 1000 = 0 THEN ' ved skolen' ELSE ' i veien' END,
       CASE WHEN n % 25 = 0 THEN 'assigned' WHEN n % 10 = 1 THEN 'no_action' ELSE 'fixed' END,
       n % 25 <> 0 AND n % 10 <> 1, at, extract(year FROM at), at, at + interval '5 days',
       at + interval '20 days',
       CASE WHEN n % 3 = 0 THEN at + interval '2 days' END,
       CASE WHEN n % 25 <> 0 THEN at + interval '9 days' END,
       'web', 'phone', 'nb', '{}', '{}', n % 5000 = 0, 0, 1, false, 'Storgata ' || n % 200
  FROM (SELECT n, now() - interval '2200 days' * (n / CAST(:reports AS float)) AS at
          FROM generate_series(1, :reports) AS n) AS made
"""
PAGES = {
    "the inbox": "/innboks",
    "all open": "/innboks?ko=apne",
    "all open, newest first": "/innboks?ko=apne&rekkefolge=nyeste",
    "overdue": "/innboks?ko=over-fristen",
    "closed, newest first": "/innboks?ko=lukket&rekkefolge=nyeste",
    "a word among the open": "/innboks?ko=apne&sok=skolen",
    "a word among the closed": "/innboks?ko=lukket&rekkefolge=nyeste&sok=skolen",
    "a number among the closed": "/innboks?ko=lukket&rekkefolge=nyeste&sok=501",
    "an address among the open": "/innboks?ko=apne&sok=Storgata+12",
    "an address among the closed": "/innboks?ko=lukket&rekkefolge=nyeste&sok=Storgata+12",
    "a sentence among the closed": "/innboks?ko=lukket&rekkefolge=nyeste&sok=hull+i+veien",
    "the map of all open": "/innboks/kart?ko=apne",
    "the map of a filter": "/innboks/kart?ko=apne&gruppe=road",
    "what is new": "/innboks/nytt?ko=apne&siden=2026-01-01T00:00:00%2B00:00",
}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def come_in(app: Flask, role: Role, code: str | None) -> FlaskClient:
    """Somebody who is signed in, of a department or of the first line."""
    jurisdiction = by_number("1505")
    if jurisdiction is None:
        raise click.ClickException("the municipality is not loaded")
    department = by_code(jurisdiction.id, code) if code else first_line(jurisdiction.id)
    with transaction():
        account = Account(email=f"{role}@example.org", password_hash=None)
        key = department.id if department else None
        account.memberships.append(
            Membership(jurisdiction_id=jurisdiction.id, department_id=key, role=role)
        )
        session().add(account)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = identity_of(account).session_id
    return client


def hello() -> float:
    """Milliseconds for Flask's own page."""
    plain = Flask("plain")
    plain.add_url_rule("/", view_func=lambda: "hello")
    client = plain.test_client()
    return milliseconds(lambda: client.get("/"), TURNS)


def measure(app: Flask, reports: int) -> None:
    """Print a line for each page and each reader."""
    jurisdiction = by_number("1505")
    if jurisdiction is None:
        raise click.ClickException("the municipality is not loaded")
    with transaction():
        values = {"jurisdiction_id": jurisdiction.id, "reports": reports}
        session().execute(text(REPORTS), values)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE service_request"))
    readers = {
        "first line": come_in(app, Role.FIRST_LINE, None),
        "case handler": come_in(app, Role.CASE_HANDLER, "roads"),
    }
    base = hello()
    click.echo(f"{reports} reports; hello {base:.2f} ms")
    for who, client in readers.items():
        for name, path in PAGES.items():
            client.get(path)
            with counted() as said:
                answer = client.get(path)
            taken = milliseconds(lambda client=client, path=path: client.get(path), TURNS)  # type: ignore[misc]
            rows = answer.get_data(as_text=True).count('class="desk-row"')
            click.echo(
                f"{who}: {name}: {answer.status_code}, {rows} rows, {len(said)} statements,"
                f" {taken:.0f} ms, {taken / base:.0f} × hello"
            )


def main() -> None:
    """Run it."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with service() as app, app.app_context():
        measure(app, reports)


if __name__ == "__main__":
    main()
