"""What is read of duties and absences."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Account, Membership
from app.catalog.models import Service
from app.database import session
from app.departments.models import Department, DepartmentKind, Receives
from app.departments.queries import in_jurisdiction
from app.duties.days import Span, all_back, overlap
from app.duties.models import Absence, Duty
from app.jurisdictions.models import Jurisdiction
from app.roles import MUNICIPAL, Deed, who_may

MAIN, DEPUTY = aliased(Account), aliased(Account)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One of the staff, as colleagues know them. `may`: they work at the desk for the department."""

    account_id: int
    label: str
    may: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A duty with its people. Without a service it is for all of the department's."""

    department_id: int
    department_name: dict[str, str]
    service_code: str | None
    service_name: dict[str, str] | None
    is_in_use: bool
    account: Person
    deputy: Person | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Who should take a report now, by which duty.

    `instead_of`: whose deputy they are; `until`: the day that one is back, where it is known.
    """

    account_id: int
    label: str
    service_name: dict[str, str] | None
    instead_of: str | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """`missing`: who answers for it and is away, while nobody stands in, with the day they are back.

    `away`: all who are away, by account, with the working day on which they are back.
    """

    suggestion: Suggestion | None = None
    missing: tuple[str, date] | None = None
    away: dict[int, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A duty while somebody is away: does its deputy stand in, or are they away then too?"""

    duty: Line
    is_deputy_away: bool


@dataclass(frozen=True, kw_only=True)
class OwnAbsence:
    """Days on which somebody is away, and what becomes of their duties meanwhile."""

    id: int
    first_day: date
    last_day: date
    covers: list[Cover]


@dataclass(frozen=True, kw_only=True)
class Away:
    """Somebody's days away, the first and the last included."""

    id: int
    account_id: int
    label: str
    first_day: date
    last_day: date


def suggestions(
    jurisdiction: Jurisdiction, department_id: int, service_id: int, *, today: date
) -> Suggestions:
    """Who should take a report of this department and service now, and who is away. Two statements.

    The duty for the service counts before the one for the department; in each, the main person before the
    deputy. Whoever is away, or may no longer work at the desk there, is passed over.
    """
    away = away_on(jurisdiction, today)
    missing = None
    for duty in _lines(
        jurisdiction.id,
        Duty.department_id == department_id,
        or_(Duty.service_id == service_id, Duty.service_id.is_(None)),
    ):
        for person in filter(None, [duty.account, duty.deputy]):
            if person.may and person.account_id not in away:
                return Suggestions(suggestion=_suggested(duty, person, away), away=away)
        if missing is None and duty.account.may:
            missing = duty.account.label, away[duty.account.account_id]
    return Suggestions(missing=missing, away=away)


def _suggested(duty: Line, person: Person, away: dict[int, date]) -> Suggestion:
    is_deputy = person is duty.deputy
    return Suggestion(
        account_id=person.account_id,
        label=person.label,
        service_name=duty.service_name,
        instead_of=duty.account.label if is_deputy else None,
        until=away.get(duty.account.account_id) if is_deputy else None,
    )


def away_on(jurisdiction: Jurisdiction, today: date) -> dict[int, date]:
    """Those who are away on a day, by account, with the working day on which they are back."""
    query = select(Absence.account_id, Absence.first_day, Absence.last_day).where(
        Absence.jurisdiction_id == jurisdiction.id, Absence.last_day >= today
    )
    rows = [(key, first, last) for key, first, last in session().execute(query)]
    return all_back(rows, today, jurisdiction.country)


def all_duties(jurisdiction_id: int) -> list[Line]:
    """Every duty, by department, those for a service first."""
    return _lines(jurisdiction_id)


def duty(
    jurisdiction_id: int, department_id: int, service_id: int | None, *, lock: bool = False
) -> Duty | None:
    """The row of a department and a service, or of all its services."""
    query = select(Duty).where(
        Duty.jurisdiction_id == jurisdiction_id,
        Duty.department_id == department_id,
        Duty.service_id.is_not_distinct_from(service_id),
    )
    if lock:
        query = query.with_for_update()
    return session().scalars(query).one_or_none()


def service(jurisdiction_id: int, code: str) -> Service | None:
    """The service with this code, in use or not."""
    query = select(Service).where(Service.jurisdiction_id == jurisdiction_id, Service.code == code)
    return session().scalars(query).one_or_none()


def answering(jurisdiction_id: int) -> list[Department]:
    """The departments whose reports are handled here: the municipality's own, and those with an inbox."""
    return [
        found
        for found in in_jurisdiction(jurisdiction_id)
        if found.kind == DepartmentKind.INTERNAL or found.receives == Receives.INBOX
    ]


