"""Whether the memory for a file grows with its rows: each format of all reports, in a process of its own.

    .venv/bin/python -m benchmarks.open_data [REPORTS]

Makes a private PostGIS in a temporary folder, fills it with 10 000 reports and then with REPORTS (a million),
and writes the dataset in each format from a fresh process both times. Prints the peak of the process's memory
beyond what it needs before the first row, as a ratio of the two runs, and how many rows a second it wrote
relative to CSV.
"""

import resource
import subprocess
import sys
from datetime import UTC, datetime
from time import perf_counter

import click
import psycopg
from sqlalchemy.engine import make_url

from app.factory import create_app
from app.jurisdictions.queries import by_number
from app.open_data.columns import Format
from app.open_data.extract import extract
from app.open_data.reports import SERVICE_REQUESTS
from app.open_data.writers import chunks
from app.service_requests.filter import Filter
from app.settings import read_settings
from benchmarks.clusters import service

FEW = 10_000
INSERT = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position,
    public_position, px, py, morton, phase, on_map, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, channel,
    device_class, language, routing_reason, answers, version, is_demo, is_acute, refusals)
SELECT department.jurisdiction_id, 'KSU-2026-' || lpad(n::text, 7, '0'), 'token-' || n,
       (SELECT id FROM service ORDER BY id LIMIT 1), department.id, place, place,
       0, 0, n, 0, false, 'benchmark', 'assigned', false,
       make_timestamptz(2000 + n %% 25, 6, 1, 12, 0, 0), 2000 + n %% 25, now(), now(),
       'web', 'unknown', 'nb', '{}', '{}', 1, false, false, 0
  FROM department, generate_series(%(first)s::int, %(last)s::int) AS n,
       LATERAL (SELECT ST_SetSRID(ST_MakePoint(7.7 + n * 1e-7, 63.1), 4326) AS place) AS at
 WHERE is_first_line
"""


def child(url: str, ending: str) -> None:
    """Write the file to nowhere; print rows, seconds, and kilobytes at the beginning and at the peak."""
    app = create_app(read_settings({"MELDE_DATABASE_URL": url, "MELDE_SECRET_KEY": "k" * 40}))
    with app.app_context():
        jurisdiction = by_number("1505")
        if jurisdiction is None:
            raise SystemExit("no municipality")
        chosen = Filter(jurisdiction_id=jurisdiction.id)
        found = extract(SERVICE_REQUESTS, jurisdiction, chosen, now=datetime.now(UTC))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, size = perf_counter(), 0
        for part in chunks(found, Format(ending)):
            size += len(part)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    click.echo(f"{perf_counter() - start} {before} {peak} {size}")


def measured(url: str, ending: str) -> tuple[float, float, float, int]:
    """Seconds, kilobytes before and at the peak, bytes written; by a fresh process."""
    words = [sys.executable, "-m", "benchmarks.open_data", "--child", url, ending]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1]), float(said[2]), int(said[3])


def fill(connection: psycopg.Connection, first: int, last: int) -> None:
    """Reports with these numbers, past the triggers."""
    connection.execute("ALTER TABLE service_request DISABLE TRIGGER USER")
    connection.execute(INSERT, {"first": first, "last": last})
    connection.execute("ALTER TABLE service_request ENABLE TRIGGER USER")
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE service_request")
    connection.autocommit = False


def main() -> None:
    """Print the ratios."""
    if sys.argv[1:2] == ["--child"]:
        return child(*sys.argv[2:])
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with service() as app:
        url = str(app.config["SQLALCHEMY_DATABASE_URI"])
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        formats = [wanted.value for wanted in SERVICE_REQUESTS.formats]
        with psycopg.connect(plain) as connection:
            fill(connection, 1, FEW)
            few = {ending: measured(url, ending) for ending in formats}
            fill(connection, FEW + 1, many)
        found = {ending: measured(url, ending) for ending in formats}
    for ending in formats:
        peak = found[ending][2] / few[ending][2]
        speed = found["csv"][0] / found[ending][0]
        size = found[ending][3] / few[ending][3]
        click.echo(
            f"{ending}: {many / FEW:.0f} times the rows, {size:.0f} times the bytes,"
            f" {peak:.2f} times the memory; {speed:.2f} times as fast as CSV"
            f" ({few[ending][2] / 1024:.0f} and {found[ending][2] / 1024:.0f} MB)"
        )
    return None


if __name__ == "__main__":
    main()
