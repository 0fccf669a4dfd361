"""Things that tests begin with. Contacts are made up, at example.org."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from math import cos, radians
from threading import Thread
from typing import Any

from flask import Flask
from geoalchemy2.shape import from_shape
from shapely import LineString
from sqlalchemy import select, text

from app.accounts.models import Account, Membership
from app.accounts.queries import identity_of
from app.catalog.models import Service, ServiceGroup
from app.database import session, transaction
from app.departments.queries import by_code
from app.geo.positions import Position
from app.jobs import run_worker
from app.jurisdictions.models import Jurisdiction
from app.passwords import hash_password
from app.roles import Role
from app.routing.models import Area, Asset, GroundImport, RoadSegment, RoutingRule
from app.security import Identity, Member
from app.service_requests.acting import Actor, Work
from app.service_requests.intake import Submission, submit
from app.service_requests.kinds import Visibility
from app.service_requests.models import ServiceRequest
from app.service_requests.operations import change_status, lock
from app.service_requests.status import Status

TOWN = Position(longitude=7.7279, latitude=63.1104)
GRIP = Position(longitude=7.595, latitude=63.219)
HARBOUR = Position(longitude=7.735, latitude=63.117)
AVEROY = Position(longitude=7.60, latitude=62.95)
PASSWORD = "correct horse battery staple"


def submission(**values: Any) -> Submission:
    return Submission(
        **{"service_code": "ROAD-POTHOLE", "position": TOWN, "description": "Dypt hull", **values}
    )


def submitted(
    jurisdiction: Jurisdiction, *, now: datetime | None = None, **values: Any
) -> ServiceRequest:
    """A report that has been taken in and committed."""
    with transaction():
        return submit(jurisdiction, submission(**values), now=now or datetime.now(UTC))


def member_of(jurisdiction: Jurisdiction, department: str | None, role: Role = Role.CREW) -> Member:
    if department is None:
        return Member(jurisdiction_id=jurisdiction.id, department_id=None, role=role)
    found = by_code(jurisdiction.id, department)
    assert found is not None
    return Member(jurisdiction_id=jurisdiction.id, department_id=found.id, role=role)


def staff(
    jurisdiction: Jurisdiction,
    department: str | None = "roads",
    role: Role = Role.CREW,
    email: str = "crew@example.org",
) -> Identity:
    """Someone who can sign in with PASSWORD."""
    member = member_of(jurisdiction, department, role)
    with transaction():
        account = Account(email=email, password_hash=_hash())
        account.memberships.append(Membership(**asdict(member)))
        session().add(account)
    return identity_of(account)


@cache
def _hash() -> str:
    """Made once: it takes its time, as it should."""
    return hash_password(PASSWORD)


def actor(who: Identity) -> Actor:
    member = who.members[0]
    return Actor(
        account_id=who.account_id,
        roles=frozenset({member.role}),
        department_id=member.department_id,
    )


def rule(jurisdiction: Jurisdiction, department: str, *, rank: int, **when: Any) -> RoutingRule:
    """A rule in the test's own transaction; `when` may name service, group, area codes and a channel."""
    found = by_code(jurisdiction.id, department)
    assert found is not None
    tables = {"service": Service, "group": ServiceGroup, "area": Area}
    columns = {"service": "service_id", "group": "service_group_id", "area": "area_id"}
    values = {name: value for name, value in when.items() if name not in tables}
    for name, table in tables.items():
        if name in when:
            code = select(table.id).where(table.code == when[name])
            values[columns[name]] = session().scalars(code).one()
    made = RoutingRule(
        jurisdiction_id=jurisdiction.id,
        rank=rank,
        name=f"rule {rank}",
        department_id=found.id,
        **values,
    )
    session().add(made)
    session().flush()
    return made


def changed(request: ServiceRequest, target: Status, who: Actor, **work: Any) -> ServiceRequest:
    """The report after a committed change of status, made on its newest version."""
    now = work.pop("now", None) or datetime.now(UTC)
    visibility = Visibility(work.pop("visibility", Visibility.PUBLIC))
    with transaction():
        found = lock(request.id, work.pop("version", request.version))
        wanted = Work(version=found.version, **work)
        change_status(found, target, wanted, who, now=now, visibility=visibility)
    return found


def orders() -> list[tuple[str, dict[str, Any]]]:
    """The jobs that are waiting, in their order, but for those that every report orders."""
    waiting = "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo'"
    by_clock = "'%.fold_counts', 'jobs.%'"
    by_others = f"task_name NOT LIKE ALL (ARRAY[{by_clock}, '%.find_place_text'])"
    query = text(f"{waiting} AND {by_others} ORDER BY id")
    return [(name, arguments) for name, arguments in session().execute(query)]


def do_jobs(app: Flask) -> None:
    """Run a worker until the queue is empty, in a thread of its own: it brings its own event loop."""
    due = text(
        "SELECT EXISTS (SELECT FROM procrastinate_jobs"
        " WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())"
    )
    while True:  # a job that another one orders at the end is for the next turn
        worker = Thread(target=run_worker, args=(app,), kwargs={"until_empty": True})
        worker.start()
        worker.join()
        session().rollback()
        if not session().scalar(due):
            return


def road(
    jurisdiction: Jurisdiction, category: str, *points: Position, **values: Any
) -> RoadSegment:
    """A road through these positions, in the test's own transaction, as after an import."""
    line = from_shape(LineString([(at.longitude, at.latitude) for at in points]), srid=4326)
    made = RoadSegment(jurisdiction_id=jurisdiction.id, category=category, line=line, **values)
    session().add(made)
    session().flush()
    return made


def lamp(jurisdiction: Jurisdiction, number: str, at: Position, **values: Any) -> Asset:
    """A lamp, in the test's own transaction, with the import that it came by."""
    made = Asset(
        jurisdiction_id=jurisdiction.id,
        kind="lamp",
        number=number,
        position=at.as_column(),
        **({"owner": "municipality"} | values),
    )
    source = GroundImport(
        jurisdiction_id=jurisdiction.id,
        kind="assets",
        source="test",
        rows=1,
        imported_at=datetime.now(UTC),
    )
    session().add_all([made, source])
    session().flush()
    return made


def near(position: Position, *, east: float = 0, north: float = 0) -> Position:
    """A position so many metres east and north of another."""
    degree = 111_320
    return Position(
        longitude=position.longitude + east / (degree * cos(radians(position.latitude))),
        latitude=position.latitude + north / degree,
    )
