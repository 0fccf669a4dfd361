"""Tables of counts. `count_ledger` is written by a trigger on `service_request` (see migrations)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.database import Base


class Measure(StrEnum):
    """What a figure counts."""

    RECEIVED = "received"
    LED_TO_IMPROVEMENT = "led_to_improvement"


class CountLedger(Base):
    """A change of a count, not yet folded: +1 or -1 for a report that entered or left a year or a service."""

    __tablename__ = "count_ledger"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int]
    service_id: Mapped[int]
    year: Mapped[int] = mapped_column(SmallInteger)
    received: Mapped[int]
    led_to_improvement: Mapped[int]
    outcome_unknown: Mapped[int]


class YearlyCount(Base):
    """The folded counts: a cache of the ledger, never the whole truth without its tail."""

    __tablename__ = "yearly_count"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    received: Mapped[int]
    led_to_improvement: Mapped[int]
    outcome_unknown: Mapped[int]


class HistoricCount(Base):
    """A figure exactly as published before this service counted. `group_code` None is the total;
    value None is missing.
    """

    __tablename__ = "historic_count"
    __table_args__ = (
        UniqueConstraint(
            "jurisdiction_id", "year", "group_code", "measure", postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    group_code: Mapped[str | None]
    measure: Mapped[str]
    value: Mapped[int | None]
    source: Mapped[str]
    note: Mapped[dict[str, str] | None]


class IndicatorSeries(Base):
    """What a figure from elsewhere measures, and the band that is aimed at.

    `target_best` and `target_least` are the band's two ends, in the series' unit; `more_is_better` None means
    neither.
    """

    __tablename__ = "indicator_series"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    rank: Mapped[int]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    unit: Mapped[str]
    decimals: Mapped[int] = mapped_column(SmallInteger, default=0)
    target_best: Mapped[Decimal | None]
    target_least: Mapped[Decimal | None]
    target_near: Mapped[Decimal | None]
    """From here to the band a value is close to it; None: nothing is close."""
    more_is_better: Mapped[bool | None]
    measured_by: Mapped[str | None]
    """The measure of this service that goes on where the series ends."""


POPULATION = "population"
"""The series that rates per 1000 inhabitants are made with, for the whole municipality or by district."""


class Indicator(Base):
    """A figure from elsewhere, exactly as given. Value None: missing; district None: the whole municipality."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint(
            "series_id",
            "year",
            "district_code",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey(IndicatorSeries.id, ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(SmallInteger)
    district_code: Mapped[str | None]
    value: Mapped[Decimal | None]
    source: Mapped[str]
    note: Mapped[dict[str, str] | None]


class SealedYear(Base):
    """A year's figures as they stood when the year was closed. The database refuses to change or remove them.

    `digest` is the SHA-256 of the content as canonical JSON, in hexadecimal. Before `public_from` only staff
    see it.
    """

    __tablename__ = "sealed_year"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    public_from: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]


class RevisionReason(StrEnum):
    """Why a count of a sealed year changed."""

    ADDED = "added"
    REMOVED = "removed"
    REJECTED = "rejected"
    NOT_REJECTED = "not_rejected"
    MOVED = "moved"
    CATEGORY = "category"
    IMPROVEMENT = "improvement"
    OUTCOME = "outcome"


class FigureRevision(Base):
    """What a report's change did to a sealed year's counts; written by the trigger of the ledger.

    The sealed figures and these add up to today's. The database refuses to change or remove them.
    """

    __tablename__ = "figure_revision"
    __table_args__ = (Index("ix_figure_revision_year", "jurisdiction_id", "year", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    service_id: Mapped[int]
    received: Mapped[int]
    led_to_improvement: Mapped[int]
    outcome_unknown: Mapped[int]
    reason: Mapped[str]
    number: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(server_default=func.now())
