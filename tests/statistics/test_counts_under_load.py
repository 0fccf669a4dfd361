"""Counted figures are exact at every moment, whatever several connections do at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
from sqlalchemy.engine import make_url

from app.database import session
from app.statistics import queries

WORKERS = 4
STEPS = 700
STATUSES = ("assigned", "in_progress", "fixed", "no_action", "rejected")
INSERT = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, closed_at,
    channel, device_class, language, routing_reason, version, is_demo, is_acute, refusals, answers)
SELECT %(jurisdiction)s, %(number)s, %(number)s, %(service)s, department.id,
       ST_SetSRID(ST_MakePoint(7.7279, 63.1104), 4326), 'load', 'assigned', false, %(at)s,
       extract(year FROM %(at)s::timestamptz AT TIME ZONE 'Europe/Oslo'), now(), now(), NULL,
       'web', 'unknown', 'nb', '{}', 1, false, false, 0, '{}'
  FROM department WHERE is_first_line RETURNING id
"""
CHANGE = """
UPDATE service_request SET status = %(status)s, led_to_improvement = %(improved)s,
    closed_at = CASE WHEN %(open)s THEN NULL ELSE now() END WHERE id = %(id)s
"""


def work(conninfo: str, jurisdiction: int, services: list[int], seed: int) -> None:
    """Random inserts, changes, moves between services and years, deletes, rollbacks and folds."""
    chance = random.Random(seed)
    mine: list[int] = []
    with psycopg.connect(conninfo) as connection:
        for step in range(STEPS):
            draw = chance.random()
            gone = None
            if draw < 0.4 or not mine:
                at = datetime(
                    chance.choice([2024, 2025, 2026]), 12, 31, 22, chance.randrange(60), tzinfo=UTC
                )
                values = {"jurisdiction": jurisdiction, "number": f"L-{seed}-{step}", "at": at}
                found = connection.execute(
                    INSERT, values | {"service": chance.choice(services)}
                ).fetchone()
                made = found[0] if found else 0
            elif draw < 0.75:
                made, status = 0, chance.choice(STATUSES)
                improved = status == "fixed" and chance.random() < 0.8
                values = {"status": status, "improved": improved, "open": status in STATUSES[:2]}
                connection.execute(CHANGE, values | {"id": chance.choice(mine)})
            elif draw < 0.85:
                made = 0
                move = "UPDATE service_request SET service_id = %s WHERE id = %s"
                connection.execute(move, (chance.choice(services), chance.choice(mine)))
            elif draw < 0.92:
                made, gone = 0, mine[chance.randrange(len(mine))]
                connection.execute("DELETE FROM service_request WHERE id = %s", (gone,))
            else:
                made = 0
                connection.execute("SELECT fold_count_ledger()")
            if chance.random() < 0.1:
                connection.rollback()
                continue
            connection.commit()
            mine += [made] if made else []
            if gone in mine:
                mine.remove(gone)


def test_kept_counts_equal_a_plain_count_after_thousands_of_random_operations(app, jurisdiction):
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    conninfo = url.render_as_string(hide_password=False)
    with psycopg.connect(conninfo) as connection:
        services = [
            row[0] for row in connection.execute("SELECT id FROM service ORDER BY id LIMIT 9")
        ]
    with ThreadPoolExecutor(WORKERS) as pool:
        running = [
            pool.submit(work, conninfo, jurisdiction.id, services, seed) for seed in range(WORKERS)
        ]
        comparisons = 0
        while not all(job.done() for job in running):
            # One snapshot for both statements: each moment must agree with itself.
            session().rollback()
            session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
            assert queries.counted(jurisdiction.id) == queries.plain_count(jurisdiction.id)
            comparisons += 1
        session().rollback()
        for job in running:
            job.result()
    assert comparisons > 3
    assert sum(row.received for row in queries.plain_count(jurisdiction.id)) > 300
    assert queries.counted(jurisdiction.id) == queries.plain_count(jurisdiction.id)
    session().rollback()
    queries.fold()
    assert queries.counted(jurisdiction.id) == queries.plain_count(jurisdiction.id)
    session().rollback()
