"""The words people read about what they follow."""

from app.catalog.models import ServiceGroup
from app.database import session
from app.i18n import gettext, localised
from app.notifications.models import Frequency, Subscription, SubscriptionKind
from app.service_requests.models import ServiceRequest


def followed(subscription: Subscription) -> str:
    """«report KSU-2026-000123», «Langveien», «new reports about roads»."""
    match SubscriptionKind(subscription.kind):
        case SubscriptionKind.REQUEST:
            request = session().get(ServiceRequest, subscription.service_request_id)
            number = request.number if request else ""
            return gettext("report %(number)s", number=number)
        case SubscriptionKind.STREET:
            return subscription.label or ""
        case SubscriptionKind.AREA:
            return gettext("the area %(name)s", name=subscription.label or "")
        case SubscriptionKind.SERVICE:
            group = session().get(ServiceGroup, subscription.service_group_id)
            return gettext("all about «%(name)s»", name=localised(group.name) if group else "")
        case SubscriptionKind.EVERYTHING:
            return gettext("all reports")


def frequency_word(frequency: Frequency) -> str:
    """«as it happens»."""
    match frequency:
        case Frequency.EACH:
            return gettext("When something happens")
        case Frequency.DAILY:
            return gettext("Once a day, at seven in the morning")
        case Frequency.WEEKLY:
            return gettext("Once a week, on Monday morning")
