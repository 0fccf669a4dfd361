"""What one decision costs, and trying a draft on a year of reports.

    .venv/bin/python -m benchmarks.routing [REPORTS]

Makes a private PostGIS in a temporary folder with 500 areas of 100 vertices, 20 000 road segments, 5000 lamps,
40 rules and so many reports (100 000). Absolute times swing with the machine; the ratios against `SELECT 1`
over the same connection hold better.
"""

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import perf_counter

import click
from sqlalchemy import select, text

from app.administration import tryout
from app.catalog.models import Needs, Service
from app.database import session, transaction
from app.errors import OutsideJurisdiction
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.routing import operations, queries
from benchmarks.clusters import service

DECISIONS = 3000
TOWN = (7.68, 63.08, 7.80, 63.14)
"""West, south, east, north: where most roads and reports are."""

AREAS = """
INSERT INTO area (jurisdiction_id, code, name, boundary)
SELECT :jurisdiction_id, 'area-' || n, '{"nb": "Område"}',
       ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(x, y), 4326), 0.006, 25))
  FROM (SELECT n, 7.55 + n % 25 * 0.015 AS x, 63.04 + n / 25 * 0.009 AS y
          FROM generate_series(1, 500) AS n) AS made
"""
ROADS = """
INSERT INTO road_segment (jurisdiction_id, category, number, manager, street_name, line)
SELECT :jurisdiction_id, (ARRAY['K','K','K','K','F','P','P','R','E','S'])[1 + n % 10], n % 900,
       'Vegeier ' || n % 4, 'Gate ' || n,
       ST_SetSRID(ST_MakeLine(ARRAY[ST_MakePoint(x, y), ST_MakePoint(x + dx, y + dy / 2),
                                    ST_MakePoint(x + dx * 2, y + dy)]), 4326)::geography
  FROM (SELECT n, CASE WHEN n % 5 = 0 THEN 7.5 + random() * 0.4 ELSE 7.68 + random() * 0.12 END AS x,
               CASE WHEN n % 5 = 0 THEN 63.0 + random() * 0.2 ELSE 63.08 + random() * 0.06 END AS y,
               (random() - 0.5) * 0.002 AS dx, (random() - 0.5) * 0.0016 AS dy
          FROM generate_series(1, 20000) AS n) AS made
"""
LAMPS = """
INSERT INTO asset (jurisdiction_id, kind, number, owner, operator, position, is_active)
SELECT :jurisdiction_id, 'lamp', 'L' || n, (ARRAY['municipality','county','grid_company','private'])[1 + n % 4],
       NULL,
       ST_SetSRID(ST_MakePoint(7.68 + random() * 0.12, 63.08 + random() * 0.06), 4326)::geography, true
  FROM generate_series(1, 5000) AS n
"""
RULES = """
INSERT INTO routing_rule (jurisdiction_id, rank, name, service_group_id, area_id, channel, road_categories,
    road_manager, asset_owner, season_from, season_to, is_acute, department_id, is_active, is_removed)
SELECT :jurisdiction_id, n - 30, 'Regel ' || n,
       CASE WHEN n % 2 = 0 OR n % 5 = 0
            THEN (SELECT id FROM service_group ORDER BY id OFFSET n % 7 LIMIT 1) END,
       CASE WHEN n % 3 = 0 THEN (SELECT id FROM area WHERE code = 'area-' || n * 16) END,
       CASE WHEN n % 10 = 1 THEN 'api' END,
       CASE n % 5 WHEN 1 THEN ARRAY['E','R'] WHEN 2 THEN ARRAY['F'] WHEN 3 THEN ARRAY['P','S'] END,
       CASE WHEN n % 7 = 0 THEN 'Vegeier ' || n % 4 END, CASE WHEN n % 5 = 4 THEN 'grid_company' END,
       CASE WHEN n % 6 = 0 THEN 1015 END, CASE WHEN n % 6 = 0 THEN 415 END,
       CASE WHEN n % 11 = 0 THEN true END,
       (SELECT id FROM department ORDER BY id OFFSET n % 5 LIMIT 1), true, false
  FROM generate_series(1, 30) AS n
"""
REPORTS = """
INSERT INTO service_request (jurisdiction_id, number, token, service_id, department_id, position, description,
    status, led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, channel,
    device_class, language, routing_reason, is_acute, road_category, road_manager, asset_owner, refusals,
    version, is_demo)
SELECT :jurisdiction_id, 'B-' || n, 'B-' || n, (SELECT id FROM service ORDER BY id OFFSET n % 20 LIMIT 1),
       (SELECT id FROM department WHERE is_first_line),
       ST_SetSRID(ST_MakePoint(7.60 + random() * 0.24, 63.06 + random() * 0.12), 4326), 'benchmark',
       'assigned', false, now() - random() * interval '364 days', 2026, now(), now(),
       (ARRAY['web','web','web','api'])[1 + n % 4],
       'unknown', 'nb', '{}', n % 50 = 0, (ARRAY['K','K','F','P','R','E',NULL])[1 + (random() * 6)::integer],
       'Vegeier ' || n % 4, (ARRAY['municipality','grid_company',NULL,NULL])[1 + (random() * 3)::integer],
       0, 1, false
  FROM generate_series(1, :reports) AS n
"""
DRAFT = """
INSERT INTO routing_draft (jurisdiction_id, version, rules, updated_at)
SELECT :jurisdiction_id, 1,
       jsonb_agg(CASE WHEN rule.rank % 9 <> 0 THEN to_jsonb(rule)
                      ELSE jsonb_set(to_jsonb(rule), '{department_id}',
                                     (SELECT to_jsonb(max(id)) FROM department)) END), now()
  FROM routing_rule AS rule WHERE rule.rank % 13 <> 0
"""


