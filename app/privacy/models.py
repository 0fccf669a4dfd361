"""Tables of what is personal."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.database import Base


class Look(StrEnum):
    """What was looked at."""

    CONTACT = "contact"
    """Who made a report, and their other reports."""
    SEARCH = "search"
    """The reports of an e-mail address. The address is not written down."""
    EXPORT = "export"
    """All that is kept of a person was handed out."""
    ERASURE = "erasure"
    """All that is kept of a person was erased."""


class ContactAccess(Base):
    """Somebody on the staff has looked at a resident's contact data. Append-only; nothing personal in it."""

    __tablename__ = "contact_access"
    __table_args__ = (
        Index("ix_contact_access_newest", "jurisdiction_id", "id"),
        Index("ix_contact_access_service_request_id", "service_request_id"),
        Index("ix_contact_access_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    service_request_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("service_request.id", ondelete="CASCADE")
    )
    what: Mapped[str]
    looked_at: Mapped[datetime]


class RetentionRun(Base):
    """One night's clearing out: how many of each were removed. Figures only."""

    __tablename__ = "retention_run"
    __table_args__ = (Index("ix_retention_run_newest", "jurisdiction_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    ran_at: Mapped[datetime]
    contacts: Mapped[int]
    photos: Mapped[int]
    texts: Mapped[int]
