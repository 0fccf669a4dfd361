"""Text messages: each within one SMS, with the link whole."""

from app.i18n import gettext
from app.notifications.gsm7 import fitted
from app.notifications.models import DeliveryKind
from app.notifications.telling import event_of
from app.service_requests.models import HistoryEntry, ServiceRequest


def message_of(kind: DeliveryKind, request: ServiceRequest, entry: HistoryEntry, link: str) -> str:
    """What is sent about a report, in the language in use: what happened last, and the personal link."""
    number = request.number
    if kind == DeliveryKind.RECEIPT:
        words = gettext("We have received your report %(number)s. Follow it:", number=number)
        return fitted(words, link)
    event = event_of(entry, request, personal=True)
    words = gettext("%(number)s: %(what)s. See more:", number=number, what=event.heading)
    if event.is_fixed:
        words = gettext("%(number)s: fixed. Not fixed, or a mark to give? See:", number=number)
    return fitted(words, link)
