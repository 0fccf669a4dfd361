"""The crew's list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app.database import session
from app.departments.models import Department
from app.forwarding.models import Forwarding, ForwardingState
from app.roles import Deed
from app.security import Identity
from app.service_requests import queries
from app.service_requests.filter import MAX_LIMIT, Filter
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.queries import Circuit, Row
from app.service_requests.status import OPEN, Status


def jobs(who: Identity, jurisdiction_id: int, *, by_deadline: bool) -> list[Row]:
    """The open reports of this person's departments; of all departments for the first line.

    By deadline: the most urgent first, those without a date last. Else the newest first.
    """
    sees_all = who.reach(jurisdiction_id, Deed.FIELD_WORK) is None
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
    return list(queries.rows(wanted, exact=True))


def with_others(jurisdiction_id: int) -> list[Row]:
    """What was passed on and has not come back, the oldest first: for the first line to ask about."""
    wanted = Filter(jurisdiction_id=jurisdiction_id, statuses=(Status.FORWARDED,), limit=MAX_LIMIT)
    return list(reversed(queries.rows(wanted, exact=True)))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to go out to: a report, or several about lamps on one circuit."""

    circuit: Circuit | None
    rows: tuple[Row, ...]


def faults(who: Identity, jurisdiction_id: int, rows: Sequence[Row]) -> list[Fault]:
    """The list with the reports of one circuit together, where the first of them stands."""
    sees_all = who.reach(jurisdiction_id, Deed.FIELD_WORK) is None
    departments = () if sees_all else who.departments_in(jurisdiction_id)
    of_request = {
        key: circuit
        for circuit in queries.circuits(jurisdiction_id, departments)
        for key in circuit.request_ids
    }
    together: dict[Circuit, list[Row]] = {}
    for row in rows:
        if row.id in of_request:
            together.setdefault(of_request[row.id], []).append(row)
    found: list[Fault] = []
    for row in rows:
        circuit = of_request.get(row.id)
        if circuit is None:
            found.append(Fault(circuit=None, rows=(row,)))
        elif circuit in together:
            found.append(Fault(circuit=circuit, rows=tuple(together.pop(circuit))))
    return found


def same_circuit(who: Identity, request: ServiceRequest) -> list[Fault]:
    """The circuits of a report's lamps, each with the open reports of this person's departments."""
    if not any(asset.circuit for asset in request.assets):
        return []
    jurisdiction_id = request.jurisdiction_id
    rows = jobs(who, jurisdiction_id, by_deadline=True)
    return [
        fault
        for fault in faults(who, jurisdiction_id, rows)
        if fault.circuit and request.id in fault.circuit.request_ids
    ]


def not_sent(rows: Sequence[Row]) -> set[str]:
    """The numbers of those that should have gone to an outside body, and could not be sent."""
    numbers = {row.id: row.number for row in rows}
    newest = (
        select(Forwarding.service_request_id, Forwarding.state)
        .where(Forwarding.service_request_id.in_(numbers))
        .ext(distinct_on(Forwarding.service_request_id))
        .order_by(Forwarding.service_request_id, Forwarding.id.desc())
    )
    return {
        numbers[key] for key, state in session().execute(newest) if state == ForwardingState.FAILED
    }


def caller(service_request_id: int) -> Contact | None:
    """The one who reported, when they left a telephone number and have not had it erased."""
    query = select(Contact).where(
        Contact.service_request_id == service_request_id, Contact.phone.is_not(None)
    )
    return session().scalars(query).one_or_none()


def departments_of(who: Identity, jurisdiction_id: int) -> Sequence[Department]:
    """The departments this person works for."""
    keys = who.departments_in(jurisdiction_id)
    return (
        session()
        .scalars(select(Department).where(Department.id.in_(keys)).order_by(Department.code))
        .all()
    )
