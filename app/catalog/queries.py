"""SELECTs over the catalogue."""

from collections.abc import Sequence

from sqlalchemy import select

from app.catalog.models import Service, ServiceGroup
from app.database import session


def groups(jurisdiction_id: int) -> Sequence[ServiceGroup]:
    """All groups in the order of the yearly table."""
    query = (
        select(ServiceGroup)
        .where(ServiceGroup.jurisdiction_id == jurisdiction_id)
        .order_by(ServiceGroup.rank)
    )
    return session().scalars(query).all()


def services(jurisdiction_id: int) -> Sequence[Service]:
    """The active services with their groups, in the order in which residents see them."""
    query = (
        select(Service)
        .join(Service.group)
        .where(Service.jurisdiction_id == jurisdiction_id, Service.is_active)
        .order_by(ServiceGroup.rank, Service.rank)
    )
    return session().scalars(query).all()


def service_by_code(jurisdiction_id: int, code: str) -> Service | None:
    """The active service with this code."""
    query = select(Service).where(
        Service.jurisdiction_id == jurisdiction_id, Service.code == code, Service.is_active
    )
    return session().scalars(query).one_or_none()
