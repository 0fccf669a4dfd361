"""Who wants a word at once about danger, and on which phones."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select

from app.accounts.models import Account, AcuteAlerts, Device
from app.database import session
from app.notifications.alert_models import PushSubscription


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a browser takes push messages, as it said itself."""

    endpoint: str
    p256dh: str
    auth: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What someone has asked for, and whether this device takes push messages for them."""

    alerts: AcuteAlerts
    email: str
    is_subscribed: bool


def wish_of(account_id: int, device_id: UUID) -> Wish:
    """What someone has asked for."""
    account = session().get_one(Account, account_id)
    query = select(PushSubscription.id).where(
        PushSubscription.device_id == device_id, PushSubscription.account_id == account_id
    )
    return Wish(
        alerts=AcuteAlerts(account.acute_alerts),
        email=account.email,
        is_subscribed=session().scalar(query) is not None,
    )


def ask_for(account_id: int, alerts: AcuteAlerts, language: str) -> None:
    """Note how someone wants to be told. With none, or with e-mail, no phone is kept for them."""
    account = session().get_one(Account, account_id, with_for_update=True)
    account.acute_alerts, account.alert_language = alerts, language
    if alerts != AcuteAlerts.PUSH:
        session().execute(delete(PushSubscription).where(PushSubscription.account_id == account_id))
    session().flush()


def subscribe(
    account_id: int,
    device_id: UUID,
    address: Address,
    language: str,
    *,
    jurisdiction_id: int,
    now: datetime,
) -> None:
    """Tell this person on this device from now on; whatever this device or address was kept for is over."""
    # Two sendings of the same device wait for each other here.
    session().get_one(Device, device_id, with_for_update=True)
    old = PushSubscription
    session().execute(
        delete(old).where(or_(old.device_id == device_id, old.endpoint == address.endpoint))
    )
    session().add(
        PushSubscription(
            jurisdiction_id=jurisdiction_id,
            account_id=account_id,
            device_id=device_id,
            endpoint=address.endpoint,
            p256dh=address.p256dh,
            auth=address.auth,
            language=language,
            created_at=now,
        )
    )
    ask_for(account_id, AcuteAlerts.PUSH, language)


def unsubscribe(device_id: UUID, account_id: int) -> None:
    """Send this person nothing to this device any more; what they have asked for comes by e-mail."""
    ended = delete(PushSubscription).where(
        PushSubscription.device_id == device_id, PushSubscription.account_id == account_id
    )
    session().execute(ended)
    session().flush()


def living(account_id: int) -> list[PushSubscription]:
    """The phones where someone can be told: theirs now, and not ended."""
    query = (
        select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(
            PushSubscription.account_id == account_id,
            Device.account_id == account_id,
            Device.ended_at.is_(None),
        )
        .order_by(PushSubscription.id)
    )
    return list(session().scalars(query))
