"""The table of changes, and what a row has that can be changed in the browser."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Kind(StrEnum):
    """What kind of thing was changed."""

    DEPARTMENT = "department"
    SERVICE = "service"
    QUESTION = "question"
    GROUP = "group"
    PLANNED_WORK = "planned_work"
    MUNICIPALITY = "municipality"
    ANSWER = "answer"
    DUTY = "duty"
    PERSON = "person"
    PRIVACY = "privacy"


class SetupChange(Base):
    """One change in the browser. Append-only: the database refuses changes.

    `before` None: it was added; `after` None: it was taken away. Never personal data about residents.
    """

    __tablename__ = "setup_change"
    __table_args__ = (Index("ix_setup_change_newest", "jurisdiction_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    occurred_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    kind: Mapped[str]
    subject: Mapped[str]
    """The name of the thing, as it was called then."""
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class Editable:
    """Columns of what can be changed both by files and in the browser."""

    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change in the browser."""
    is_edited: Mapped[bool] = mapped_column(default=False)
    """Changed in the browser: loading the folder leaves it alone."""
