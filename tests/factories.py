"""Things that tests begin with. Contacts are made up, at example.org."""

from datetime import UTC, datetime
from typing import Any

from app.accounts.operations import add_account
from app.accounts.queries import identity_of
from app.database import transaction
from app.departments.queries import by_code
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.security import Identity, Member, Role
from app.service_requests.models import ServiceRequest
from app.service_requests.operations import Actor, Submission, submit

TOWN = Position(longitude=7.7279, latitude=63.1104)
GRIP = Position(longitude=7.595, latitude=63.219)
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


def member_of(jurisdiction: Jurisdiction, department: str, role: Role = Role.CREW) -> Member:
    found = by_code(jurisdiction.id, department)
    assert found is not None
    return Member(jurisdiction_id=jurisdiction.id, department_id=found.id, role=role)


def staff(
    jurisdiction: Jurisdiction,
    department: str = "roads",
    role: Role = Role.CREW,
    email: str = "crew@example.org",
) -> Identity:
    """Someone who can sign in with PASSWORD."""
    with transaction():
        return identity_of(
            add_account(email, PASSWORD, [member_of(jurisdiction, department, role)])
        )


def actor(who: Identity) -> Actor:
    member = who.members[0]
    return Actor(
        account_id=who.account_id,
        roles=frozenset({member.role}),
        department_id=member.department_id,
    )
