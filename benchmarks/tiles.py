"""What the map's tiles cost, as ratios within one run.

    .venv/bin/python -m benchmarks.tiles [REPORTS]

Makes a private PostGIS in a temporary folder with so many reports (200 000) over a city of 30 × 30 km, 80 % of
them along 500 streets. Measures tiles and whole views from the kept cells against a plain GROUP BY over the
same reports, HTTP against Flask's own hello, and inserts with and without the map's triggers; asks EXPLAIN
whether tiles are answered from the index alone; and counts what differs from a plain count.
"""

import random
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import click
import psycopg
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.database import session, transaction
from app.jurisdictions.queries import by_number
from app.service_requests import tiles
from app.service_requests.filter import EVERYTHING_SHOWN
from app.service_requests.grid import Tile, column_of, row_of
from app.service_requests.tile_views import memory
from benchmarks.clusters import service

TURNS = 40
MIDDLE = (7.7279, 63.1104)
REPORTS = """
WITH street AS (
     SELECT n, 7.43 + random() * 0.6 AS x, 62.98 + random() * 0.27 AS y,
            (random() - 0.5) * 0.03 AS dx, (random() - 0.5) * 0.014 AS dy FROM generate_series(1, 500) AS n),
placed AS (
     SELECT n, random() AS along, n % 500 + 1 AS street, n % 5 < 4 AS is_on_street,
            7.43 + random() * 0.6 AS x, 62.98 + random() * 0.27 AS y, random() AS fate
       FROM generate_series(1, :reports) AS n)
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, closed_at,
    channel, device_class, language, routing_reason, answers, is_acute, refusals, version, is_demo)
SELECT :jurisdiction_id, 'T-' || placed.n, 'T-' || placed.n,
       (SELECT array_agg(id ORDER BY id) FROM service)[1 + placed.n % 20],
       (SELECT id FROM department WHERE is_first_line),
       ST_SetSRID(CASE WHEN is_on_street THEN ST_MakePoint(street.x + along * dx, street.y + along * dy)
                       ELSE ST_MakePoint(placed.x, placed.y) END, 4326),
       'benchmark', CASE WHEN fate < 0.2 THEN 'received' WHEN fate < 0.5 THEN 'in_progress' ELSE 'fixed' END,
       false, now() - placed.n * interval '1 minute', 2026, now(), now(),
       CASE WHEN fate >= 0.5 THEN now() - interval '30 days' END, 'web', 'unknown', 'nb', '{}', '{}',
       false, 0, 1, false
  FROM placed JOIN street ON street.n = placed.street
"""
INSERT = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, channel,
    device_class, language, routing_reason, answers, is_acute, refusals, version, is_demo, px, py, morton,
    phase, on_map)
SELECT department.jurisdiction_id, %(key)s || '-' || n, %(key)s || '-' || n,
       (SELECT min(id) FROM service), department.id,
       ST_SetSRID(ST_MakePoint(7.5 + random() * 0.4, 63.0 + random() * 0.2), 4326), 'benchmark', 'assigned',
       false, now(), 2026, now(), now(), 'web', 'unknown', 'nb', '{}', '{}', false, 0, 1, false,
       floor(random() * 1e9), 500000000, floor(random() * 1e18), 1, true
  FROM department, generate_series(1, 500) AS n WHERE is_first_line
"""


def milliseconds(measured: Callable[[], object], turns: int = TURNS) -> float:
    """The best of so many turns, warmed up: what else the machine does counts least in it."""
    taken = []
    for turn in range(turns + 3):
        start = perf_counter()
        measured()
        if turn >= 3:
            taken.append(1000 * (perf_counter() - start))
    return min(taken)


def over(zoom: int, east: int = 0, south: int = 0) -> Tile:
    """A tile over the middle of the town, or one so many tiles away."""
    x, y = column_of(MIDDLE[0]) >> 30 - zoom, row_of(MIDDLE[1]) >> 30 - zoom
    return Tile(z=zoom, x=x + east, y=y + south)


def database(wanted: tiles.Wanted) -> None:
    """Print tiles and views, from the kept cells and by a plain GROUP BY."""
    for zoom in range(7, 18):
        tile = over(zoom)
        shown = milliseconds(lambda tile=tile: tiles.content(tile, wanted))
        counted = milliseconds(lambda tile=tile: tiles.cells_of(tile, wanted))
        plain = milliseconds(
            lambda tile=tile: tiles.live_cells(tile, wanted, tile.cell_level), turns=10
        )
        found = tiles.cells_of(tile, wanted)
        reports = sum(sum(cell.counts) for cell in found)
        told = f"{counted:6.2f} ms counted, {shown:6.2f} ms with its reports; plain {plain:8.2f} ms"
        click.echo(
            f"tile z{zoom:<2} ({reports} reports, {len(found)} cells): {told}, {plain / counted:.1f} times"
        )
    for zoom in (10, 13, 15):
        around = [over(zoom, east, south) for east in (-1, 0, 1, 2) for south in (-1, 0, 1)]
        view = milliseconds(
            lambda around=around: [tiles.content(tile, wanted) for tile in around], turns=10
        )
        plain = milliseconds(
            lambda around=around: [tiles.live_cells(it, wanted, it.cell_level) for it in around],
            turns=5,
        )
        click.echo(f"view of 12 tiles z{zoom}: {view:.1f} ms; plain {plain:.1f} ms")


EXPLAIN = """
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)
SELECT morton >> 22, phase, count(*), sum(px), sum(py), sum(id) FROM service_request
 WHERE on_map AND jurisdiction_id = :key AND phase = ANY('{0,1,2,3}') AND morton >= :first AND morton < :before
 GROUP BY 1, 2
