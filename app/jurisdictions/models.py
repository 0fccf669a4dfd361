"""Tables of municipalities."""

from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, CheckConstraint, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base

LICENCES = ("NLOD-2.0", "CC-BY-4.0")
"""What open data may be published under; the first one unless a municipality chooses."""


class Openness(StrEnum):
    """How public something is that residents add."""

    OFF = "off"
    AFTER_APPROVAL = "after_approval"
    ON = "on"


class Jurisdiction(Base):
    """A municipality. `boundary` includes the sea: quays and islands belong to it."""

    __tablename__ = "jurisdiction"
    __table_args__ = (
        CheckConstraint("comments IN ('off', 'after_approval', 'on')", name="comments"),
        CheckConstraint("photos IN ('off', 'after_approval', 'on')", name="photos"),
        CheckConstraint("licence IN ('NLOD-2.0', 'CC-BY-4.0')", name="licence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]]
    organisation_number: Mapped[str]
    number_prefix: Mapped[str] = mapped_column(unique=True)
    country: Mapped[str] = mapped_column(default="NO")
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    host_names: Mapped[list[str]]
    map_bounds: Mapped[list[float]] = mapped_column(ARRAY(Double))
    map_centre: Mapped[list[float]] = mapped_column(ARRAY(Double))
    map_zoom: Mapped[int]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    emergency_numbers: Mapped[list[dict[str, Any]]]
    comments: Mapped[str] = mapped_column(default=Openness.OFF)
    """Residents' comments on reports."""
    photos: Mapped[str] = mapped_column(default=Openness.AFTER_APPROVAL)
    """Photos on the pages that anyone can see. The one who reported and staff always see them."""
    embed_origins: Mapped[list[str]] = mapped_column(default=list)
    """Web sites that may show our map in a frame: `https://www.example.org`."""
    licence: Mapped[str] = mapped_column(default=LICENCES[0])
    """Of the open data: one of LICENCES."""
    accessibility_url: Mapped[str | None]
    """The statement at uustatus.no."""
    label_services: Mapped[dict[str, str]] = mapped_column(default=dict)
    """By kind of asset, the code of the service that its label opens the form with."""
    sealing: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """When last year is sealed, `{day: "02-15", public_after_days: 14}`; None: only by hand."""
    opening_hours: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    """When the telephone is answered, in words."""
    preliminary_days: Mapped[int | None] = mapped_column(default=21, server_default="21")
    """Whoever has heard nothing by then is written to; None: only when the service's own days are over."""
    contact_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with every change of the lines above, of the contact and of the numbers in the browser; after the
    first the folder leaves contact and numbers alone."""
    keep_contact_days: Mapped[int | None] = mapped_column(default=90, server_default="90")
    """How long after the closing of a report the address of the one who reported is kept; None: for good."""
    keep_photo_days: Mapped[int | None] = mapped_column(default=365, server_default="365")
    keep_text_days: Mapped[int | None] = mapped_column(default=730, server_default="730")
    """Also for answers, messages and comments of the one who reported."""
    boundary: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), deferred=True
    )
    boundary_source: Mapped[str]

    def public_url(self, base_url: str) -> str:
        """Where people reach this municipality: `base_url`, under its own host name where it has one."""
        parts = urlsplit(base_url)
        if not self.host_names or parts.hostname in self.host_names:
            return base_url
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{self.host_names[0]}{port}"


class District(Base):
    """A part of the municipality that figures are given for. Districts do not overlap. EPSG:4326.

    The database keeps `service_request.district_id` in line with them.
    """

    __tablename__ = "district"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        Index("ix_district_area", "area", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    rank: Mapped[int]
    name: Mapped[dict[str, str]]
    source: Mapped[str]
    area: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), deferred=True
    )


class Place(Base):
    """A named place that residents can pick from a list instead of the map."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    name: Mapped[str]
    kind: Mapped[str]
    position: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class KnownMunicipality(Base):
    """A municipality that we know by name and boundary, ours or not: to say where a place outside lies."""

    __tablename__ = "known_municipality"

    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    boundary: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=True), deferred=True
    )
    source: Mapped[str]
