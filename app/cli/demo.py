"""`melde demo`: reports and accounts to try things on, marked as such, made and removed together."""

import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import delete, select

from app.accounts import operations as accounts
from app.accounts.models import Account
from app.catalog.models import Service
from app.catalog.queries import services
from app.cli.context import command_app
from app.cli.demo_ground import make_ground, make_works, remove_ground
from app.cli.demo_photos import add_photos
from app.cli.demo_talk import make_talk, open_comments
from app.cli.environment import ROOT
from app.database import session, transaction
from app.departments.models import DepartmentKind
from app.departments.queries import in_jurisdiction
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import NamedPlace, all_jurisdictions, covers, places
from app.roles import Deed, Role, who_may
from app.security import Member
from app.service_requests import intake, operations, pictures
from app.service_requests.acting import Actor, Work
from app.service_requests.intake import Submission
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status, change
from app.settings import Settings
from app.storage import store_of

REPORTS = 90
DESK_OF = "roads"
"""The department that has a case handler too."""
LONGEST_AGO = timedelta(days=600)
WEIGHTS = {
    "street_light": 34,
    "road": 34,
    "water": 7,
    "sewage": 6,
    "waste": 7,
    "environment": 6,
    "other": 6,
}
DAY = timedelta(days=1)


@click.group()
def command() -> None:
    """Make or remove demo reports and accounts."""


@command.command()
def add() -> None:
    """Make them, if the database has no reports yet."""
    for line in make_demo(command_app()):
        click.echo(line)


@command.command()
@click.confirmation_option(prompt="Remove all demo reports and demo accounts?")
def remove() -> None:
    """Remove every demo report, with its history, and every demo account."""
    app = command_app()
    with app.app_context(), transaction():
        reports = session().execute(delete(ServiceRequest).where(ServiceRequest.is_demo))
        for jurisdiction in all_jurisdictions():
            remove_ground(jurisdiction.id)
        pictures.remove_unused(now=datetime.now(UTC))
        people = session().execute(delete(Account).where(Account.is_demo))
        click.echo(f"{reports.rowcount} reports and {people.rowcount} accounts removed")  # type: ignore[attr-defined]


def make_demo(app: Flask) -> list[str]:
    """Make reports and accounts in the first municipality, unless there are reports;
    what to tell the operator.
    """
    settings: Settings = app.config["SETTINGS"]
    with app.app_context(), transaction():
        jurisdiction = all_jurisdictions()[0]
        has_demo = session().scalar(
            select(ServiceRequest.is_demo).order_by(ServiceRequest.is_demo.desc()).limit(1)
        )
        if has_demo is False:
            return []
        emails = _accounts(jurisdiction, _password(settings.instance))
        _addresses(jurisdiction, stay_here=settings.smtp_url is None)
        folder = ROOT / "municipalities" / jurisdiction.slug
        make_works(jurisdiction, folder)
        open_comments(jurisdiction)
        if has_demo is None:
            make_ground(jurisdiction, folder)
            made = _reports(jurisdiction, with_mail=settings.smtp_url is None)
            account_id = session().scalars(select(Account.id).where(Account.is_demo)).first()
            add_photos(made, store_of(settings), account_id or 0)
            make_talk(jurisdiction)
    lines = [f"{email}  ({what})" for email, what in emails]
    return [*lines, f"password for all of them: {_password(settings.instance)}"]


def _password(instance: Path) -> str:
    """The demo accounts' password,
    made once for each instance and kept in a file that only its owner may read.
    """
    path = instance / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()


def _accounts(jurisdiction: Jurisdiction, password: str) -> list[tuple[str, str]]:
    """A crew member for each department of the municipality's own; the first line also sees everything.
    A case handler for one of them, and an administrator.
    """
    wanted: list[tuple[str, str, Role, int | None]] = []
    for department in in_jurisdiction(jurisdiction.id):
        if department.kind == DepartmentKind.EXTERNAL:
            continue
        role = Role.FIRST_LINE if department.is_first_line else Role.CREW
        name = department.code.replace("_", "-")
        wanted.append((name, department.name["nb"], role, department.id))
        if department.code == DESK_OF:
            what = f"{department.name['nb']}: case handler"
            wanted.append((f"{name}-desk", what, Role.CASE_HANDLER, department.id))
    wanted.append(("administrator", "administrator: set-up and people", Role.ADMINISTRATOR, None))
    made = []
    for name, what, role, department_id in wanted:
        email = f"{name}@example.org"
        member = Member(jurisdiction_id=jurisdiction.id, department_id=department_id, role=role)
        if session().scalar(select(Account.id).where(Account.email == email)) is None:
            accounts.add_account(email, password, [member], is_demo=True)
        made.append((email, what))
    return made


