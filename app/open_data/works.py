"""Planned work as it is published: the same work in files and in OGC API Features, what is over too."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from app.catalog.models import ServiceGroup
from app.planned_work.models import PlannedWork


def selected(jurisdiction_id: int, groups: Sequence[str] = ()) -> Select[*tuple[Any, ...]]:
    """All work of a municipality, or that of some categories: everything but its area."""
    query: Select[*tuple[Any, ...]] = (
        select(
            PlannedWork.code,
            PlannedWork.title,
            PlannedWork.description,
            PlannedWork.starts_on,
            PlannedWork.ends_on,
            ServiceGroup.code.label("group"),
        )
        .outerjoin(ServiceGroup, ServiceGroup.id == PlannedWork.service_group_id)
        .where(PlannedWork.jurisdiction_id == jurisdiction_id)
    )
    return query.where(ServiceGroup.code.in_(groups)) if groups else query
