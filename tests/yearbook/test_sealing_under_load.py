"""Sealing while reports are changed without pause: sealed and corrected add up at every moment."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Condition

import psycopg

from app.database import session
from app.yearbook import queries

from ..factories import submitted
from .test_sealing import THEN, conninfo, holds_together, sealed

INSERT = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, channel,
    device_class, language, routing_reason, version, is_demo, is_acute, refusals, answers)
SELECT jurisdiction_id, 'T' || %(key)s, 'T' || %(key)s, %(service)s, id,
       ST_SetSRID(ST_MakePoint(7.73, 63.11), 4326), 'x', 'assigned', false, '2025-06-01', 2025, now(), now(),
       'web', 'unknown', 'nb', '{}', 1, false, false, 0, '{}'
  FROM department WHERE is_first_line LIMIT 1
"""


class Steps:
    """How many transactions each worker has committed, and when they may stop."""

    def __init__(self, workers):
        self.done = [0] * workers
        self.changed, self.may_stop = Condition(), False

    def count(self, worker):
        with self.changed:
            self.done[worker] += 1
            self.changed.notify_all()

    def wait_for(self, more):
        """Until each worker has committed so many more."""
        with self.changed:
            goal = [done + more for done in self.done]
            reached = self.changed.wait_for(
                lambda: all(done >= wanted for done, wanted in zip(self.done, goal, strict=True)),
                timeout=60,
            )
        assert reached, self.done


def hurry(address, services, seed, steps):
    """Change reports of the year without pause, in transactions of several statements."""
    chance = random.Random(seed)
    with psycopg.connect(address) as connection:
        while not steps.may_stop:
            for _ in range(chance.randint(1, 3)):
                key = f"{seed}-{chance.random()}"
                connection.execute(INSERT, {"key": key, "service": chance.choice(services)})
                connection.execute(
                    "UPDATE service_request SET led_to_improvement = NOT led_to_improvement"
                    " WHERE number = %s AND random() < .5",
                    (f"T{key}",),
                )
                if chance.random() < 0.2:
                    connection.execute(
                        "DELETE FROM service_request WHERE number = %s", (f"T{key}",)
                    )
            if chance.random() < 0.05:
                connection.execute("SELECT fold_count_ledger()")
            connection.commit()
            steps.count(seed)


def test_no_change_falls_between_the_content_and_the_corrections(app, jurisdiction):
    submitted(jurisdiction, now=THEN)
    steps = Steps(4)
    services = list(queries.services(jurisdiction.id))[:5]
    session().rollback()
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(hurry, conninfo(app), services, seed, steps) for seed in range(4)]
        try:
            steps.wait_for(5)
            row = sealed(jurisdiction)
            before = row.content["total"]["received"]
            for _ in range(6):
                steps.wait_for(4)
                session().rollback()
                session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
                assert holds_together(jurisdiction)
        finally:
            steps.may_stop = True
            session().rollback()
        assert [job.result() for job in running] == [None] * 4
    assert before > 5
    assert holds_together(jurisdiction)
    received = sum(counts.received for counts in queries.live(jurisdiction.id, 2025).values())
    assert received > before
    session().rollback()
