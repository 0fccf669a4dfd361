"""What is read at the counter."""

from sqlalchemy import select

from app.database import session
from app.errors import NotFound
from app.i18n import gettext
from app.roles import Deed
from app.security import Identity
from app.service_requests import queries
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest


def registered(who: Identity, jurisdiction_id: int, number: str) -> ServiceRequest:
    """A report that this person registered, or that is their department's to handle.

    :raises NotFound: it is neither, or there is none.
    """
    found = queries.by_number(jurisdiction_id, number)
    if found is None or not (
        who.reaches(jurisdiction_id, Deed.REGISTER, found.department_id)
        or _was_registered_by(found, who.account_id)
    ):
        raise NotFound(gettext("There is no such report in your department."))
    return found


def _was_registered_by(request: ServiceRequest, account_id: int) -> bool:
    query = select(HistoryEntry.account_id).where(
        HistoryEntry.service_request_id == request.id, HistoryEntry.kind == EntryKind.RECEIVED
    )
    return session().scalars(query).first() == account_id
