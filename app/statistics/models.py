"""Tables of counts. `count_ledger` is written by a trigger on `service_request` (see migrations)."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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


class YearlyCount(Base):
    """The folded counts: a cache of the ledger, never the whole truth without its tail."""

    __tablename__ = "yearly_count"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    received: Mapped[int]
    led_to_improvement: Mapped[int]


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
