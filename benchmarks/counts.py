"""What exact yearly counts cost and save, as ratios within one run.

    .venv/bin/python -m benchmarks.counts [REPORTS]

Makes a private PostGIS in a temporary folder, inserts the same reports with and without the ledger's
trigger in turns, then reads the yearly counts from the kept counts and by a plain count. Absolute times
swing with the machine; ratios hold.
"""

import sys
from statistics import median
from time import perf_counter

import click
import psycopg
from sqlalchemy.engine import make_url

from app.database import session
from app.jurisdictions.queries import by_number
from app.statistics import operations, queries
from benchmarks.clusters import service

BATCH = 500
ROUNDS = 12
INSERT = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, channel,
    device_class, language, routing_reason, version, is_demo, is_acute, refusals)
SELECT department.jurisdiction_id, %(key)s || '-' || n, %(key)s || '-' || n,
       (SELECT id FROM service ORDER BY id OFFSET n %% 20 LIMIT 1), department.id,
       ST_SetSRID(ST_MakePoint(7.7 + n * 1e-7, 63.1), 4326), 'benchmark', 'assigned', false,
       make_timestamptz(2000 + n %% 25, 6, 1, 12, 0, 0), 2000 + n %% 25, now(), now(),
       'web', 'unknown', 'nb', '{}', 1, false, false, 0
  FROM department, generate_series(1, %(count)s) AS n WHERE is_first_line
"""


def timed(connection: psycopg.Connection, key: str, count: int) -> float:
    """Seconds to insert and commit so many reports."""
    start = perf_counter()
    connection.execute(INSERT, {"key": key, "count": count})
    connection.commit()
    return perf_counter() - start


def insert_ratio(connection: psycopg.Connection) -> float:
    """Throughput with the trigger divided by throughput without, median of pairs."""
    ratios = []
    for turn in range(ROUNDS):
        with_ledger = timed(connection, f"with-{turn}", BATCH)
        connection.execute("ALTER TABLE service_request DISABLE TRIGGER count_ledger")
        connection.commit()
        without = timed(connection, f"without-{turn}", BATCH)
        connection.execute(
            "DELETE FROM service_request WHERE number LIKE %s", (f"without-{turn}-%",)
        )
        connection.execute("ALTER TABLE service_request ENABLE TRIGGER count_ledger")
        connection.commit()
        ratios.append(without / with_ledger)
    return median(ratios)


def read_seconds(read: object, jurisdiction_id: int) -> float:
    """Median of nine reads."""
    taken = []
    for _ in range(9):
        start = perf_counter()
        read(jurisdiction_id)  # type: ignore[operator]
        taken.append(perf_counter() - start)
    return median(taken)


def main() -> None:
    """Print the ratios."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with service() as app:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
        conninfo = url.render_as_string(hide_password=False)
        with psycopg.connect(conninfo) as connection:
            click.echo(f"insert with ledger / without: {insert_ratio(connection):.2f}")
            timed(connection, "many", reports)
        with app.app_context():
            jurisdiction = by_number("1505")
            operations.fold_counts()
            session().commit()
            kept = read_seconds(queries.counted, jurisdiction.id)
            plain = read_seconds(queries.plain_count, jurisdiction.id)
            same = queries.counted(jurisdiction.id) == queries.plain_count(jurisdiction.id)
        click.echo(
            f"plain count / kept counts, {reports} reports: {plain / kept:.0f} times; equal: {same}"
        )


if __name__ == "__main__":
    main()