def percentiles(measured: Callable[[], object], times: int) -> tuple[float, float]:
    """Milliseconds that half, and 99 of 100, do not exceed; warmed up first."""
    taken = []
    for turn in range(times + 200):
        start = perf_counter()
        measured()
        if turn >= 200:
            taken.append(1000 * (perf_counter() - start))
    taken.sort()
    return taken[times // 2], taken[times * 99 // 100]


def anywhere() -> Position:
    """Somewhere in the town."""
    west, south, east, north = TOWN
    return Position(
        longitude=random.uniform(west, east),  # noqa: S311
        latitude=random.uniform(south, north),  # noqa: S311
    )


def fill(jurisdiction_id: int, reports: int) -> None:
    """The municipality, its year of reports and a draft that changes a few rules."""
    with transaction() as current:
        current.execute(text("SELECT setseed(0.5)"))
        current.execute(text("UPDATE service SET needs = 'lamp' WHERE code LIKE 'LIGHT-%'"))
        for statement in (AREAS, ROADS, LAMPS, RULES, REPORTS, DRAFT):
            given = {"jurisdiction_id": jurisdiction_id, "reports": reports}
            wanted = {name: value for name, value in given.items() if f":{name}" in statement}
            current.execute(text(statement), wanted)
        current.execute(text("ANALYZE"))


def decisions(jurisdiction: Jurisdiction) -> None:
    """Print what one decision costs."""
    services = session().scalars(select(Service).order_by(Service.id)).all()
    now = datetime.now(UTC)

    def case() -> operations.Case:
        return operations.Case(
            service=random.choice(services),  # noqa: S311
            position=anywhere(),
            channel="web",
            at=now,
            time_zone=jurisdiction.time_zone,
        )

    def statement() -> object:
        asked = case()
        return queries.decide(
            queries.Facts(
                jurisdiction_id=jurisdiction.id,
                service_id=asked.service.id,
                service_group_id=asked.service.group_id,
                needs_lamp=asked.service.needs == Needs.LAMP,
                position=asked.position,
                channel=asked.channel,
                is_acute=False,
                day=asked.day,
            )
        )

    def whole() -> None:
        with suppress(OutsideJurisdiction):
            operations.decide(case(), languages=jurisdiction.languages)

    base, base_99 = percentiles(lambda: session().execute(text("SELECT 1")).scalar(), DECISIONS)
    click.echo(f"SELECT 1: p50 {base:.2f} ms, p99 {base_99:.2f} ms")
    for name, measured in (("the statement", statement), ("operations.decide", whole)):
        half, most = percentiles(measured, DECISIONS)
        ratio = f"{half / base:.0f} and {most / base_99:.0f} times SELECT 1"
        click.echo(f"{name}: p50 {half:.2f} ms, p99 {most:.2f} ms; {ratio}")


def trying(jurisdiction: Jurisdiction) -> None:
    """Print how long trying the draft takes."""
    now = datetime.now(UTC)
    for _ in range(3):
        found = tryout.try_draft(jurisdiction, start=now - timedelta(days=365), end=now)
        session().rollback()
        if found is None:
            raise click.ClickException("there is no draft")
        click.echo(f"try-out: {found.moved} of {found.looked_at} moved, {found.seconds:.2f} s")


def main() -> None:
    """Print the figures."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    random.seed(1)
    with service() as app, app.app_context():
        jurisdiction = session().scalars(select(Jurisdiction)).one()
        fill(jurisdiction.id, reports)
        decisions(jurisdiction)
        trying(jurisdiction)


if __name__ == "__main__":
    main()
