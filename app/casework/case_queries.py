"""What one report's page reads beside the report itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from app.accounts.models import Account
from app.catalog.models import Service
from app.database import session
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.status import Status

MOST = 10


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Another report of the same reporter, or one that repeats this."""

    number: str
    service_name: dict[str, str]
    status: Status
    requested_at: datetime
    place_text: str | None


def _short(*where: object) -> list[Earlier]:
    query = (
        select(
            ServiceRequest.number,
            Service.name.label("service_name"),
            ServiceRequest.status,
            ServiceRequest.requested_at,
            ServiceRequest.place_text,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(*where)  # type: ignore[arg-type]
        .order_by(ServiceRequest.id.desc())
        .limit(MOST)
    )
    return [
        Earlier(**{**row, "status": Status(row["status"])})
        for row in session().execute(query).mappings()
    ]


def of_same_reporter(
    request: ServiceRequest, contact: Contact, departments: Sequence[int] | None
) -> list[Earlier]:
    """Other reports from the same address, number or sign-in that the reader may see, newest first."""
    same = []
    if contact.email:
        same.append(func.lower(Contact.email) == contact.email.lower())
    if contact.phone:
        same.append(Contact.phone == contact.phone)
    if contact.subject:
        same.append(Contact.subject == contact.subject)
    keys = select(Contact.service_request_id).where(
        Contact.jurisdiction_id == request.jurisdiction_id, or_(*same)
    )
    where = [
        ServiceRequest.jurisdiction_id == request.jurisdiction_id,
        ServiceRequest.id.in_(keys),
        ServiceRequest.id != request.id,
    ]
    if departments is not None:
        where.append(ServiceRequest.department_id.in_(departments))
    return _short(*where)


def repetitions(request: ServiceRequest) -> list[Earlier]:
    """The reports that repeat this one."""
    return _short(
        ServiceRequest.jurisdiction_id == request.jurisdiction_id,
        ServiceRequest.duplicate_of_id == request.id,
    )


def original_number(request: ServiceRequest) -> str | None:
    """The number of the report that this one repeats."""
    if request.duplicate_of_id is None:
        return None
    query = select(ServiceRequest.number).where(ServiceRequest.id == request.duplicate_of_id)
    return session().scalar(query)


def label_of(account_id: int | None) -> str | None:
    """How colleagues know somebody."""
    if account_id is None:
        return None
    return session().scalar(select(Account.label).where(Account.id == account_id))


def labels_of(account_ids: set[int]) -> dict[int, str]:
    """The same for several."""
    if not account_ids:
        return {}
    query = select(Account.id, Account.label).where(Account.id.in_(account_ids))
    return dict(session().execute(query).all())
