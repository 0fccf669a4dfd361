"""SELECTs over numbered things, for their labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from app.catalog.models import Needs, Service
from app.catalog.queries import service_by_code, services
from app.database import session
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.routing.models import LAMP, Asset


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A thing that can carry a label. EPSG:4326."""

    kind: str
    number: str
    circuit: str | None
    position: Position


def _assets(jurisdiction_id: int) -> Select[Any]:
    at = func.geometry(Asset.position)
    return select(Asset.kind, Asset.number, Asset.circuit, func.ST_X(at), func.ST_Y(at)).where(
        Asset.jurisdiction_id == jurisdiction_id, Asset.is_active
    )


def _labelled(query: Select[Any], limit: int) -> list[Labelled]:
    ordered = query.order_by(Asset.kind.desc(), Asset.number, Asset.id).limit(limit)
    return [
        Labelled(
            kind=kind,
            number=number,
            circuit=circuit,
            position=Position(longitude=longitude, latitude=latitude),
        )
        for kind, number, circuit, longitude, latitude in session().execute(ordered).all()
    ]


def thing(jurisdiction_id: int, number: str) -> Labelled | None:
    """The thing in use with this number, capitals or not; a lamp before others."""
    query = _assets(jurisdiction_id).where(func.upper(Asset.number) == number.upper())
    return next(iter(_labelled(query, 50)), None)


def things(
    jurisdiction_id: int, *, numbers: Sequence[str], circuit: str, limit: int
) -> list[Labelled]:
    """The things in use with one of these numbers, or on this circuit."""
    query = _assets(jurisdiction_id)
    if numbers:
        query = query.where(func.upper(Asset.number).in_([number.upper() for number in numbers]))
    if circuit:
        query = query.where(Asset.circuit == circuit)
    return _labelled(query, limit)


def circuits(jurisdiction_id: int, limit: int) -> Sequence[str]:
    """The circuits that there are lamps on."""
    query = (
        select(Asset.circuit)
        .where(
            Asset.jurisdiction_id == jurisdiction_id, Asset.is_active, Asset.circuit.is_not(None)
        )
        .distinct()
        .order_by(Asset.circuit)
        .limit(limit)
    )
    return [circuit for circuit in session().scalars(query) if circuit]


def service_for(jurisdiction: Jurisdiction, kind: str) -> Service | None:
    """What the label on a thing of this kind opens the form with: the municipality's choice.

    Without one, for a lamp, the first service that asks for a lamp.
    """
    chosen = jurisdiction.label_services.get(kind)
    if chosen and (found := service_by_code(jurisdiction.id, chosen)):
        return found
    if kind != LAMP:
        return None
    offered = services(jurisdiction.id)
    return next((service for service in offered if service.needs == Needs.LAMP), None)
