"""What was sent. No address is kept here: that is `contact`'s alone."""

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.service_requests.models import Contact


class DeliveryKind(StrEnum):
    """Why something was sent."""

    RECEIPT = "receipt"
    UPDATE = "update"


class Delivery(Base):
    """One message that left the house."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("history_entry_id", "kind"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), index=True
    )
    history_entry_id: Mapped[int] = mapped_column(
        ForeignKey("history_entry.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    message_id: Mapped[str]
    sent_at: Mapped[datetime]


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
    frequency: Mapped[str] = mapped_column(default=Frequency.EACH)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    told_until: Mapped[datetime]
    """What happened up to then has been told."""
