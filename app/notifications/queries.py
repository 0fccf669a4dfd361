"""What is read of news, deliveries and receivers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.database import session
from app.jurisdictions.models import Jurisdiction
from app.notifications.models import Delivery, DeliveryChannel, DeliveryKind, Subscription
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN

IS_WAITING = Delivery.sent_at.is_(None) & Delivery.given_up_at.is_(None)
SAME_ADDRESS = 0x6D656C64
"""The first key of our advisory locks; the second is a hash of municipality, channel and address."""


def reporter(service_request_id: int) -> Contact | None:
    """The one who reported, if there is an address and it is to be used."""
    query = select(Contact).where(
        Contact.service_request_id == service_request_id,
        Contact.wants_messages,
        Contact.stopped_at.is_(None),
        or_(Contact.email.is_not(None), Contact.phone.is_not(None)),
    )
    return session().scalars(query).one_or_none()


def contact(contact_id: int) -> Contact | None:
    """The contact as it is now."""
    return session().get(Contact, contact_id, populate_existing=True)


def same_address(of: Contact) -> ColumnElement[bool]:
    """The contacts of a municipality that are reached at the same address as this one."""
    here = Contact.jurisdiction_id == of.jurisdiction_id
    if of.email:
        return here & (func.lower(Contact.email) == of.email.lower())
    return here & Contact.email.is_(None) & (Contact.phone == of.phone)


def order(
    kind: DeliveryKind,
    to: Contact,
    channel: DeliveryChannel,
    *,
    due_at: datetime,
    entry: HistoryEntry | None = None,
    subscription_id: int | None = None,
) -> None:
    """Note that someone is to be told, unless it is noted already."""
    values = {
        "jurisdiction_id": to.jurisdiction_id,
        "service_request_id": entry.service_request_id if entry else None,
        "history_entry_id": entry.id if entry else None,
        "contact_id": to.id,
        "subscription_id": subscription_id,
        "kind": kind,
        "channel": channel,
        "due_at": due_at,
        "attempts": 0,
    }
    session().execute(insert(Delivery).values(**values).on_conflict_do_nothing())


def due(now: datetime) -> list[tuple[int, DeliveryChannel]]:
    """One contact for each address that something is due for, and the channel."""
    address = func.coalesce(func.lower(Contact.email), Contact.phone)
    query = (
        select(func.min(Contact.id), Delivery.channel)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(IS_WAITING, Delivery.due_at <= now)
        .group_by(Contact.jurisdiction_id, Delivery.channel, address)
    )
    return [(key, DeliveryChannel(channel)) for key, channel in session().execute(query)]


def wait_for_address(to: Contact, channel: DeliveryChannel) -> None:
    """Let those who write to the same address take turns until the transaction ends."""
    address = (to.email or to.phone or "").lower()
    told = func.hashtext(f"{to.jurisdiction_id}:{channel}:{address}")
    session().execute(select(func.pg_advisory_xact_lock(SAME_ADDRESS, told)))


def waiting(to: Contact, channel: DeliveryChannel) -> Sequence[Delivery]:
    """What waits to be told to this address, the oldest first."""
    query = (
        select(Delivery)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(IS_WAITING, Delivery.channel == channel, same_address(to))
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    )
    return session().scalars(query).all()


def of_letter(message_id: str) -> Sequence[Delivery]:
    """What one letter tells and is not sent yet, locked; nothing when somebody else is sending it."""
    query = (
        select(Delivery)
        .where(Delivery.message_id == message_id, IS_WAITING)
        .order_by(Delivery.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session().scalars(query).all()


def subscription(subscription_id: int | None) -> Subscription | None:
    """What is followed."""
    return session().get(Subscription, subscription_id) if subscription_id else None


def unanswered(now: datetime, *, ahead: timedelta, only: int | None = None) -> Sequence[int]:
    """The open reports that nobody has answered by (nearly) the last day for it, and that have a reporter.

    Nobody waits longer than the municipality says (`preliminary_days`), whatever the service promises.

    :param only: ask about this report alone, and lock it: two workers never both find it unanswered.
    """
    replied = exists().where(
        HistoryEntry.service_request_id == ServiceRequest.id,
        HistoryEntry.kind == EntryKind.PRELIMINARY,
    )
    has_reporter = exists().where(Contact.service_request_id == ServiceRequest.id)
    query = (
        select(ServiceRequest.id)
        .join(Jurisdiction, Jurisdiction.id == ServiceRequest.jurisdiction_id)
        .where(
            ServiceRequest.status.in_(OPEN),
            ServiceRequest.first_response_at.is_(None),
            ~ServiceRequest.is_demo,
            or_(
                ServiceRequest.first_response_due_at <= now + ahead,
                ServiceRequest.requested_at
                <= now + ahead - func.make_interval(0, 0, 0, Jurisdiction.preliminary_days),
            ),
            ~replied,
            has_reporter,
        )
        .order_by(ServiceRequest.id)
        .limit(500)
    )
    if only is not None:
        requests_lock = select(ServiceRequest.id).where(ServiceRequest.id == only)
        session().execute(requests_lock.with_for_update())
        query = query.where(ServiceRequest.id == only)
    return session().scalars(query).all()


def entries(keys: Sequence[int]) -> list[HistoryEntry]:
    """Rows of history, in the order in which they happened."""
    query = select(HistoryEntry).where(HistoryEntry.id.in_(keys)).order_by(HistoryEntry.id)
    return list(session().scalars(query))
