"""Tables of the catalogue."""

from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base


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


class ServiceGroup(Base):
    """One of the categories of the yearly table, in its order (`rank`)."""

    __tablename__ = "service_group"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    rank: Mapped[int]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]


class Service(Base):
    """What can be reported. Targets are working days; `fix_days` None means no promise."""

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

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
    needs: Mapped[str] = mapped_column(default=Needs.NOTHING)
    description_is_public: Mapped[bool] = mapped_column(default=False)
    archive_mode: Mapped[str] = mapped_column(default=ArchiveMode.NEVER)
    is_active: Mapped[bool] = mapped_column(default=True)
    group: Mapped[ServiceGroup] = relationship(lazy="joined")
