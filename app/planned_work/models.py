"""The table of planned work."""

from datetime import date

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.setup_log.models import Editable


class PlannedWork(Editable, Base):
    """Work in an area (EPSG:4326), from and with `starts_on`, to and with `ends_on`."""

    __tablename__ = "planned_work"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        CheckConstraint("ends_on >= starts_on", name="period"),
        Index("ix_planned_work_area", "area", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    area: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    service_group_id: Mapped[int | None] = mapped_column(ForeignKey("service_group.id"))
