"""What tables of figures cost, as ratios to a plain count of the same reports within one run.

    .venv/bin/python -m benchmarks.figures [REPORTS …]

Makes a private PostGIS in a temporary folder and fills it, by default to 100 000 and then a million reports.
Absolute times swing with the machine; ratios hold.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median
from time import perf_counter

import click
import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.database import session
from app.jurisdictions.queries import by_number
from app.service_requests.filter import Filter
from app.statistics.figures import Dimension, Period, Question, figures
from benchmarks.clusters import service

SIZES = (100_000, 1_000_000)
ROUNDS = 5
FILL = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at,
    first_response_at, closed_at, channel, device_class, language, routing_reason, answers, version, is_demo,
    is_acute, refusals)
SELECT department.jurisdiction_id, 'b-' || n, 'b-' || n,
       (SELECT id FROM service ORDER BY id OFFSET n %% 20 LIMIT 1), department.id,
       ST_SetSRID(ST_MakePoint(7.7 + n * 1e-8, 63.1), 4326), 'benchmark', 'fixed', n %% 3 = 0,
       received, extract(year FROM received AT TIME ZONE 'Europe/Oslo'), received, received + '3 days',
       received + n %% 6 * '20 hours'::interval, received + n %% 30 * '11 hours'::interval,
       'web', 'unknown', 'nb', '{}', '{}', 1, false, false, 0
  FROM department, generate_series(%(first)s::int, %(last)s::int) AS n,
       LATERAL (SELECT make_timestamptz(2020, 1, 1, 12, 0, 0) + n %% 2000 * '1 day'::interval AS received) AS at
 WHERE is_first_line
"""
PLAIN = text("SELECT received_year, count(*) FROM service_request GROUP BY 1")


def seconds(read: Callable[[], object]) -> float:
    """Median of a few reads."""
    taken = []
    for _ in range(ROUNDS):
        start = perf_counter()
        read()
        taken.append(perf_counter() - start)
    return median(taken)


def main() -> None:
    """Print the ratios."""
    now = datetime.now(UTC)
    with service() as app:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
        conninfo = url.render_as_string(hide_password=False)
        stored = 0
        for size in [int(word) for word in sys.argv[1:]] or SIZES:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute(FILL, {"first": stored + 1, "last": size})
                connection.execute("ANALYZE service_request")
            stored = size
            with app.app_context():
                everything = Filter(jurisdiction_id=by_number("1505").id)
                plain = seconds(plain_count)
                for name, question in questions(everything).items():
                    taken = seconds(partial(figures, question, now=now))
                    click.echo(f"{size} reports: {name} / plain count: {taken / plain:.1f}")


def plain_count() -> object:
    """All reports by year."""
    return session().execute(PLAIN).all()


def questions(everything: Filter) -> dict[str, Question]:
    """What is timed."""
    counts = ("received", "led_to_improvement")
    by = (Dimension.GROUP,)
    return {
        "counts by year": Question(filter=everything, measures=counts),
        "counts by year and group": Question(filter=everything, by=by, measures=counts),
        "all measures by year and group": Question(filter=everything, by=by),
        "all measures by month and service": Question(
            filter=everything, period=Period.MONTH, by=(Dimension.SERVICE,)
        ),
        "counts of one year": Question(
            filter=Filter(jurisdiction_id=everything.jurisdiction_id, year=2024), measures=counts
        ),
        "counts by rolling 12 months": Question(
            filter=everything, period=Period.ROLLING_12, measures=counts
        ),
    }


if __name__ == "__main__":
    main()
