"""Tables of reports."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.catalog.models import Service
from app.database import Base
from app.departments.models import Department
from app.jurisdictions.models import District
from app.routing.models import Asset, RoutingRule
from app.service_requests.kinds import Visibility

OPEN = "status IN ('received', 'assessing', 'assigned', 'planned', 'in_progress')"
"""The condition of the partial indexes over open reports."""
DUE_OR_NEVER = (
    "COALESCE(LEAST(\nCASE\n WHEN first_response_at IS NULL THEN first_response_due_at"
    "\n ELSE NULL::timestamp with time zone\nEND, due_at), 'infinity'::timestamp with time zone)"
)
"""The next promise of ours: the first answer while it is not given, or the fix; what has none comes last."""


class ServiceRequest(Base):
    """One report. Its columns are what its history adds up to; `version` grows with every change."""

    __tablename__ = "service_request"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        CheckConstraint(f"({OPEN}) = (closed_at IS NULL)", name="closed_at"),
        CheckConstraint(
            "description_state IN ('waiting', 'shown', 'hidden')", name="description_state"
        ),
        CheckConstraint("duplicate_of_id IS NULL OR status = 'duplicate'", name="duplicate_of"),
        Index(
            "uq_service_request_idempotency_key",
            "jurisdiction_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index("ix_service_request_newest", "jurisdiction_id", "requested_at", "id"),
        Index(
            "ix_service_request_open_department",
            "jurisdiction_id",
            "department_id",
            "due_at",
            postgresql_include=[
                "status",
                "assignee_id",
                "waiting_since",
                "first_response_at",
                "first_response_due_at",
            ],
            postgresql_where=text(OPEN),
        ),
        Index(
            "ix_service_request_assignee",
            "assignee_id",
            postgresql_where=text("assignee_id IS NOT NULL"),
        ),
        Index(
            "ix_service_request_desk",
            "jurisdiction_id",
            text("NOT is_acute"),
            text(DUE_OR_NEVER),
            "id",
            postgresql_where=text(OPEN),
        ),
        Index(
            "ix_service_request_words",
            "description",
            "place_text",
            postgresql_using="gin",
            postgresql_ops={"description": "gin_trgm_ops", "place_text": "gin_trgm_ops"},
        ),
        Index("ix_service_request_position", "public_position", postgresql_using="gist"),
        Index(
            "ix_service_request_closed",
            "jurisdiction_id",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        Index("ix_service_request_received", "jurisdiction_id", "received_year"),
        Index(
            "ix_service_request_duplicate_of",
            "duplicate_of_id",
            postgresql_where=text("duplicate_of_id IS NOT NULL"),
        ),
        Index(
            "ix_service_request_map",
            "jurisdiction_id",
            "morton",
            postgresql_include=["px", "py", "phase", "service_id", "id"],
            postgresql_where=text("on_map"),
        ),
        Index(
            "ix_service_request_leaves_map",
            "jurisdiction_id",
            "closed_at",
            postgresql_where=text("on_map AND closed_at IS NOT NULL"),
        ),
        Index(
            "ix_service_request_near",
            text("(public_position::geography)"),
            postgresql_using="gist",
            postgresql_where=text("on_map"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    number: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    position: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    description: Mapped[str]
    description_state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    """Whether anyone may read the words, where the service lets anyone (`ModerationState`)."""
    description_decided_at: Mapped[datetime | None]
    description_decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey(Account.id, ondelete="SET NULL")
    )
    status: Mapped[str]
    led_to_improvement: Mapped[bool] = mapped_column(default=False)
    requested_at: Mapped[datetime]
    received_year: Mapped[int] = mapped_column(SmallInteger)
    updated_at: Mapped[datetime]
    first_response_due_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    channel: Mapped[str]
    device_class: Mapped[str] = mapped_column(default="unknown")
    language: Mapped[str]
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"))
    routing_rule_id: Mapped[int | None] = mapped_column(
        ForeignKey(RoutingRule.id, ondelete="SET NULL")
    )
    routing_reason: Mapped[dict[str, str]]
    is_acute: Mapped[bool] = mapped_column(default=False)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    """Who on the staff has taken it, or was given it."""
    waiting_since: Mapped[datetime | None]
    """Since when the reporter has been asked and has not answered; the time does not count."""
    waited_days: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """So many of our days we have waited for the one who reported; the day of the fix is later by them."""
    road_category: Mapped[str | None]
    road_manager: Mapped[str | None]
    asset_owner: Mapped[str | None]
    refusals: Mapped[int] = mapped_column(SmallInteger, default=0)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was answered to the service's questions, by their codes."""
    place_text: Mapped[str | None]
    """The street address or name of the place, as it is written; None while it is not known."""
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)
    idempotency_key: Mapped[str | None]
    idempotency_fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)

    # The database's own, by triggers: what anyone may know of the place, where that stands on the grid (see
    # `grid.py`), whether the map shows it (it is open, or was closed within 90 days, and was not rejected),
    # and the district it is in.
    public_position: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False),
        server_default=FetchedValue(),
        server_onupdate=FetchedValue(),
        deferred=True,
    )
    public_place_text: Mapped[str | None] = mapped_column(
        server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True
    )
    district_id: Mapped[int | None] = mapped_column(
        ForeignKey(District.id, ondelete="SET NULL"), server_default=FetchedValue(), deferred=True
    )
    px: Mapped[int] = mapped_column(server_default=FetchedValue(), deferred=True)
    py: Mapped[int] = mapped_column(server_default=FetchedValue(), deferred=True)
    morton: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue(), deferred=True)
    phase: Mapped[int] = mapped_column(SmallInteger, server_default=FetchedValue(), deferred=True)
    on_map: Mapped[bool] = mapped_column(server_default=FetchedValue(), deferred=True)

    service: Mapped[Service] = relationship(lazy="joined")
    department: Mapped[Department] = relationship(lazy="joined")
    assets: Mapped[list[Asset]] = relationship(
        secondary="service_request_asset", order_by=Asset.number, viewonly=True
    )
    history: Mapped[list["HistoryEntry"]] = relationship(
        order_by="HistoryEntry.id", passive_deletes=True, back_populates="service_request"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MapLedger(Base):
    """A change of what the map shows, not yet folded: a report that came to a cell (+1) or left it (-1)."""

    __tablename__ = "map_ledger"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int]
    service_id: Mapped[int]
    phase: Mapped[int] = mapped_column(SmallInteger)
    morton: Mapped[int] = mapped_column(BigInteger)
    px: Mapped[int]
    py: Mapped[int]
    service_request_id: Mapped[int] = mapped_column(BigInteger)
    sign: Mapped[int] = mapped_column(SmallInteger)


