"""SELECTs over municipalities and places."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import any_, func, select
from sqlalchemy.orm import undefer

from app.database import session
from app.geo.positions import Position
from app.i18n import localised
from app.jurisdictions.models import Jurisdiction, KnownMunicipality, Place


@dataclass(frozen=True, kw_only=True)
class NamedPlace:
    """A place to pick from a list."""

    id: int
    name: str
    kind: str
    position: Position


def all_jurisdictions() -> Sequence[Jurisdiction]:
    """Every municipality, by number."""
    return session().scalars(select(Jurisdiction).order_by(Jurisdiction.number)).all()


def by_number(number: str) -> Jurisdiction | None:
    """The municipality with this number, its boundary included."""
    query = (
        select(Jurisdiction)
        .where(Jurisdiction.number == number)
        .options(undefer(Jurisdiction.boundary))
    )
    return session().scalars(query).one_or_none()


LOCAL = "localhost"
"""Browsers find every host name below it on the machine itself."""


def for_host(host: str) -> Jurisdiction | None:
    """The municipality that has this host name, or whose `<slug>.localhost` it is;
    when it is none's and there is only one municipality, that one.
    """
    named = select(Jurisdiction).where(any_(Jurisdiction.host_names) == host)
    found = session().scalars(named.order_by(Jurisdiction.number)).first()
    if found:
        return found
    slug = select(Jurisdiction).where(Jurisdiction.slug + f".{LOCAL}" == host)
    found = session().scalars(slug).first()
    if found:
        return found
    few = session().scalars(select(Jurisdiction).limit(2)).all()
    return few[0] if len(few) == 1 else None


def address_of(jurisdiction: Jurisdiction, base_url: str) -> str | None:
    """Where people reach one of several municipalities. Without a host name that is `<slug>.localhost` where
    the service runs for this machine only; elsewhere it has no address yet.
    """
    if jurisdiction.host_names:
        return jurisdiction.public_url(base_url)
    parts = urlsplit(base_url)
    if parts.hostname not in {LOCAL, "127.0.0.1", "::1"}:
        return None
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{jurisdiction.slug}.{LOCAL}{port}"


def covering(position: Position) -> Jurisdiction | None:
    """The municipality that covers the position, if one of ours does."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    query = select(Jurisdiction).where(func.ST_Covers(Jurisdiction.boundary, point))
    return session().scalars(query.order_by(Jurisdiction.number)).first()


def known_name_at(position: Position) -> str | None:
    """The name of a municipality that is not here but covers the position, if its boundary is known."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    query = select(KnownMunicipality.name).where(func.ST_Covers(KnownMunicipality.boundary, point))
    return session().scalars(query).first()


def boundary_geojson(jurisdiction_id: int) -> str:
    """The boundary as GeoJSON text, EPSG:4326, 6 decimals."""
    query = select(func.ST_AsGeoJSON(Jurisdiction.boundary, 6)).where(
        Jurisdiction.id == jurisdiction_id
    )
    return session().scalar(query) or ""


def covers(jurisdiction_id: int, position: Position) -> bool:
    """Whether the municipality, sea included, covers the position."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    query = select(func.ST_Covers(Jurisdiction.boundary, point)).where(
        Jurisdiction.id == jurisdiction_id
    )
    return bool(session().scalar(query))


def other_name_at(jurisdiction_id: int, position: Position) -> str | None:
    """The name of another municipality that covers the position, if its boundary is known."""
    point = func.ST_SetSRID(func.ST_MakePoint(position.longitude, position.latitude), 4326)
    ours = select(Jurisdiction.name).where(
        Jurisdiction.id != jurisdiction_id, func.ST_Covers(Jurisdiction.boundary, point)
    )
    found = session().scalars(ours).first()
    if found:
        return localised(found)
    own = select(Jurisdiction.number).where(Jurisdiction.id == jurisdiction_id).scalar_subquery()
    known = select(KnownMunicipality.name).where(
        KnownMunicipality.number != own, func.ST_Covers(KnownMunicipality.boundary, point)
    )
    return session().scalars(known).first()


def places(jurisdiction_id: int) -> list[NamedPlace]:
    """The places to pick from, by name."""
    query = (
        select(
            Place.id, Place.name, Place.kind, func.ST_X(Place.position), func.ST_Y(Place.position)
        )
        .where(Place.jurisdiction_id == jurisdiction_id)
        .order_by(Place.name)
    )
    return [
        NamedPlace(id=key, name=name, kind=kind, position=Position(longitude=x, latitude=y))
        for key, name, kind, x, y in session().execute(query)
    ]
