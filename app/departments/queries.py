"""SELECTs over departments."""

from collections.abc import Sequence

from sqlalchemy import select

from app.database import session
from app.departments.models import Department


def department(department_id: int) -> Department:
    """The department with this key. :raises NoResultFound: when there is none."""
    return session().get_one(Department, department_id)


def first_line(jurisdiction_id: int) -> Department:
    """The municipality's first-line desk."""
    query = select(Department).where(
        Department.jurisdiction_id == jurisdiction_id, Department.is_first_line
    )
    return session().scalars(query).one()


def by_code(jurisdiction_id: int, code: str) -> Department | None:
    """The active department with this code."""
    query = select(Department).where(
        Department.jurisdiction_id == jurisdiction_id, Department.code == code, Department.is_active
    )
    return session().scalars(query).one_or_none()


def in_use(jurisdiction_id: int, department_id: int | None) -> Department | None:
    """The active department with this key, if it is this municipality's."""
    found = session().get(Department, department_id) if department_id is not None else None
    is_ours = found is not None and found.jurisdiction_id == jurisdiction_id and found.is_active
    return found if is_ours else None


def in_jurisdiction(jurisdiction_id: int) -> Sequence[Department]:
    """The active departments, by code."""
    query = (
        select(Department)
        .where(Department.jurisdiction_id == jurisdiction_id, Department.is_active)
        .order_by(Department.code)
    )
    return session().scalars(query).all()


def all_of(jurisdiction_id: int) -> Sequence[Department]:
    """Every department, in use or not, by code."""
    query = select(Department).where(Department.jurisdiction_id == jurisdiction_id)
    return session().scalars(query.order_by(Department.code)).all()


def any_by_code(jurisdiction_id: int, code: str, *, lock: bool = False) -> Department | None:
    """The department with this code, in use or not."""
    query = select(Department).where(
        Department.jurisdiction_id == jurisdiction_id, Department.code == code
    )
    if lock:
        query = query.with_for_update()
    return session().scalars(query).one_or_none()
