"""Tables of routing."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geography, Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.database import Base


class Channel(StrEnum):
    """How a report came in."""

    WEB = "web"
    API = "api"
    PHONE = "phone"
    COUNTER = "counter"
    EMAIL = "email"
    LETTER = "letter"
    SOCIAL = "social"
    IMPORT = "import"
    """From another system's records, long after: no rule asks for it."""


ASKED_CHANNELS = tuple(channel for channel in Channel if channel != Channel.IMPORT)
"""The channels that a rule may name."""


class RoadCategory(StrEnum):
    """NVDB's `vegkategori`: who owns the road."""

    EUROPEAN = "E"
    NATIONAL = "R"
    COUNTY = "F"
    MUNICIPAL = "K"
    PRIVATE = "P"
    FOREST = "S"
    UNKNOWN = "U"


class Owner(StrEnum):
    """Who owns a lamp or another numbered thing."""

    MUNICIPALITY = "municipality"
    COUNTY = "county"
    STATE = "state"
    PRIVATE = "private"
    GRID_COMPANY = "grid_company"
    UNKNOWN = "unknown"


class GroundKind(StrEnum):
    """What an import brought."""

    ROADS = "roads"
    ASSETS = "assets"


LAMP = "lamp"
"""The kind of asset that services with `needs: lamp` ask for."""


class RoadSegment(Base):
    """A piece of road and who owns it. Metres are measured on the globe, whatever the municipality's zone."""

    __tablename__ = "road_segment"
    __table_args__ = (
        CheckConstraint("category IN ('E', 'R', 'F', 'K', 'P', 'S', 'U')", name="category"),
        Index("ix_road_segment_category", "jurisdiction_id", "category"),
        Index("ix_road_segment_manager", "jurisdiction_id", "manager"),
        Index("ix_road_segment_line", "line", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    category: Mapped[str]
    number: Mapped[int | None]
    road_type: Mapped[str | None]
    manager: Mapped[str | None]
    street_name: Mapped[str | None]
    reference: Mapped[str | None]
    line: Mapped[WKBElement] = mapped_column(
        Geography("LINESTRING", srid=4326, spatial_index=False), deferred=True
    )


class Asset(Base):
    """A numbered thing, such as a lamp. One that an import no longer has goes out of use, never away."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "kind", "number"),
        CheckConstraint(
            "owner IN ('municipality', 'county', 'state', 'private', 'grid_company', 'unknown')",
            name="owner",
        ),
        Index(
            "ix_asset_circuit",
            "jurisdiction_id",
            "kind",
            "circuit",
            postgresql_where=text("circuit IS NOT NULL"),
        ),
        Index("ix_asset_owner", "jurisdiction_id", "owner", postgresql_where=text("is_active")),
        Index("ix_asset_position", "position", postgresql_using="gist"),
        Index("ix_asset_on_map", text("(position::geometry)"), postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    kind: Mapped[str]
    number: Mapped[str]
    owner: Mapped[str] = mapped_column(default=Owner.UNKNOWN)
    operator: Mapped[str | None]
    circuit: Mapped[str | None]
    position: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    is_active: Mapped[bool] = mapped_column(default=True)


class GroundImport(Base):
    """One import of roads or assets: what the ground is known from, and since when."""

    __tablename__ = "ground_import"
    __table_args__ = (Index("ix_ground_import_latest", "jurisdiction_id", "kind", "imported_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    kind: Mapped[str]
    source: Mapped[str]
    rows: Mapped[int]
    imported_at: Mapped[datetime]


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
    """Conditions and a department. All conditions that are set must hold; the lowest rank that fits decides.

    A season is two days of the year as month × 100 + day, both included, and may run over New Year.
    """

    __tablename__ = "routing_rule"
    __table_args__ = (
        Index("ix_routing_rule_rank", "jurisdiction_id", "rank"),
        CheckConstraint("service_id IS NULL OR service_group_id IS NULL", name="service_or_group"),
        CheckConstraint("(season_from IS NULL) = (season_to IS NULL)", name="season"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    rank: Mapped[int]
    name: Mapped[str]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    service_group_id: Mapped[int | None] = mapped_column(ForeignKey("service_group.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    channel: Mapped[str | None]
    road_categories: Mapped[list[str] | None]
    road_manager: Mapped[str | None]
    asset_owner: Mapped[str | None]
    season_from: Mapped[int | None] = mapped_column(SmallInteger)
    season_to: Mapped[int | None] = mapped_column(SmallInteger)
    is_acute: Mapped[bool | None]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_removed: Mapped[bool] = mapped_column(default=False)


class RoutingDraft(Base):
    """The rules as an administrator is changing them, not yet in force; see `drafts.Rule`."""

    __tablename__ = "routing_draft"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    version: Mapped[int]
    rules: Mapped[list[dict[str, Any]]]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    updated_at: Mapped[datetime]


class RuleChange(Base):
    """What was changed in the rules in force, by whom and when. Append-only: the database refuses changes."""

    __tablename__ = "rule_change"
    __table_args__ = (Index("ix_rule_change_newest", "jurisdiction_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    occurred_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    kind: Mapped[str]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rule.id"))
    title: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
