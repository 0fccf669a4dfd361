"""Letters that came to a mailbox: what became of each, and what still waits for someone to decide."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.database import Base
from app.service_requests.models import Contact, ServiceRequest


class LetterState(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    REPORT = "report"
    ADDED = "added"
    """It was added to a report that was there."""
    ANSWERED = "answered"
    DISCARDED = "discarded"
    KEPT_OUT = "kept_out"
    """From a machine, from ourselves, or too many: nobody has looked at it."""


class Reason(StrEnum):
    """Why a letter waits, or why it was kept out."""

    NO_PLACE = "no_place"
    NO_SERVICE = "no_service"
    NO_WORDS = "no_words"
    NOT_THE_REPORTER = "not_the_reporter"
    """It names a report, but comes from another address than the one who reported it."""
    CLOSED = "closed"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    """What it says cannot be taken in as a report without someone's help."""
    AUTOMATIC = "automatic"
    LIST = "list"
    OURS = "ours"
    SPAM = "spam"
    NO_SENDER = "no_sender"
    TOO_MANY = "too_many"


class IncomingLetter(Base):
    """One letter. Once it is decided only its key, its state and what it became are left.

    The sender stands in `contact`; the words are the letter's own until then.
    """

    __tablename__ = "incoming_letter"
    __table_args__ = (
        Index("ux_incoming_letter_key", "jurisdiction_id", "key", unique=True),
        Index(
            "ix_incoming_letter_waiting",
            "jurisdiction_id",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_incoming_letter_sender", "jurisdiction_id", "sender_mark", "received_at"),
        Index("ix_incoming_letter_received", "received_at"),
        Index(
            "ix_incoming_letter_contact",
            "contact_id",
            postgresql_where=text("contact_id IS NOT NULL"),
        ),
        Index(
            "ix_incoming_letter_request",
            "service_request_id",
            postgresql_where=text("service_request_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    mailbox: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of what tells the letter from others: its Message-ID, its sender and its words."""
    sender_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A keyed hash of the sender's address, for counting letters of one sender."""
    received_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    service_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_request.id", ondelete="SET NULL")
    )
    """What it became, or what it is about."""
    message_id: Mapped[str | None]
    subject: Mapped[str | None]
    words: Mapped[str | None]
    photos: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Keys of photos that were kept."""
    left_out: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Names of files that were not kept."""
    answer: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))

    contact: Mapped[Contact | None] = relationship()
    service_request: Mapped[ServiceRequest | None] = relationship()