"""


def explain(wanted: tiles.Wanted) -> None:
    """Print how the live tile is answered. :raises ClickException: not from the index alone."""
    first, before = over(15).keys()
    values = {"key": wanted.jurisdiction_id, "first": first, "before": before}
    plan = "\n".join(session().scalars(text(EXPLAIN), values))
    is_alone = "Index Only Scan using ix_service_request_map" in plan and "Heap Fetches: 0" in plan
    click.echo(f"live tile z15 from the index alone: {'yes' if is_alone else 'NO'}")
    if not is_alone:
        raise click.ClickException(plan)


def inserts(conninfo: str) -> None:
    """Print what the map's triggers cost an insert, in turns."""
    ratios: dict[str, list[float]] = {"map_ledger": [], "place_on_map": [], "both": []}
    with psycopg.connect(conninfo) as connection:

        def timed(key: str, *off: str) -> float:
            for name in off:
                connection.execute(f"ALTER TABLE service_request DISABLE TRIGGER {name}")  # type: ignore[arg-type]
            connection.commit()
            start = perf_counter()
            connection.execute(INSERT, {"key": key})
            connection.commit()
            taken = perf_counter() - start
            connection.execute("DELETE FROM service_request WHERE number LIKE %s", (f"{key}-%",))
            connection.execute("DELETE FROM map_ledger")
            for name in off:
                connection.execute(f"ALTER TABLE service_request ENABLE TRIGGER {name}")  # type: ignore[arg-type]
            connection.commit()
            return taken

        for turn in range(13):
            whole = timed(f"a{turn}")
            for name, without in (
                ("map_ledger", timed(f"b{turn}", "map_ledger")),
                ("place_on_map", timed(f"c{turn}", "place_on_map")),
                ("both", timed(f"d{turn}", "map_ledger", "place_on_map")),
            ):
                if turn:
                    ratios[name].append(without / whole)
    for name, found in ratios.items():
        click.echo(f"insert with all triggers against without {name}: {median(found):.2f}")


def http(app: Flask) -> None:
    """Print what a tile costs as a request, against Flask's own hello, without a server around either."""
    hello = Flask("hello")
    hello.add_url_rule("/", view_func=lambda: "hello")
    greeting, client, tile = hello.test_client(), app.test_client(), over(12)
    address = f"/api/v1/tiles/{tile.z}/{tile.x}/{tile.y}.json?lang=nb"
    tag = client.get(address).headers["ETag"]
    asked = {"If-None-Match": tag}
    taken = {
        "hello": milliseconds(lambda: greeting.get("/"), turns=1000),
        "tile from memory": milliseconds(lambda: client.get(address), turns=1000),
        "304": milliseconds(lambda: client.get(address, headers=asked), turns=1000),
        "tile anew": milliseconds(
            lambda: client.get(address, headers={"Cache-Control": "no-cache"}), turns=50
        ),
    }
    for name, each in taken.items():
        click.echo(f"{name}: {each:.3f} ms, {taken['hello'] / each:.2f} of hello's rate")


def main() -> None:
    """Print the figures."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    random.seed(1)
    with service() as app:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
        conninfo = url.render_as_string(hide_password=False)
        with app.app_context():
            jurisdiction = by_number("1505")
            if jurisdiction is None:
                raise click.ClickException("the municipality is not there")
            with transaction() as current:
                current.execute(text("SELECT setseed(0.5)"))
                values = {"jurisdiction_id": jurisdiction.id, "reports": reports}
                current.execute(text(REPORTS), values)
            start = perf_counter()
            with transaction():
                folded = tiles.fold()
            each = 1e6 * (perf_counter() - start) / folded
            click.echo(f"{folded} ledger rows folded, {each:.0f} µs each")
            wanted = tiles.Wanted(jurisdiction_id=jurisdiction.id, shown=EVERYTHING_SHOWN)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE service_request, map_cell")
        with app.app_context():
            database(wanted)
            explain(wanted)
            session().rollback()
            memory.clear()
            http(app)
            inserts(conninfo)
            with transaction():
                tiles.fold()
            differing, cells = tiles.mismatches(jurisdiction.id)
            click.echo(f"{differing} mismatches in {cells} cells")
            if differing:
                raise click.ClickException("the kept cells differ from the reports")


if __name__ == "__main__":
    main()
