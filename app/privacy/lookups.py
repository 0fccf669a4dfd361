"""Writing down who has looked at residents' contact data, and reading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import Account
from app.database import session
from app.privacy.models import ContactAccess, Look
from app.security import Identity
from app.service_requests.models import ServiceRequest

PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One look: who (an account's address, None once it is gone), at what, when."""

    id: int
    who: str | None
    what: Look
    number: str | None
    at: datetime


def note(
    who: Identity,
    jurisdiction_id: int,
    what: Look,
    request: ServiceRequest | None = None,
    *,
    now: datetime,
) -> None:
    """Write down that this person looks now, also when nothing was found; the caller commits."""
    session().add(
        ContactAccess(
            jurisdiction_id=jurisdiction_id,
            account_id=who.account_id,
            service_request_id=request.id if request else None,
            what=what,
            looked_at=now,
        )
    )
    session().flush()


def looks(jurisdiction_id: int, before: int | None = None) -> Sequence[Looked]:
    """The newest looks, or those before one; at most a page."""
    access = ContactAccess
    query = (
        select(access.id, Account.label, access.what, ServiceRequest.number, access.looked_at)
        .outerjoin(Account, Account.id == access.account_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == access.service_request_id)
        .where(access.jurisdiction_id == jurisdiction_id)
        .order_by(access.id.desc())
        .limit(PAGE)
    )
    if before is not None:
        query = query.where(access.id < before)
    return [
        Looked(id=key, who=email, what=Look(what), number=number, at=at)
        for key, email, what, number, at in session().execute(query)
    ]
