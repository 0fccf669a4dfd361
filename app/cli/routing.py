"""`melde routing`: what the rules say of chosen points, and the facts of reports after an import."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask

from app.catalog.queries import service_by_code
from app.cli.context import WHICH, command_app, target, the_jurisdiction
from app.cli.points import Point, read_points
from app.database import transaction
from app.errors import Invalid, OutsideJurisdiction
from app.geo.files import BrokenFile
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import other_name_at
from app.routing.operations import Case, Decision, decide
from app.routing.queries import assets_by_number, rules
from app.service_requests import ground


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What the rules say of one point. `outside` names the municipality it lies in, "" when that is not known.

    `road` is category and number, such as F6106; `metres` the way to it.
    """

    name: str
    service: str
    road: str | None
    metres: int | None
    lamp: str | None
    rule: str | None
    department: str | None
    reason: str | None
    outside: str | None


@click.group()
def command() -> None:
    """See how the rules decide."""


@command.command()
@click.argument("points", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WHICH
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def explain(points: Path, number: str | None, as_json: bool) -> None:
    """Print who would get a report at each of POINTS, and why.

    POINTS is a CSV file with the columns name, longitude, latitude (degrees) and service (its code), and if
    wanted lamp (its number), acute (yes or no), channel (web or api) and date (2026-01-31).
    """
    app = command_app()
    try:
        chosen = read_points(points)
        with app.app_context(), transaction():
            lines = explained(the_jurisdiction(number), chosen)
    except BrokenFile as broken:
        for fault in broken.faults:
            click.echo(fault, err=True)
        raise click.ClickException(f"{points.name} cannot be used.") from broken
    click.echo(_json(lines) if as_json else _table(lines))


@command.command("refresh-facts")
@WHICH
@click.option(
    "--days", type=click.IntRange(1, 36_500), default=400, show_default=True, help="How far back."
)
def refresh(number: str | None, days: int) -> None:
    """Look up roads and lamps anew for the reports of the last days.

    What rules can be tried on is stored with each report when it comes in. After an import of roads or lamps
    this brings older reports up to date. Who has a report does not change. Safe to stop and to repeat.
    """
    app = command_app()
    place = target(app, number)
    refresh_facts(app, place.id, place.number, days=days)


def refresh_facts(app: Flask, jurisdiction_id: int, number: str, *, days: int = 400) -> None:
    """Bring the facts of the last days' reports up to date, with a progress bar, and say what changed."""
    since = datetime.now(UTC) - timedelta(days=days)
    with app.app_context():
        with transaction():
            total = ground.count(jurisdiction_id, since=since)
        if not total:
            return
        looked_at = changed = after = 0
        with click.progressbar(length=total, label="Roads and lamps of reports") as bar:
            while True:
                with transaction():
                    done = ground.refresh(jurisdiction_id, since=since, after=after)
                if done is None:
                    break
                looked_at, changed = looked_at + done.looked_at, changed + done.changed
                after = done.last_id
                bar.update(done.looked_at)
    click.echo(f"{number}: {looked_at} reports looked up, {changed} have other roads or lamps now")


def explained(jurisdiction: Jurisdiction, points: Sequence[Point]) -> list[Explained]:
    """What the rules say of each point. :raises BrokenFile: a service or a lamp that is not there."""
    names = {rule.id: rule.name for rule in rules(jurisdiction.id)}
    faults: list[str] = []
    lines = []
    for point in points:
        try:
            case = _case(jurisdiction, point)
            lines.append(_explain(jurisdiction, point, case, names))
        except Invalid as fault:
            faults += [
                f"{point.place}: column {column}: {text}" for column, text in fault.errors.items()
            ]
    if faults:
        raise BrokenFile(faults)
    return lines


def _case(jurisdiction: Jurisdiction, point: Point) -> Case:
    """:raises Invalid: naming the column."""
    service = service_by_code(jurisdiction.id, point.service_code)
    if service is None:
        raise Invalid({"service": f"there is no service {point.service_code}"})
    lamps = assets_by_number(jurisdiction.id, [point.lamp], point.position) if point.lamp else []
    if point.lamp and not lamps:
        raise Invalid({"lamp": f"there is no lamp {point.lamp}"})
    zone = ZoneInfo(jurisdiction.time_zone)
    noon = datetime.combine(point.day, time(12), zone) if point.day else None
    return Case(
        service=service,
        position=point.position,
        channel=point.channel,
        at=noon or datetime.now(UTC),
        time_zone=jurisdiction.time_zone,
        is_acute=point.is_acute,
        asset_ids=tuple(lamp.id for lamp in lamps),
    )


def _explain(
    jurisdiction: Jurisdiction, point: Point, case: Case, names: dict[int, str]
) -> Explained:
    try:
        decision = decide(case, languages=jurisdiction.languages)
    except OutsideJurisdiction:
        outside = other_name_at(jurisdiction.id, point.position) or ""
        return _line(point, None, None, outside=outside, language="")
    name = names.get(decision.rule_id) if decision.rule_id is not None else None
    rule = f"{decision.rule_rank} {name}" if name else None
    return _line(point, decision, rule, outside=None, language=jurisdiction.languages[0])


def _line(
    point: Point, decision: Decision | None, rule: str | None, *, outside: str | None, language: str
) -> Explained:
    road = decision.road if decision else None
    lamp = decision.lamp if decision else None
    return Explained(
        name=point.name,
        service=point.service_code,
        road=f"{road.category}{road.number or ''}" if road else None,
        metres=round(road.metres) if road else None,
        lamp=f"{lamp.number} ({lamp.owner})" if lamp else None,
        rule=rule,
        department=decision.department_name[language] if decision else None,
        reason=decision.reason[language] if decision else None,
        outside=outside,
    )


def _json(lines: Sequence[Explained]) -> str:
    return json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2)


def _table(lines: Sequence[Explained]) -> str:
    """Columns below each other, and the reason under each row."""
    head = ("place", "service", "road", "lamp", "rule", "department")
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(head))]
    text = []
    for row, line in zip(rows, [None, *lines], strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        text.append("  ".join(cells).rstrip())
        if line and line.reason:
            text.append(f"    {line.reason}")
    return "\n".join(text)


def _cells(line: Explained) -> tuple[str, ...]:
    if line.outside is not None:
        where = f"outside: {line.outside}" if line.outside else "outside"
        return (line.name, line.service, "–", "–", "–", where)
    return (
        line.name,
        line.service,
        f"{line.road} {line.metres} m" if line.road else "–",
        line.lamp or "–",
        line.rule or "none: first line",
        line.department or "–",
    )
