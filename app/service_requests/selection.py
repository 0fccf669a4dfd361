"""A checked selection as a filter, and a filter as a query again: the same words in both directions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.catalog.models import Service
from app.catalog.schemas import GROUP_CODES
from app.database import session
from app.departments.models import Department
from app.errors import MalformedQuery
from app.i18n import gettext
from app.jurisdictions.models import District, Jurisdiction
from app.service_requests.filter import NONE, Filter

NAMED = 30
"""So many allowed codes are named to whoever writes another one."""


def filter_of(jurisdiction: Jurisdiction, loaded: Mapping[str, Any]) -> Filter:
    """The filter that a query loaded by `SelectionSchema` describes.

    :raises MalformedQuery: a code that the municipality does not have, or a period that ends before it begins.
    """
    codes = {
        name: _checked(jurisdiction, name, loaded.get(name) or ())
        for name in ("service", "group", "department", "district")
    }
    start, end = loaded.get("start"), loaded.get("end")
    if start and end and start >= end:
        raise MalformedQuery("to", gettext("The period ends before it begins."))
    return Filter(
        jurisdiction_id=jurisdiction.id,
        bbox=loaded.get("bbox"),
        services=codes["service"],
        groups=codes["group"],
        department_codes=codes["department"],
        districts=codes["district"],
        statuses=loaded.get("status") or (),
        year=loaded.get("year"),
        road_categories=loaded.get("road") or (),
        channels=loaded.get("channel") or (),
        device_classes=loaded.get("device") or (),
        led_to_improvement=loaded.get("improved"),
        answered_in_time=loaded.get("answered_in_time"),
        start=start,
        end=end,
    )


def query_of(wanted: Filter, zone: str) -> dict[str, str]:
    """The query that `SelectionSchema` reads this filter from; what is not said is left out.

    :param zone: the municipality's time zone: midnights there are written as dates.
    """
    lists: dict[str, Sequence[str]] = {
        "service": wanted.services,
        "group": wanted.groups,
        "status": wanted.statuses,
        "department": wanted.department_codes,
        "district": wanted.districts,
        "road": wanted.road_categories,
        "channel": wanted.channels,
        "device": wanted.device_classes,
    }
    said = {
        "from": _written(wanted.start, zone),
        "to": _written(wanted.end, zone),
        "year": None if wanted.year is None else str(wanted.year),
        **{name: ",".join(codes) or None for name, codes in lists.items()},
        "improved": _truth(wanted.led_to_improvement),
        "answered_in_time": _truth(wanted.answered_in_time),
        "bbox": _corners(wanted),
    }
    return {name: text for name, text in said.items() if text}


def _checked(jurisdiction: Jurisdiction, name: str, codes: Sequence[str]) -> tuple[str, ...]:
    if not codes:
        return ()
    known = _known(jurisdiction, name)
    if unknown := [code for code in codes if code not in known]:
        more = [gettext("and %(count)s more", count=len(known) - NAMED)] * (len(known) > NAMED)
        raise MalformedQuery(
            name,
            gettext(
                "%(name)s: there is no %(unknown)s. Use %(known)s.",
                name=name,
                unknown=", ".join(unknown),
                known=", ".join([*known[:NAMED], *more]) or gettext("none"),
            ),
        )
    return tuple(dict.fromkeys(codes))


def _known(jurisdiction: Jurisdiction, name: str) -> list[str]:
    """The codes that may stand there: also those out of use, for their reports stay."""
    if name == "group":
        return list(GROUP_CODES)
    table: Any = {"service": Service, "department": Department, "district": District}[name]
    query = select(table.code).where(table.jurisdiction_id == jurisdiction.id).order_by(table.code)
    return [*session().scalars(query), *([NONE] if name == "district" else [])]


def _written(moment: datetime | None, zone: str) -> str | None:
    if moment is None:
        return None
    at = moment.astimezone(ZoneInfo(zone))
    is_midnight = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    return at.date().isoformat() if is_midnight else at.isoformat()


def _truth(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _corners(wanted: Filter) -> str | None:
    box = wanted.bbox
    return f"{box.west},{box.south},{box.east},{box.north}" if box else None