def address_of(account_id: int | None) -> str | None:
    """The address at work, by which the log knows somebody."""
    if account_id is None:
        return None
    return session().scalar(select(Account.email).where(Account.id == account_id))


def spans_of(jurisdiction_id: int, account_ids: Collection[int], since: date) -> Sequence[Absence]:
    """The days away of these people that are not over on a day, earliest first."""
    query = select(Absence).where(
        Absence.jurisdiction_id == jurisdiction_id,
        Absence.account_id.in_(account_ids),
        Absence.last_day >= since,
    )
    return session().scalars(query.order_by(Absence.first_day)).all()


def own_absences(jurisdiction_id: int, account_id: int, today: date) -> list[OwnAbsence]:
    """Somebody's days away from today on, each with who stands in for their duties. Two statements."""
    duties = own_duties(jurisdiction_id, account_id)
    deputies = {line.deputy.account_id for line in duties if line.deputy}
    known = spans_of(jurisdiction_id, {account_id, *deputies}, today)
    return [
        OwnAbsence(
            id=own.id,
            first_day=own.first_day,
            last_day=own.last_day,
            covers=[_cover(line, own, known) for line in duties],
        )
        for own in known
        if own.account_id == account_id
    ]


def all_absences(jurisdiction_id: int, today: date) -> list[Away]:
    """Everybody's days away from today on, the first to come first."""
    query = (
        select(Absence.id, Absence.account_id, Account.label, Absence.first_day, Absence.last_day)
        .join(Account, Account.id == Absence.account_id)
        .where(Absence.jurisdiction_id == jurisdiction_id, Absence.last_day >= today)
        .order_by(Absence.first_day, Account.label)
    )
    return [Away(**row) for row in session().execute(query).mappings()]


def _cover(line: Line, own: Absence, known: Sequence[Absence]) -> Cover:
    theirs = [
        _span(other)
        for other in known
        if line.deputy and other.account_id == line.deputy.account_id
    ]
    is_away = any(overlap(_span(own), span) for span in theirs)
    return Cover(duty=line, is_deputy_away=is_away)


def _span(row: Absence) -> Span:
    return row.first_day, row.last_day


def own_duties(jurisdiction_id: int, account_id: int) -> list[Line]:
    """What somebody answers for."""
    return _lines(jurisdiction_id, Duty.account_id == account_id)


def _may(account: Any) -> ColumnElement[bool]:
    """Whether an account may work at the desk for the duty's department now."""
    member = exists().where(
        Membership.account_id == account.id,
        Membership.jurisdiction_id == Duty.jurisdiction_id,
        Membership.role.in_(who_may(Deed.DESK)),
        or_(
            Membership.department_id == Duty.department_id,
            Membership.department_id.is_(None),
            Membership.role.in_(MUNICIPAL),
        ),
    )
    return and_(account.is_active, member)


def _lines(jurisdiction_id: int, *where: ColumnElement[bool]) -> list[Line]:
    query = (
        select(
            Duty.department_id,
            Department.name.label("department_name"),
            Service.code.label("service_code"),
            Service.name.label("service_name"),
            Service.is_active,
            Duty.account_id,
            MAIN.label.label("label"),
            _may(MAIN).label("may"),
            Duty.deputy_id,
            DEPUTY.label.label("deputy_label"),
            _may(DEPUTY).label("deputy_may"),
            Duty.version,
        )
        .join(Department, Department.id == Duty.department_id)
        .join(MAIN, MAIN.id == Duty.account_id)
        .outerjoin(DEPUTY, DEPUTY.id == Duty.deputy_id)
        .outerjoin(Service, Service.id == Duty.service_id)
        .where(Duty.jurisdiction_id == jurisdiction_id, *where)
        .order_by(Department.code, Service.rank.nulls_last(), Service.code)
    )
    return [_line(row) for row in session().execute(query).mappings()]


def _line(row: RowMapping) -> Line:
    deputy = None
    if row["deputy_id"] is not None:
        deputy = Person(
            account_id=row["deputy_id"], label=row["deputy_label"], may=bool(row["deputy_may"])
        )
    return Line(
        department_id=row["department_id"],
        department_name=row["department_name"],
        service_code=row["service_code"],
        service_name=row["service_name"],
        is_in_use=row["service_code"] is None or row["is_active"],
        account=Person(account_id=row["account_id"], label=row["label"], may=bool(row["may"])),
        deputy=deputy,
        version=row["version"],
    )
