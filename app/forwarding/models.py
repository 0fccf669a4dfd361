"""The table of what was handed over to outside bodies."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class ForwardingState(StrEnum):
    """How far a handing over has come."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What an outside body can answer."""

    ACCEPT = "accepted"
    REFUSE = "refused"
    DONE = "done"


class Forwarding(Base):
    """One report on its way to an outside body: made by the row of history that sent it there, once."""

    __tablename__ = "forwarding"
    __table_args__ = (
        UniqueConstraint("history_entry_id"),
        CheckConstraint("way IN ('inbox', 'email', 'webhook', 'open311')", name="way"),
        CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'accepted', 'refused', 'done', 'withdrawn')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), index=True
    )
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    history_entry_id: Mapped[int] = mapped_column(
        ForeignKey("history_entry.id", ondelete="CASCADE")
    )
    way: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_attempt_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reference: Mapped[str | None]
