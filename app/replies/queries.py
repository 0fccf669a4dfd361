"""What is read of templates."""

from collections.abc import Sequence

from sqlalchemy import select

from app.catalog.models import Service
from app.database import session
from app.replies.models import ReplyTemplate


def templates(jurisdiction_id: int, *, also_retired: bool = False) -> Sequence[ReplyTemplate]:
    """The templates in their order."""
    query = (
        select(ReplyTemplate)
        .where(ReplyTemplate.jurisdiction_id == jurisdiction_id)
        .order_by(ReplyTemplate.rank, ReplyTemplate.code)
    )
    if not also_retired:
        query = query.where(ReplyTemplate.is_active)
    return session().scalars(query).all()


def template(jurisdiction_id: int, code: str) -> ReplyTemplate | None:
    """One template, locked."""
    query = select(ReplyTemplate).where(
        ReplyTemplate.jurisdiction_id == jurisdiction_id, ReplyTemplate.code == code
    )
    return session().scalars(query.with_for_update()).one_or_none()


def offered(jurisdiction_id: int, service_id: int, status: str) -> list[ReplyTemplate]:
    """Those that fit a report: what is made for its service and status first, then what fits all."""
    fitting = [
        row
        for row in templates(jurisdiction_id)
        if row.service_id in {None, service_id} and row.status in {None, status}
    ]
    return sorted(fitting, key=lambda row: (row.service_id is None, row.status is None, row.rank))


def service_code(service_id: int | None) -> str | None:
    """A service's code."""
    if service_id is None:
        return None
    return session().scalar(select(Service.code).where(Service.id == service_id))
