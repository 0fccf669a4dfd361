"""Following: asking, confirming, changing, stopping and being forgotten. Flushes; the caller commits."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from geoalchemy2 import WKBElement
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app import jobs
from app.database import session
from app.errors import NotFound, TooMany
from app.i18n import gettext
from app.notifications import queries
from app.notifications.models import (
    DeliveryChannel,
    DeliveryKind,
    Frequency,
    Subscription,
    SubscriptionKind,
)
from app.notifications.spreading import reschedule
from app.service_requests.models import Contact

MOST_QUESTIONS = 5
"""So many letters that ask to confirm go to one address within a day, whoever asks for them."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What someone wants to follow, and how they are reached."""

    kind: SubscriptionKind
    email: str
    language: str
    frequency: Frequency = Frequency.EACH
    service_request_id: int | None = None
    service_group_id: int | None = None
    area: WKBElement | None = None
    """EPSG:4326, a MultiPolygon."""
    label: str | None = None


def ask(jurisdiction_id: int, wish: Wish, *, now: datetime) -> Subscription:
    """Keep a wish until its address has confirmed it, and send the question there.

    What is answered is the same whether the address is known or not.

    :raises TooMany: the address has been asked too often today.
    """
    in_turn = func.hashtextextended(f"follow:{jurisdiction_id}:{wish.email.lower()}", 0)
    session().execute(select(func.pg_advisory_xact_lock(in_turn)))
    if _asked_lately(jurisdiction_id, wish.email, now) >= MOST_QUESTIONS:
        raise TooMany(
            gettext(
                "We have sent several e-mails to this address today. Open one of them, or try again tomorrow."
            )
        )
    contact = Contact(
        jurisdiction_id=jurisdiction_id, email=wish.email, language=wish.language, created_at=now
    )
    session().add(contact)
    session().flush()
    made = Subscription(
        jurisdiction_id=jurisdiction_id,
        contact_id=contact.id,
        token=secrets.token_urlsafe(24),
        kind=wish.kind,
        service_request_id=wish.service_request_id,
        service_group_id=wish.service_group_id,
        area=wish.area,
        label=wish.label,
        frequency=wish.frequency,
        created_at=now,
        told_until=now,
    )
    session().add(made)
    session().flush()
    queries.order(
        DeliveryKind.CONFIRMATION,
        contact,
        DeliveryChannel.EMAIL,
        due_at=now,
        subscription_id=made.id,
    )
    jobs.defer("notifications.write", contact_id=contact.id)
    return made


def _asked_lately(jurisdiction_id: int, email: str, now: datetime) -> int:
    """How many of the questions sent to an address since yesterday are not answered."""
    query = (
        select(func.count())
        .select_from(Subscription)
        .join(Contact, Contact.id == Subscription.contact_id)
        .where(
            Contact.jurisdiction_id == jurisdiction_id,
            func.lower(Contact.email) == email.lower(),
            Subscription.confirmed_at.is_(None),
            Subscription.created_at > now - timedelta(days=1),
        )
    )
    return session().scalar(query) or 0


def by_token(jurisdiction_id: int, token: str) -> Subscription:
    """What is followed with this link. :raises NotFound: nothing, or no longer."""
    query = select(Subscription).where(
        Subscription.token == token, Subscription.jurisdiction_id == jurisdiction_id
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(
            gettext("You do not follow this, or no longer. Links that ask work for two days.")
        )
    return found


def confirm(subscription: Subscription, *, now: datetime) -> Subscription:
    """Begin to tell. Whoever follows the same already goes on as before: that one comes back."""
    if subscription.confirmed_at:
        return subscription
    earlier = _same(subscription)
    if earlier is not None:
        session().delete(subscription.contact)
        session().flush()
        return earlier
    subscription.confirmed_at = subscription.told_until = now
    session().flush()
    return subscription


def _same(wanted: Subscription) -> Subscription | None:
    same = Subscription
    query = (
        select(same)
        .join(Contact, Contact.id == same.contact_id)
        .options(undefer(same.area))
        .where(
            queries.same_address(wanted.contact),
            same.confirmed_at.is_not(None),
            same.kind == wanted.kind,
            same.service_request_id.is_not_distinct_from(wanted.service_request_id),
            same.service_group_id.is_not_distinct_from(wanted.service_group_id),
            same.label.is_not_distinct_from(wanted.label),
        )
        .limit(1)
    )
    return session().scalars(query).one_or_none()


def change_frequency(
    subscription: Subscription, frequency: Frequency, *, window: timedelta, now: datetime
) -> None:
    """Tell as often as is wished from now on, also what waits."""
    subscription.frequency = frequency
    session().flush()
    reschedule(subscription.id, frequency, window=window, now=now)


def stop(subscription: Subscription) -> None:
    """Follow no longer. The address goes with it, for this is all it was kept for."""
    session().delete(subscription.contact)
    session().flush()


def stop_contacts(contact_ids: list[int], jurisdiction_id: int) -> int:
    """One click: no more of what a letter was about; how many things that were.

    The one who reported can turn messages on again on the report's page. Who follows is forgotten.
    """
    stopped = 0
    for key in contact_ids:
        contact = queries.contact(key)
        if contact is None or contact.jurisdiction_id != jurisdiction_id:
            continue
        stopped += 1
        if contact.service_request_id is None:
            session().delete(contact)
        else:
            contact.wants_messages = False
    session().flush()
    return stopped


def erase(subscription: Subscription) -> int:
    """Forget the address wherever someone follows with it; how many things that were.

    What they reported themselves keeps its own address, which is erased from the report's page.
    """
    query = select(Contact).where(
        queries.same_address(subscription.contact), Contact.service_request_id.is_(None)
    )
    contacts = list(session().scalars(query))
    for contact in contacts:
        session().delete(contact)
    session().flush()
    return len(contacts)
