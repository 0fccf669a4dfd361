"""Tables of what people add to a report: photos, comments, «me too», a mark, what became of a hint."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.catalog.models import Service
from app.database import Base
from app.photos.models import Photo


class PhotoShows(StrEnum):
    """What a photo of a report is of."""

    FAULT = "fault"
    FIX = "fix"


class ServiceRequestPhoto(Base):
    """A photo of a report: of the fault or of the fix."""

    __tablename__ = "service_request_photo"
    __table_args__ = (
        CheckConstraint("shows IN ('fault', 'fix')", name="shows"),
        CheckConstraint(
            "added_by IN ('reporter', 'resident', 'staff', 'outside')", name="added_by"
        ),
        CheckConstraint("state IN ('waiting', 'shown', 'hidden')", name="state"),
        Index("ix_service_request_photo_request", "service_request_id", "rank"),
        Index(
            "ix_service_request_photo_waiting",
            "jurisdiction_id",
            "added_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    photo_id: Mapped[int] = mapped_column(
        ForeignKey(Photo.id, ondelete="CASCADE"), primary_key=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE")
    )
    history_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("history_entry.id", ondelete="SET NULL")
    )
    shows: Mapped[str]
    added_by: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    added_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    """Who of the staff showed or hid it last."""
    photo: Mapped[Photo] = relationship(lazy="joined")


class Attachment(Base):
    """A file that the desk added to a report, for staff alone. The bytes are in the store, under `key`."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[UUID] = mapped_column(unique=True)
    file_name: Mapped[str]
    """As it was called where it came from; shown, and never a path."""
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes]
    added_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))


class Comment(Base):
    """What someone says about a report for all to read."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("author IN ('reporter', 'resident', 'municipality')", name="author"),
        CheckConstraint("state IN ('waiting', 'shown', 'hidden')", name="state"),
        Index("ix_comment_request", "service_request_id", "id"),
        Index(
            "ix_comment_waiting",
            "jurisdiction_id",
            "created_at",
            postgresql_where=text("state = 'waiting' OR complaints > 0"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE")
    )
    author: Mapped[str]
    text: Mapped[str]
    state: Mapped[str]
    complaints: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))


class Support(Base):
    """«Me too» from one device; `device` is a hash of a random value that its browser keeps."""

    __tablename__ = "support"

    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    device: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    created_at: Mapped[datetime]


class Satisfaction(Base):
    """What the one who reported thinks of how it went: 1 (worst) to 6."""

    __tablename__ = "satisfaction"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 6", name="score"),)

    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    score: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str | None]
    """For staff alone; goes when the report is erased."""
    answered_at: Mapped[datetime]


class DuplicateHint(Base):
    """That someone was shown reports that may be of the same fault, and what they made of it.

    `key` is the form's own idempotency key: one row for each report that was begun.
    """

    __tablename__ = "duplicate_hint"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "key"),
        CheckConstraint("outcome IN ('followed', 'added_photo', 'another')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey(Service.id, ondelete="CASCADE"))
    key: Mapped[str]
    candidates: Mapped[int] = mapped_column(SmallInteger)
    shown_at: Mapped[datetime]
    outcome: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class Complaint(Base):
    """That someone finds a comment or a photo out of place: once for each device."""

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("(comment_id IS NULL) <> (photo_id IS NULL)", name="about"),
        UniqueConstraint("comment_id", "device"),
        UniqueConstraint("photo_id", "device"),
        Index("ix_complaint_jurisdiction_id", "jurisdiction_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id, ondelete="CASCADE"))
    photo_id: Mapped[int | None] = mapped_column(
        ForeignKey(ServiceRequestPhoto.photo_id, ondelete="CASCADE")
    )
    device: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
