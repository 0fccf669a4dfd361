"""Planned work in the browser. Verbs flush; the caller's `transaction()` commits."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import func, select

from app.catalog.models import ServiceGroup
from app.database import session
from app.errors import NotFound
from app.i18n import gettext, localised
from app.planned_work.models import PlannedWork
from app.setup_log.models import Kind
from app.setup_log.operations import note, touch

DIGITS = 6
"""Of degrees in the form's GeoJSON: a decimetre."""


def all_of(jurisdiction_id: int) -> Sequence[PlannedWork]:
    """All work, also what is over; the latest end first."""
    query = select(PlannedWork).where(PlannedWork.jurisdiction_id == jurisdiction_id)
    return session().scalars(query.order_by(PlannedWork.ends_on.desc(), PlannedWork.code)).all()


def by_code(jurisdiction_id: int, code: str, *, lock: bool = False) -> PlannedWork:
    """One work. :raises NotFound: there is none."""
    query = select(PlannedWork).where(
        PlannedWork.jurisdiction_id == jurisdiction_id, PlannedWork.code == code
    )
    found = session().scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(gettext("There is no such planned work."))
    return found


def groups(jurisdiction_id: int) -> list[tuple[int, str]]:
    """The categories that a work can explain: key and name."""
    query = select(ServiceGroup).where(ServiceGroup.jurisdiction_id == jurisdiction_id)
    found = session().scalars(query.order_by(ServiceGroup.rank))
    return [(group.id, localised(group.name)) for group in found]


def area_text(work: PlannedWork) -> str:
    """The area as GeoJSON, EPSG:4326, longitude first."""
    return session().scalar(select(func.ST_AsGeoJSON(work.area, DIGITS))) or ""


def add(
    jurisdiction_id: int,
    values: Mapping[str, Any],
    area: WKBElement,
    *,
    account_id: int,
    now: datetime,
) -> PlannedWork:
    """New work. :param values: as `told`. :param area: EPSG:4326."""
    work = PlannedWork(
        jurisdiction_id=jurisdiction_id,
        code=f"arbeid-{secrets.token_hex(4)}",
        area=area,
        is_edited=True,
        **values,
    )
    session().add(work)
    session().flush()
    name = localised(work.title)
    note(jurisdiction_id, account_id, Kind.PLANNED_WORK, name, None, told(work), now=now)
    return work


def edit(
    jurisdiction_id: int,
    code: str,
    values: Mapping[str, Any],
    area: WKBElement | None,
    *,
    version: int,
    account_id: int,
    now: datetime,
) -> None:
    """Change work. :param area: None leaves it. :raises OutdatedVersion: somebody else was faster."""
    work = by_code(jurisdiction_id, code, lock=True)
    before = told(work)
    touch(work, version)
    for name, value in values.items():
        setattr(work, name, value)
    if area is not None:
        work.area = area
    session().flush()
    after = told(work) | ({"area": gettext("drawn anew")} if area is not None else {})
    note(
        jurisdiction_id,
        account_id,
        Kind.PLANNED_WORK,
        localised(work.title),
        before,
        after,
        now=now,
    )


def told(work: PlannedWork) -> dict[str, Any]:
    """The values as the form and the log have them."""
    return {
        "title": work.title,
        "description": work.description,
        "starts_on": _text(work.starts_on),
        "ends_on": _text(work.ends_on),
        "service_group_id": work.service_group_id,
    }


def _text(day: date) -> str:
    return day.isoformat()