def _addresses(jurisdiction: Jurisdiction, *, stay_here: bool) -> None:
    """Made-up addresses for outside bodies that have none, when letters stay on this machine."""
    for department in in_jurisdiction(jurisdiction.id):
        is_external = department.kind == DepartmentKind.EXTERNAL
        if stay_here and is_external and department.email is None:
            department.email = f"{department.code.replace('_', '-')}@example.org"


def _reports(jurisdiction: Jurisdiction, *, with_mail: bool) -> list[ServiceRequest]:
    """Reports over the last months, the same each time, with a life of their own behind them.

    :param with_mail: the newest have an address, when letters stay on this machine.
    """
    chance = random.Random(1505)  # noqa: S311
    offered, at = list(services(jurisdiction.id)), places(jurisdiction.id)
    towns = [place for place in at if place.kind in {"town", "district"}] or at
    ages = sorted((chance.random() ** 1.7 * LONGEST_AGO for _ in range(REPORTS)), reverse=True)
    made = []
    with click.progressbar(ages, label="Demo reports") as shown:
        for age in shown:
            received = datetime.now(UTC) - age - timedelta(minutes=20)
            service = chance.choices(offered, [_weight(item, received) for item in offered])[0]
            submission = Submission(
                service_code=service.code,
                position=_somewhere(jurisdiction, chance, towns if chance.random() < 0.8 else at),
                description=f"[Demo] {service.description['nb']}",
                email="innbygger@example.org" if with_mail and age < 2 * DAY else None,
                language="nb",
                is_demo=True,
            )
            report = intake.submit(jurisdiction, submission, now=received)
            _live(report, service, received, chance)
            made.append(report)
    return made


def _weight(service: Service, received: datetime) -> int:
    """How often a service is reported; nobody asks for snow clearing in summer."""
    is_summer = 5 <= received.month <= 9
    return 0 if is_summer and service.code == "ROAD-WINTER" else WEIGHTS.get(service.group.code, 1)


def _somewhere(
    jurisdiction: Jurisdiction, chance: random.Random, around: list[NamedPlace]
) -> Position:
    """A position within some hundred metres of a named place."""
    centre = chance.choice(around).position
    while True:
        position = Position(
            longitude=round(centre.longitude + chance.gauss(0, 0.004), 6),
            latitude=round(centre.latitude + chance.gauss(0, 0.0015), 6),
        )
        if covers(jurisdiction.id, position):
            return position


def _live(
    request: ServiceRequest, service: Service, received: datetime, chance: random.Random
) -> None:
    """What happened to a report since it came in, as far as its age allows."""
    now = datetime.now(UTC)
    if request.department.kind == DepartmentKind.EXTERNAL and request.status in OPEN:
        operations.mark_forwarded(request, now=received + timedelta(minutes=2))
        return
    roles = frozenset(who_may(Deed.FIELD_WORK))
    account = session().scalars(select(Account).where(Account.is_demo)).first()
    actor = Actor(
        account_id=account.id if account else 0, roles=roles, department_id=request.department_id
    )
    moment = received
    for target, work in _ways(chance):
        moment += timedelta(
            days=(service.fix_days or 14) * chance.uniform(0.2, 0.9), hours=chance.uniform(1, 5)
        )
        possible = change(Status(request.status), target, set(roles)) and request.status in OPEN
        if moment < now and possible:
            session().refresh(request)
            operations.change_status(request, target, work, actor, now=moment)


def _ways(chance: random.Random) -> Iterator[tuple[Status, Work]]:
    """One of the ways that reports go."""
    if chance.random() < 0.15:
        yield Status.PLANNED, Work(version=0, message="Vi har satt dette på planen vår.")
    yield Status.IN_PROGRESS, Work(version=0)
    draw = chance.random()
    if draw < 0.82:
        yield (
            Status.FIXED,
            Work(
                version=0,
                message="Feilen er rettet. Takk for at du sa fra.",
                led_to_improvement=True,
            ),
        )
    elif draw < 0.9:
        yield (
            Status.FIXED,
            Work(version=0, message="Vi fant ingen feil på stedet.", led_to_improvement=False),
        )
    else:
        yield Status.NO_ACTION, Work(version=0, message="Vi har ikke midler til dette i år.")
