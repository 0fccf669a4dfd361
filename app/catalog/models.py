"""Tables of the catalogue."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import REAL, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.setup_log.models import Editable


class Needs(StrEnum):
    """What the service needs to find who answers: nothing, the road, or the lamp."""

    NOTHING = "nothing"
    ROAD = "road"
    LAMP = "lamp"


class ArchiveMode(StrEnum):
    """Whether a report becomes an archive case."""

    NEVER = "never"
    ON_REQUEST = "on_request"
    ALWAYS = "always"


class ContactNeed(StrEnum):
    """What a service asks of the one who reports: nothing, an address, or one they have shown to be theirs."""

    NONE = "none"
    ADDRESS = "address"
    CONFIRMED = "confirmed"


class PositionPrecision(StrEnum):
    """What anyone may know of the place of a report: the place itself, or only the street it is at."""

    EXACT = "exact"
    STREET = "street"


class QuestionKind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes_no"
    NUMBER = "number"
    TEXT = "text"


class ServiceGroup(Editable, Base):
    """One of the categories of the yearly table, in its order (`rank`)."""

    __tablename__ = "service_group"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    rank: Mapped[int]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]


class Service(Editable, Base):
    """What can be reported. `fix_days` None means no promise."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        CheckConstraint("contact_need IN ('none', 'address', 'confirmed')", name="contact_need"),
        CheckConstraint("position_precision IN ('exact', 'street')", name="position_precision"),
        CheckConstraint("duplicate_metres BETWEEN 0 AND 1000", name="duplicate_metres"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("service_group.id"), index=True)
    code: Mapped[str]
    rank: Mapped[int]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    keywords: Mapped[dict[str, list[str]]]
    first_response_days: Mapped[int]
    fix_days: Mapped[int | None]
    counts_calendar_days: Mapped[bool] = mapped_column(default=False, server_default="false")
    """All days count for the targets, else working days alone."""
    needs: Mapped[str] = mapped_column(default=Needs.NOTHING)
    description_is_public: Mapped[bool] = mapped_column(default=False)
    description_needs_look: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Everyone reads the text only once someone on the staff has looked at it."""
    archive_mode: Mapped[str] = mapped_column(default=ArchiveMode.NEVER)
    duplicate_metres: Mapped[int] = mapped_column(SmallInteger, default=50)
    """So near another report of the same kind is probably the same fault; 0 asks never."""
    contact_need: Mapped[str] = mapped_column(default=ContactNeed.NONE)
    position_precision: Mapped[str] = mapped_column(default=PositionPrecision.EXACT)
    is_active: Mapped[bool] = mapped_column(default=True)
    group: Mapped[ServiceGroup] = relationship(lazy="joined")
    questions: Mapped[list["ServiceQuestion"]] = relationship(
        order_by="ServiceQuestion.rank", lazy="selectin", viewonly=True
    )


class ServiceQuestion(Base):
    """Something more that a service asks. `choices` are `{"code": …, "name": {language: text}}`."""

    __tablename__ = "service_question"
    __table_args__ = (
        UniqueConstraint("service_id", "code"),
        CheckConstraint("kind IN ('choice', 'several', 'yes_no', 'number', 'text')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    code: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    is_required: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    label: Mapped[dict[str, str]]
    hint: Mapped[dict[str, str]] = mapped_column(default=dict)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class ServiceTerm(Base):
    """A name, keyword or description by which a service is found; `search.rebuild` fills the table."""

    __tablename__ = "service_term"
    __table_args__ = (
        Index("ix_service_term_words", "words", postgresql_using="gin"),
        Index(
            "ix_service_term_term",
            "term",
            postgresql_using="gin",
            postgresql_ops={"term": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    language: Mapped[str]
    weight: Mapped[float] = mapped_column(REAL)
    term: Mapped[str]
    words: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector(CASE language WHEN 'en' THEN 'english'::regconfig"
            " ELSE 'norwegian'::regconfig END, term)",
            persisted=True,
        ),
    )
