"""Changing duties and absences. Verbs flush; the caller's `transaction()` commits."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select

from app.accounts.models import Account
from app.database import session
from app.departments.models import Department
from app.duties import queries
from app.duties.days import overlap
from app.duties.models import Absence, Duty
from app.errors import Invalid, NotFound, OutdatedVersion
from app.i18n import day, gettext, localised
from app.roles import Deed
from app.service_requests.assignees import colleagues
from app.setup_log.models import Kind
from app.setup_log.operations import note

KEPT = timedelta(days=30)
"""How long days away are kept when they are over."""


def save(
    department: Department, values: dict[str, Any], *, account_id: int | None, now: datetime
) -> Duty:
    """Say who answers for a service in a department, or for all of it without one, and who stands in.

    :param values: as `DutySchema` loads them. :param account_id: who says so.
    :raises Invalid: no such service, or somebody does not work at the desk for the department.
    :raises OutdatedVersion: someone changed it meanwhile.
    """
    place = department.jurisdiction_id, department.id
    service_id, subject = _place(department, values["service_code"], in_use_only=True)
    _check_people(*place, values["account_id"], values["deputy_id"])
    _one_at_a_time(department)
    row = queries.duty(*place, service_id, lock=True)
    if row is not None and values["version"] == 0:
        message = gettext("Somebody answers for this already. Change it in the list.")
        raise Invalid({"service": message})
    _check_version(row, values["version"])
    before = _told(row) if row else None
    if row is None:
        row = Duty(jurisdiction_id=place[0], department_id=place[1], service_id=service_id)
        row.version = 0
        session().add(row)
    row.account_id, row.deputy_id = values["account_id"], values["deputy_id"]
    row.version += 1
    session().flush()
    note(place[0], account_id, Kind.DUTY, subject, before, _told(row), now=now)
    return row


def remove(
    department: Department,
    service_code: str | None,
    *,
    version: int,
    account_id: int | None,
    now: datetime,
) -> None:
    """Nobody in particular answers for it any more.

    :raises NotFound: no such service. :raises OutdatedVersion: someone changed or removed it meanwhile.
    """
    try:
        service_id, subject = _place(department, service_code, in_use_only=False)
    except Invalid as fault:
        raise NotFound(fault.detail) from fault
    _one_at_a_time(department)
    row = queries.duty(department.jurisdiction_id, department.id, service_id, lock=True)
    _check_version(row, version)
    if row is None:
        return
    before = _told(row)
    session().delete(row)
    note(department.jurisdiction_id, account_id, Kind.DUTY, subject, before, None, now=now)
    session().flush()


def _place(
    department: Department, service_code: str | None, *, in_use_only: bool
) -> tuple[int | None, str]:
    """The key of the service, and what the log calls the duty."""
    name = localised(department.name)
    if service_code is None:
        return None, name
    service = queries.service(department.jurisdiction_id, service_code)
    if service is None or (in_use_only and not service.is_active):
        raise Invalid({"service": gettext("There is no such service.")})
    return service.id, f"{name}: {localised(service.name)}"


def _check_people(
    jurisdiction_id: int, department_id: int, account_id: int, deputy_id: int | None
) -> None:
    able = {who.account_id for who in colleagues(jurisdiction_id, [department_id], Deed.DESK)}
    message = gettext("Choose somebody who works at the desk for this department.")
    errors = {}
    if account_id not in able:
        errors["account"] = message
    if deputy_id is not None and deputy_id not in able:
        errors["deputy"] = message
    elif deputy_id == account_id:
        errors["deputy"] = gettext("Choose somebody else than the one who answers.")
    if errors:
        raise Invalid(errors)


def _one_at_a_time(department: Department) -> None:
    """Whoever changes the same department's duties waits until this transaction ends."""
    query = select(Department.id).where(Department.id == department.id).with_for_update()
    session().execute(query)


def _check_version(row: Duty | None, version: int) -> None:
    actual = row.version if row else 0
    if actual != version:
        detail = gettext(
            "Somebody else has changed this. Look at both, and save again if yours counts."
        )
        raise OutdatedVersion(detail, expected=version, actual=actual)


def _told(row: Duty) -> dict[str, str | None]:
    return {
        "account": queries.address_of(row.account_id),
        "deputy": queries.address_of(row.deputy_id),
    }


def go_away(jurisdiction_id: int, account_id: int, first_day: date, last_day: date) -> Absence:
    """Write down days on which somebody is away.

    :raises Invalid: they are written down already, in part at least.
    """
    session().execute(select(Account.id).where(Account.id == account_id).with_for_update())
    for known in queries.spans_of(jurisdiction_id, [account_id], first_day):
        if overlap((known.first_day, known.last_day), (first_day, last_day)):
            message = gettext(
                "%(first)s to %(last)s are written down already.",
                first=day(known.first_day),
                last=day(known.last_day),
            )
            raise Invalid({"first_day": message})
    made = Absence(
        jurisdiction_id=jurisdiction_id,
        account_id=account_id,
        first_day=first_day,
        last_day=last_day,
    )
    session().add(made)
    session().flush()
    return made


def stay(jurisdiction_id: int, account_id: int, absence_id: int) -> bool:
    """Take own days away back; whether there were any."""
    query = delete(Absence).where(
        Absence.id == absence_id,
        Absence.jurisdiction_id == jurisdiction_id,
        Absence.account_id == account_id,
    )
    return _count(query) > 0


def forget(today: date) -> int:
    """Delete days away that have been over for a month; how many."""
    return _count(delete(Absence).where(Absence.last_day < today - KEPT))


def _count(query: Any) -> int:
    result = session().execute(query)
    return result.rowcount if isinstance(result, CursorResult) else 0
