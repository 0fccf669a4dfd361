"""Tables of routing."""

from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Channel(StrEnum):
    """How a report came in."""

    WEB = "web"
    API = "api"


class Area(Base):
    """A named area that rules may ask for."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    name: Mapped[dict[str, str]]
    boundary: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=True), deferred=True
    )


class RoutingRule(Base):
    """Conditions and a department. All conditions that are set must hold; the lowest rank that fits decides."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        Index("ix_routing_rule_rank", "jurisdiction_id", "rank"),
        CheckConstraint("service_id IS NULL OR service_group_id IS NULL", name="service_or_group"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    rank: Mapped[int]
    name: Mapped[str]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    service_group_id: Mapped[int | None] = mapped_column(ForeignKey("service_group.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    channel: Mapped[str | None]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
