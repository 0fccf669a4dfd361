"""JSON under /api/v1/crew/push: who wants to be told at once about danger, on which phone."""

from datetime import UTC, datetime
from typing import Any

from app.accounts.models import AcuteAlerts
from app.database import transaction
from app.errors import Conflict, Invalid
from app.fieldwork.crew_api import LIMIT, blueprint, register_device
from app.fieldwork.crew_schemas import DeviceSchema
from app.fieldwork.push_schemas import AlertsSchema, SubscriptionSchema, WishSchema
from app.fieldwork.views import signed_in
from app.i18n import gettext, language
from app.jurisdictions.views import current_jurisdiction
from app.notifications import alert_wishes
from app.notifications.alert_tasks import the_sender
from app.notifications.alert_wishes import Address
from app.notifications.push import may_send_to
from app.roles import Deed
from app.security import asking_person, limiter, visible_to


def _told(device_id: Any) -> dict[str, Any]:
    wish, sender = alert_wishes.wish_of(signed_in().account_id, device_id), the_sender()
    return {
        "alerts": wish.alerts,
        "email": wish.email,
        "is_subscribed": wish.is_subscribed,
        "key": sender.public_key if sender else None,
    }


@blueprint.get("/push")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.response(200, AlertsSchema)
def alerts(headers: dict[str, Any]) -> dict[str, Any]:
    """How the person is told about danger, and the key that this device subscribes with."""
    return _told(headers["device"])


@blueprint.post("/push")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.arguments(SubscriptionSchema)
@blueprint.response(200, AlertsSchema)
@blueprint.alt_response(409, description="This service sends no push messages.")
def subscribe(headers: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Tell the person on this device from now on. Whatever it was kept for before is over."""
    sender = the_sender()
    if sender is None:
        message = gettext("This service sends no alerts to phones. Choose e-mail.")
        raise Conflict(message)
    if not may_send_to(given["endpoint"], sender.hosts):
        message = gettext("We do not know this browser's push service. Choose e-mail.")
        raise Invalid({"endpoint": message})
    register_device(headers["device"])
    with transaction():
        alert_wishes.subscribe(
            signed_in().account_id,
            headers["device"],
            Address(endpoint=given["endpoint"], **given["keys"]),
            language(),
            jurisdiction_id=current_jurisdiction().id,
            now=datetime.now(UTC),
        )
        return _told(headers["device"])


@blueprint.delete("/push")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.response(200, AlertsSchema)
def unsubscribe(headers: dict[str, Any]) -> dict[str, Any]:
    """Send nothing to this device any more. The wish stays: what no phone takes comes by e-mail."""
    with transaction():
        alert_wishes.unsubscribe(headers["device"], signed_in().account_id)
        return _told(headers["device"])


@blueprint.put("/push")
@limiter.limit(LIMIT, key_func=asking_person)
@visible_to(Deed.FIELD_WORK)
@blueprint.arguments(DeviceSchema, location="headers")
@blueprint.arguments(WishSchema)
@blueprint.response(200, AlertsSchema)
def ask_for(headers: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Choose how to be told: not at all, by e-mail, or on the phones that have subscribed."""
    with transaction():
        alert_wishes.ask_for(signed_in().account_id, AcuteAlerts(given["alerts"]), language())
        return _told(headers["device"])
