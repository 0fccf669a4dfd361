"""Tables of people who sign in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from app.database import Base


class AcuteAlerts(StrEnum):
    """Whether someone on the staff wants a word at once about danger, and how."""

    OFF = "off"
    PUSH = "push"
    """To the devices that said yes; by e-mail when none of them can be reached."""
    MAIL = "mail"


class Account(Base):
    """Someone who signs in. Raising `session_epoch` ends all sessions."""

    __tablename__ = "account"
    __table_args__ = (
        Index(
            "uq_account_email",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("has_proved_address"),
        ),
        CheckConstraint("acute_alerts IN ('off', 'push', 'mail')", name="acute_alerts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    has_proved_address: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """An address that came with claims is nobody's until an invitation to it was opened. It is shown to people,
    and finds no account.
    """
    name: Mapped[str] = mapped_column(default="", server_default="")
    """What colleagues call them; empty: their address."""
    password_hash: Mapped[str | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    acute_alerts: Mapped[str] = mapped_column(default=AcuteAlerts.OFF)
    alert_language: Mapped[str] = mapped_column(default="nb")
    """The language in which the alerts were asked for."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    totp_sealed: Mapped[str | None]
    """The secret of the code app, sealed with the service's key."""
    totp_since: Mapped[datetime | None]
    """None: the secret is shown, and not yet proved to be in an app."""
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The newest period whose code was used: each works once (RFC 6238 §5.2)."""
    memberships: Mapped[list["Membership"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )

    @hybrid_property
    def label(self) -> str:
        """What colleagues see: the name, or the address without one."""
        return self.name or self.email

    @label.inplace.expression
    @classmethod
    def _label_expression(cls) -> ColumnElement[str]:
        return func.coalesce(func.nullif(cls.name, text("''")), cls.email)


class Membership(Base):
    """A role in a municipality, for one department or, without one, for all."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint(
            "jurisdiction_id",
            "account_id",
            "department_id",
            "role",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    role: Mapped[str]
    provider: Mapped[str | None]
    """The provider whose claims give the role, anew at each sign-in; None: given by a person."""


class Purpose(StrEnum):
    """What a letter's link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class AccountKey(Base):
    """The row behind a link in a letter: to come in for the first time, or to choose a new password.

    The link is this row's key, signed; it works once and for a time.
    """

    __tablename__ = "account_key"
    __table_args__ = (CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    """Whose letter and whose address it is."""
    purpose: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code for whoever has lost the code app. It works once; only its hash is kept."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class AccountIdentity(Base):
    """Who an account is at a provider. `subject` is `issuer|sub`."""

    __tablename__ = "account_identity"

    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    provider: Mapped[str]
    """The key of the provider in the operator's file."""
    session: Mapped[str | None]
    """The provider's `sid` of the last sign-in, by which it ends the session."""
    created_at: Mapped[datetime]


class ClaimRole(Base):
    """What a value among a provider's claims gives: a role, for a department or for all."""

    __tablename__ = "claim_role"
    __table_args__ = (
        UniqueConstraint(
            "jurisdiction_id",
            "provider",
            "value",
            "department_id",
            "role",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    provider: Mapped[str]
    value: Mapped[str]
    """As the provider sends it: the name of an app role, or the id of a group."""
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    role: Mapped[str]


class Way(StrEnum):
    """How someone signed in, or tried to."""

    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    RECOVERY_CODE = "recovery_code"
    LINK = "link"
    PROVIDER = "provider"


class Outcome(StrEnum):
    """What came of it."""

    IN = "in"
    WRONG = "wrong"
    LOCKED = "locked"
    NO_ROLE = "no_role"


class SignInEvent(Base):
    """A sign-in, or a try, of someone who has an account. Kept for a quarter of a year."""

    __tablename__ = "sign_in_event"
    __table_args__ = (Index("ix_sign_in_event_account_id", "account_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(index=True)
    way: Mapped[str]
    outcome: Mapped[str]
    device: Mapped[str]
    """«Android, Chrome»; never a network address."""


class Device(Base):
    """A phone or a browser that keeps jobs for when there is no coverage. `id` is made on the device.

    Ending it ends its session and makes it forget what it keeps.
    """

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str]
    """What it is, for its owner to know it again: «Android, Chrome»."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
