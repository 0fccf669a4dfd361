"""Tables of words at once about danger, to staff who asked for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account, Device
from app.database import Base
from app.service_requests.models import HistoryEntry


class PushSubscription(Base):
    """Where a device takes push messages, as its browser said (RFC 8030; keys of RFC 8291, base64url)."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("device_id"), UniqueConstraint("endpoint"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey(Device.id, ondelete="CASCADE"))
    endpoint: Mapped[str]
    p256dh: Mapped[str]
    auth: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]


class AlertPush(Base):
    """An alert on its way to one device: taken, given up, or tried again when it is due."""

    __tablename__ = "alert_push"

    alert_id: Mapped[int] = mapped_column(
        ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True
    )
    device_id: Mapped[UUID] = mapped_column(
        ForeignKey(Device.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    tries: Mapped[int]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]


class Alert(Base):
    """One person told of one report that is dangerous, once: by the row of history that gave it to them."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("history_entry_id", "account_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    history_entry_id: Mapped[int] = mapped_column(ForeignKey(HistoryEntry.id, ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    push_sent_at: Mapped[datetime | None]
    mail_sent_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]
