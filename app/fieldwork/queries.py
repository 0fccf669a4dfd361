"""The crew's list."""

from collections.abc import Sequence

from sqlalchemy import select

from app.database import session
from app.departments.models import Department
from app.security import Identity, Role
from app.service_requests import queries
from app.service_requests.filter import MAX_LIMIT, Filter
from app.service_requests.queries import Row
from app.service_requests.status import OPEN


def jobs(who: Identity, jurisdiction_id: int, *, by_deadline: bool) -> list[Row]:
    """The open reports of this person's departments; of all departments for the first line.

    By deadline: the most urgent first, those without a date last. Else the newest first.
    """
    sees_all = Role.FIRST_LINE in who.roles_in(jurisdiction_id)
    departments = tuple(who.departments_in(jurisdiction_id))
    if not sees_all and not departments:
        return []
    wanted = Filter(
        jurisdiction_id=jurisdiction_id,
        statuses=OPEN,
        departments=() if sees_all else departments,
        limit=MAX_LIMIT,
        by_deadline=by_deadline,
    )
    return list(queries.rows(wanted))


def departments_of(who: Identity, jurisdiction_id: int) -> Sequence[Department]:
    """The departments this person works for."""
    keys = who.departments_in(jurisdiction_id)
    return (
        session()
        .scalars(select(Department).where(Department.id.in_(keys)).order_by(Department.code))
        .all()
    )
