"""Tables of people who sign in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
        Index("uq_account_email", text("lower(email)"), unique=True),
        CheckConstraint("acute_alerts IN ('off', 'push', 'mail')", name="acute_alerts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
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
    memberships: Mapped[list["Membership"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )


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
