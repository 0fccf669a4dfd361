"""SELECTs over residents' sessions and what is theirs."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from app.database import session
from app.residents.models import ResidentSession
from app.residents.sealing import Visit
from app.service_requests.models import Contact, ServiceRequest


def session_by_key(key: bytes) -> ResidentSession | None:
    """The session that a cookie stands for."""
    return session().get(ResidentSession, key)


def contact_to_write_to(jurisdiction_id: int, email: str) -> int | None:
    """The newest row of `contact` that has reported with this address, if mail still reaches it."""
    query = (
        select(Contact.id)
        .where(
            Contact.jurisdiction_id == jurisdiction_id,
            func.lower(Contact.email) == email.lower(),
            Contact.service_request_id.is_not(None),
            Contact.stopped_at.is_(None),
        )
        .order_by(Contact.id.desc())
        .limit(1)
    )
    return session().scalar(query)


def contact(contact_id: int) -> Contact | None:
    """One row of `contact`."""
    return session().get(Contact, contact_id)


def reports_of(
    jurisdiction_id: int, visit: Visit, *, before_id: int | None, limit: int
) -> Sequence[ServiceRequest]:
    """The reports of the address and of the one who signed in, newest first."""
    theirs = [
        condition for condition in (_by_email(visit), _by_subject(visit)) if condition is not None
    ]
    query = (
        select(ServiceRequest)
        .options(selectinload(ServiceRequest.history), selectinload(ServiceRequest.assets))
        .join(Contact, Contact.service_request_id == ServiceRequest.id)
        .where(Contact.jurisdiction_id == jurisdiction_id, or_(*theirs))
        .order_by(ServiceRequest.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(ServiceRequest.id < before_id)
    return session().scalars(query).all()


def unclaimed(jurisdiction_id: int, visit: Visit) -> Sequence[Contact]:
    """Rows of the shown address that belong to no sign-in yet, locked."""
    theirs = _unclaimed(jurisdiction_id, visit)
    if theirs is None:
        return []
    return (
        session()
        .scalars(select(Contact).where(*theirs).order_by(Contact.id).with_for_update())
        .all()
    )


def count_unclaimed(jurisdiction_id: int, visit: Visit) -> int:
    """How many rows of the shown address belong to no sign-in yet."""
    theirs = _unclaimed(jurisdiction_id, visit)
    if theirs is None:
        return 0
    return session().scalar(select(func.count(Contact.id)).where(*theirs)) or 0


def _unclaimed(jurisdiction_id: int, visit: Visit) -> list[ColumnElement[bool]] | None:
    address = _by_email(visit)
    if address is None or visit.subject is None:
        return None
    return [
        Contact.jurisdiction_id == jurisdiction_id,
        address,
        Contact.subject.is_(None),
        Contact.service_request_id.is_not(None),
    ]


def _by_email(visit: Visit) -> ColumnElement[bool] | None:
    return func.lower(Contact.email) == visit.email.lower() if visit.email else None


def _by_subject(visit: Visit) -> ColumnElement[bool] | None:
    return Contact.subject == visit.subject if visit.subject else None
