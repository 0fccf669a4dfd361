"""What was sent. No address is kept here: that is `contact`'s alone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


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
