"""The map's counts are exact at every moment, whatever several connections do at once."""

import random
from concurrent.futures import ThreadPoolExecutor

import psycopg
from sqlalchemy.engine import make_url

from app.database import session
from app.service_requests import tiles
from app.service_requests.filter import EVERYTHING_SHOWN
from app.service_requests.grid import Tile, column_of, row_of

from ..factories import TOWN

WORKERS = 4
STEPS = 500
STATUSES = ("received", "assigned", "in_progress", "fixed", "no_action", "rejected")
OPEN = STATUSES[:3]
INSERT = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, closed_at,
    channel, device_class, language, routing_reason, answers, version, is_demo, is_acute, refusals)
SELECT %(jurisdiction)s, %(number)s, %(number)s, %(service)s, department.id,
       ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 4326), 'load', 'assigned', false, now(), 2026, now(), now(), NULL,
       'web', 'unknown', 'nb', '{}', '{}', 1, false, false, 0
  FROM department WHERE is_first_line RETURNING id
"""
STATUS = """
UPDATE service_request SET status = %(status)s,
    closed_at = CASE WHEN %(open)s THEN NULL ELSE now() - %(days)s * interval '1 day' END WHERE id = %(id)s
"""
MOVE = "UPDATE service_request SET position = ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 4326) WHERE id = %(id)s"


class Worker:
    """Random inserts, changes, moves, deletes, rollbacks and folds on a connection of its own."""

    def __init__(self, jurisdiction: int, services: list[int], seed: int) -> None:
        self.jurisdiction, self.services, self.seed = jurisdiction, services, seed
        self.chance = random.Random(seed)
        self.mine: list[int] = []

    def somewhere(self) -> dict[str, float]:
        """Mostly the same few spots, so that cells fill and empty."""
        spread = self.chance.choice([0, 0.00001, 0.001, 0.05])
        return {
            "x": TOWN.longitude + self.chance.uniform(-spread, spread),
            "y": TOWN.latitude + self.chance.uniform(-spread, spread),
        }

    def work(self, conninfo: str) -> None:
        with psycopg.connect(conninfo) as connection:
            for step in range(STEPS):
                made, gone = self.step(connection, step)
                if self.chance.random() < 0.1:
                    connection.rollback()
                    continue
                connection.commit()
                self.mine += [made] if made else []
                if gone in self.mine:
                    self.mine.remove(gone)

    def step(self, connection: psycopg.Connection, step: int) -> tuple[int | None, int | None]:
        draw = self.chance.random()
        if draw < 0.4 or not self.mine:
            values = {"jurisdiction": self.jurisdiction, "number": f"T-{self.seed}-{step}"}
            values |= {"service": self.chance.choice(self.services)} | self.somewhere()
            found = connection.execute(INSERT, values).fetchone()
            return found[0] if found else None, None
        chosen = self.chance.choice(self.mine)
        if draw < 0.62:
            status = self.chance.choice(STATUSES)
            days = self.chance.choice([0, 10, 89, 91, 200])
            values = {"status": status, "open": status in OPEN, "days": days, "id": chosen}
            connection.execute(STATUS, values)
        elif draw < 0.72:
            connection.execute(MOVE, self.somewhere() | {"id": chosen})
        elif draw < 0.8:
            change = "UPDATE service_request SET service_id = %s WHERE id = %s"
            connection.execute(change, (self.chance.choice(self.services), chosen))
        elif draw < 0.9:
            connection.execute("DELETE FROM service_request WHERE id = %s", (chosen,))
            return None, chosen
        elif draw < 0.96:
            connection.execute("SELECT fold_map_ledger()")
        else:
            connection.execute("SELECT leave_map()")
        return None, None


def moment_agrees(jurisdiction: int) -> int:
    """At one moment, kept cells equal a plain count, and tiles of every zoom tell the same number."""
    session().rollback()
    session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
    differing, cells = tiles.mismatches(jurisdiction)
    assert differing == 0
    wanted = tiles.Wanted(jurisdiction_id=jurisdiction, shown=EVERYTHING_SHOWN)
    whole = Tile(z=6, x=column_of(TOWN.longitude) >> 24, y=row_of(TOWN.latitude) >> 24)
    far = [tuple(cell.counts) for cell in tiles.cells_of(whole, wanted)]
    live = [tuple(cell.counts) for cell in tiles.live_cells(whole, wanted, 4)]
    assert [sum(column) for column in zip(*far, strict=True)] == [
        sum(column) for column in zip(*live, strict=True)
    ]
    return cells


def test_kept_cells_equal_a_plain_count_after_thousands_of_random_operations(app, jurisdiction):
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    conninfo = url.render_as_string(hide_password=False)
    key = jurisdiction.id
    with psycopg.connect(conninfo) as connection:
        services = [
            row[0] for row in connection.execute("SELECT id FROM service ORDER BY id LIMIT 9")
        ]
    with ThreadPoolExecutor(WORKERS) as pool:
        workers = [Worker(key, services, seed) for seed in range(WORKERS)]
        running = [pool.submit(worker.work, conninfo) for worker in workers]
        comparisons = 0
        while not all(job.done() for job in running):
            moment_agrees(key)
            comparisons += 1
        for job in running:
            job.result()
    assert comparisons > 3
    assert moment_agrees(key) > 500
    session().rollback()
    tiles.fold()
    assert tiles.mismatches(key)[0] == 0
    session().rollback()
