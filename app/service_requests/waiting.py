"""While the one who reported has been asked and has not answered, our days do not run."""

from dataclasses import replace
from datetime import datetime

from app.database import session
from app.errors import ChangeNotAllowed, Invalid
from app.i18n import gettext
from app.service_requests.acting import Actor, Work
from app.service_requests.added import contact_of
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.operations import write_message
from app.service_requests.status import OPEN


def may_be_asked(contact: Contact) -> bool:
    """Whether a question would be sent: to an address, that messages are wanted at."""
    has_address = contact.email is not None or contact.phone is not None
    return has_address and contact.wants_messages and contact.stopped_at is None


def ask(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Ask the one who reported, by a letter; from now on our days wait.

    :raises Invalid: no question. :raises ChangeNotAllowed: the report is closed, or there is nobody to ask.
    """
    if request.status not in OPEN:
        raise ChangeNotAllowed(gettext("The report is closed. Open it again first."))
    contact = contact_of(request.id)
    if contact is None or not may_be_asked(contact):
        message = gettext("The one who reported gets no messages, so there is nobody to ask.")
        raise ChangeNotAllowed(message)
    if not work.message:
        raise Invalid({"message": gettext("Write what you want to know.")})
    entry = write_message(request, replace(work, data={"asks": True}), actor, now=now)
    request.waiting_since = request.waiting_since or now
    session().flush()
    return entry
