"""What is to be told and what was sent, who follows what, and whom webhooks go to. No address is kept here."""

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.service_requests.models import Contact, HistoryEntry


class DeliveryKind(StrEnum):
    """Why something is sent."""

    RECEIPT = "receipt"
    UPDATE = "update"
    CONFIRMATION = "confirmation"


class DeliveryChannel(StrEnum):
    """How it is sent."""

    EMAIL = "email"
    SMS = "sms"


class SubscriptionKind(StrEnum):
    """What someone follows."""

    REQUEST = "request"
    STREET = "street"
    AREA = "area"
    SERVICE = "service"
    EVERYTHING = "everything"


class Frequency(StrEnum):
    """How often someone wants to hear."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"


class Subscription(Base):
    """Someone who follows a report, a street, an area, a category or everything, once it is confirmed."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('request', 'street', 'area', 'service', 'everything')", name="kind"
        ),
        CheckConstraint("frequency IN ('each', 'daily', 'weekly')", name="frequency"),
        CheckConstraint("(kind = 'request') = (service_request_id IS NOT NULL)", name="request"),
        CheckConstraint("(kind IN ('street', 'area')) = (area IS NOT NULL)", name="area"),
        Index(
            "ix_subscription_request",
            "service_request_id",
            postgresql_where=text("service_request_id IS NOT NULL"),
        ),
        Index("ix_subscription_area", "area", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    service_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE")
    )
    service_group_id: Mapped[int | None] = mapped_column(ForeignKey("service_group.id"))
    area: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    label: Mapped[str | None]
    """The street's name, or the area's middle and size, as it was asked for."""
    frequency: Mapped[str] = mapped_column(default=Frequency.EACH)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    told_until: Mapped[datetime]
    """What happened up to then has been told, or is not to be."""

    contact: Mapped[Contact] = relationship(lazy="joined")


class Delivery(Base):
    """One piece of news for one receiver: waiting until `due_at`, then sent, once, or given up.

    Rows with the same `message_id` are one letter. It is set before the letter leaves, so that a letter
    that has to be sent again holds the same news under the same Message-ID.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("history_entry_id", "contact_id", "kind"),
        CheckConstraint("kind IN ('receipt', 'update', 'confirmation')", name="kind"),
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        CheckConstraint(
            "(kind = 'confirmation') = (history_entry_id IS NULL)", name="history_entry"
        ),
        Index(
            "ix_delivery_waiting",
            "due_at",
            postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), index=True
    )
    history_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("history_entry.id", ondelete="CASCADE")
    )
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey(Contact.id, ondelete="SET NULL"), index=True
    )
    """None once the address is erased."""
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey(Subscription.id, ondelete="SET NULL"), index=True
    )
    """What was followed; None for the one who reported."""
    kind: Mapped[str]
    channel: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    message_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]


class News(Base):
    """A row of history that followers and webhooks have not been told of. A trigger makes it."""

    __tablename__ = "news"

    history_entry_id: Mapped[int] = mapped_column(
        ForeignKey(HistoryEntry.id, ondelete="CASCADE"), primary_key=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))


class Webhook(Base):
    """An address of somebody else's that is told what happens. Its secret follows from the service's key."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    url: Mapped[str]
    events: Mapped[list[str]]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    last_failure: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class WebhookPost(Base):
    """One event for one webhook, waiting or sent."""

    __tablename__ = "webhook_post"
    __table_args__ = (
        UniqueConstraint("webhook_id", "history_entry_id"),
        Index(
            "ix_webhook_post_waiting", "webhook_id", "id", postgresql_where=text("sent_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    webhook_id: Mapped[int] = mapped_column(ForeignKey(Webhook.id, ondelete="CASCADE"))
    history_entry_id: Mapped[int] = mapped_column(
        ForeignKey(HistoryEntry.id, ondelete="CASCADE"), index=True
    )
    event: Mapped[str]
    sent_at: Mapped[datetime | None]