class MapCell(Base):
    """How many reports the map shows in a cell: folded counts, never the whole truth without the ledger.

    `cell` is the first 2 × `level` bits of the key; `service_id` 0 stands for all services together.
    The sums give a cell's middle, and the one report of a cell that has only one.
    """

    __tablename__ = "map_cell"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    service_id: Mapped[int] = mapped_column(primary_key=True)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    phase: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    count: Mapped[int]
    sum_px: Mapped[int] = mapped_column(BigInteger)
    sum_py: Mapped[int] = mapped_column(BigInteger)
    sum_id: Mapped[int] = mapped_column(BigInteger)


class ServiceRequestAsset(Base):
    """A lamp, or another numbered thing, that a report is about."""

    __tablename__ = "service_request_asset"

    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    asset_id: Mapped[int] = mapped_column(ForeignKey(Asset.id), primary_key=True, index=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))


class HistoryEntry(Base):
    """Something that happened. Append-only: the database refuses changes."""

    __tablename__ = "history_entry"
    __table_args__ = (
        Index("ix_history_entry_request", "service_request_id", "id"),
        Index("ix_history_entry_newest", "jurisdiction_id", "occurred_at", "id"),
        Index(
            "ix_history_entry_decisions",
            "jurisdiction_id",
            "occurred_at",
            postgresql_where=text("kind IN ('routed', 'rerouted', 'refused')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    actor: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    status: Mapped[str | None]
    message: Mapped[str | None]
    visibility: Mapped[str] = mapped_column(default=Visibility.PUBLIC)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    service_request: Mapped[ServiceRequest] = relationship(back_populates="history")
    department: Mapped[Department | None] = relationship(lazy="joined")


class Contact(Base):
    """How to reach someone: the only personal data about residents. Deleting the row erases it.

    With a report: the one who reported. Without: someone who follows.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint(
            "email IS NOT NULL OR phone IS NOT NULL OR subject IS NOT NULL", name="reachable"
        ),
        Index(
            "ix_contact_email",
            "jurisdiction_id",
            text("lower(email)"),
            postgresql_where=text("email IS NOT NULL"),
        ),
        Index(
            "ix_contact_phone",
            "jurisdiction_id",
            "phone",
            postgresql_where=text("phone IS NOT NULL"),
        ),
        Index(
            "ix_contact_subject",
            "jurisdiction_id",
            "subject",
            postgresql_where=text("subject IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    service_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), unique=True
    )
    email: Mapped[str | None]
    phone: Mapped[str | None]
    """E.164: +4791234567."""
    name: Mapped[str | None]
    subject: Mapped[str | None]
    """Who signed in, as the provider names them for us alone: `issuer|sub`. Never an identity number."""
    language: Mapped[str] = mapped_column(default="nb")
    wants_messages: Mapped[bool] = mapped_column(default=True)
    stopped_at: Mapped[datetime | None]
    """When sending to the address was given up."""
    stop_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
