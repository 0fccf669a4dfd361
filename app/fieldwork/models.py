"""Tables of the crews: what was sent from the field, rounds, links for contractors."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account, Device
from app.database import Base
from app.departments.models import Department
from app.photos.models import Photo
from app.service_requests.models import ServiceRequest


class Outcome(StrEnum):
    """What became of an action that was sent from the field."""

    DONE = "done"
    MERGED = "merged"
    """Done, beside what others had done meanwhile."""
    ALREADY = "already"
    """Someone else had done the same; nothing was lost by it."""
    CONFLICT = "conflict"
    """It does not go together with what others have done: the person decides."""
    REFUSED = "refused"
    """It cannot be done. The answer says why."""


class CrewAction(Base):
    """An action sent from the field, applied exactly once. `id` is made on the device.

    `answer` is what the device was told, and is told again when it repeats itself. `data` keeps what is in
    conflict until someone has decided.
    """

    __tablename__ = "crew_action"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('done', 'merged', 'already', 'conflict', 'refused')", name="outcome"
        ),
        CheckConstraint("data IS NULL OR outcome = 'conflict'", name="data"),
        Index(
            "ix_crew_action_waiting",
            "jurisdiction_id",
            "received_at",
            postgresql_where=text("outcome = 'conflict' AND resolved_by_id IS NULL"),
        ),
    )

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey(Device.id, ondelete="SET NULL"))
    service_request_id: Mapped[int | None] = mapped_column(
        ForeignKey(ServiceRequest.id, ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of what was sent, so that another action under the same id is refused."""
    outcome: Mapped[str]
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    resolved_by_id: Mapped[UUID | None]
    """The action that decided a conflict."""
    happened_at: Mapped[datetime]
    """By the clock of the device."""
    received_at: Mapped[datetime]


class CrewPhoto(Base):
    """A photo sent from the field under the id that the device gave it: sent twice, it is still one."""

    __tablename__ = "crew_photo"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    photo_id: Mapped[int] = mapped_column(ForeignKey(Photo.id, ondelete="CASCADE"), index=True)
    photo: Mapped[Photo] = relationship(lazy="joined")


class StopState(StrEnum):
    """Whether a stop of a round is done."""

    WAITING = "waiting"
    DONE = "done"
    MOVED = "moved"
    """Not done that day: it stands in a later round."""


class Round(Base):
    """Jobs in an order, for a crew and a day. `version` grows with every change of the foreman's."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("department_id", "day", "title"),
        Index("ix_round_day", "jurisdiction_id", "day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id))
    day: Mapped[date]
    """By the municipality's local time."""
    title: Mapped[str]
    """The crew's name: «Lag 1»."""
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    created_at: Mapped[datetime]
    members: Mapped[list[Account]] = relationship(secondary="round_member", viewonly=True)
    stops: Mapped[list["RoundStop"]] = relationship(
        order_by="RoundStop.rank", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RoundMember(Base):
    """Who goes a round. Without anyone it is for the whole department."""

    __tablename__ = "round_member"

    round_id: Mapped[int] = mapped_column(
        ForeignKey(Round.id, ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))


class RoundStop(Base):
    """A job in a round."""

    __tablename__ = "round_stop"
    __table_args__ = (
        UniqueConstraint("round_id", "service_request_id"),
        CheckConstraint("state IN ('waiting', 'done', 'moved')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey(Round.id, ondelete="CASCADE"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey(ServiceRequest.id, ondelete="CASCADE"), index=True
    )
    rank: Mapped[int]
    state: Mapped[str] = mapped_column(default=StopState.WAITING)
    planned_since: Mapped[date]
    """The day it was first planned for; earlier than the round's when it has been moved."""
    ticked_at: Mapped[datetime | None]
    ticked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    service_request: Mapped[ServiceRequest] = relationship()


class JobLink(Base):
    """A link by which a contractor without an account works on one report until it expires or is ended."""

    __tablename__ = "job_link"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey(ServiceRequest.id, ondelete="CASCADE"), index=True
    )
    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id))
    """Who gave it out. It counts as long as the report is theirs."""
    label: Mapped[str]
    """The firm it is for."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """When it was first used."""
    service_request: Mapped[ServiceRequest] = relationship()
