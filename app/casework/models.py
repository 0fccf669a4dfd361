"""Tables of the desk."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class SavedSearch(Base):
    """A search of the inbox by name: one's own, or one for everybody of a department."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "account_id", "name"),
        Index("ix_saved_search_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    """The query of the inbox's address, without the page."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    """Those who share a department with its maker see it too."""
    created_at: Mapped[datetime]


class Presence(Base):
    """Somebody has a report open now. A row that has not been renewed for a minute tells of the past."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_seen_at", "seen_at"),)

    service_request_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    seen_at: Mapped[datetime]
    is_writing: Mapped[bool] = mapped_column(default=False)
