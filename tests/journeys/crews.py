"""A foreman, and what lies on the desk: a round, devices, links for firms. Put there without a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from app.accounts import devices
from app.accounts.operations import add_account
from app.accounts.queries import by_email, identity_of
from app.database import db, session, transaction
from app.departments.queries import by_code
from app.factory import create_app
from app.fieldwork import links, links_work, rounds
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.security import Member
from app.service_requests.models import ServiceRequest
from tests.conftest import KEY, settings_for

from .looks import REPORT
from .steps import PASSWORD


@contextmanager
def inside(database_url: str, folder: Path) -> Iterator[Jurisdiction]:
    """The app on the running service's database."""
    app = create_app(settings_for(database_url, folder))
    with app.app_context():
        jurisdiction = by_number("1505")
        assert jurisdiction is not None
        yield jurisdiction
        db.session.remove()
        db.engine.dispose()


def reported(url: str, text: str = "Hull ved gangfeltet", *, east: float = 0.0) -> str:
    """The number of a new report for the roads."""
    place = {"type": "Point", "coordinates": [7.7279 + east, 63.1104]}
    report = REPORT | {"position": place, "description": text}
    answer = httpx.post(f"{url}/api/v1/service-requests", json=report)
    return str(answer.raise_for_status().json()["number"])


def add_foreman(database_url: str, folder: Path, email: str) -> None:
    """A case handler of the roads."""
    with inside(database_url, folder) as jurisdiction, transaction():
        department = by_code(jurisdiction.id, "roads")
        assert department is not None
        member = Member(
            jurisdiction_id=jurisdiction.id, department_id=department.id, role=Role.CASE_HANDLER
        )
        add_account(email, PASSWORD, [member])


def furnish(database_url: str, folder: Path, email: str, numbers: list[str]) -> dict[str, str]:
    """A round, a phone, a link that counts and one that was ended: what stands for them in addresses."""
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo("Europe/Oslo")).date()
    with inside(database_url, folder) as jurisdiction, transaction():
        department = by_code(jurisdiction.id, "roads")
        account = by_email(email)
        assert department is not None
        assert account is not None
        who = identity_of(account)
        phone = uuid4()
        devices.register(who, phone, "Android, Chrome", now, jurisdiction_id=jurisdiction.id)
        plan = rounds.Plan(title="Lag med et temmelig langt navn", day=today)
        made = rounds.make(who, jurisdiction, department.id, plan, today=today, now=now)
        rounds.add(made, who, numbers, now=now)
        report = session().query(ServiceRequest).filter_by(number=numbers[0]).one()
        given = [
            links_work.give_out(report, firm, 14, account_id=who.account_id, now=now)
            for firm in ("Lys og Ledning", "Asfalt og Grus")
        ]
        links_work.end(report, given[1].id, now=now)
        live, ended = (links.write(KEY, link.id) for link in given)
        return {
            "round": str(made.id),
            "device": str(phone),
            "link": live,
            "ended_link": ended,
        }
