"""What is asked of a collection: the standard's parameters and our own, checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import RAISE, ValidationError

from app.errors import MalformedQuery
from app.jurisdictions.models import Jurisdiction
from app.open_data.ogc_collections import Collection, local_days
from app.open_data.ogc_crs import CRS84, Corners, System, read_box, system_of
from app.open_data.ogc_queries import Found, Wanted
from app.open_data.ogc_time import Span, read_span
from app.service_requests.filter import DEFAULT_LIMIT, MAX_LIMIT
from app.service_requests.list_schemas import SelectionSchema
from app.service_requests.selection import filter_of

Query = Mapping[str, str]
OF_THE_STANDARD = ("bbox", "bbox-crs", "crs", "datetime", "limit", "cursor", "f")


@dataclass(frozen=True, kw_only=True)
class Page:
    """Features that were asked for, the system of their positions, and where the next page begins."""

    found: Found
    system: System
    cursor: str | None


def only(query: Query, allowed: tuple[str, ...]) -> None:
    """:raises MalformedQuery: there is a parameter that means nothing here."""
    unknown = [name for name in query if name not in allowed]
    if unknown:
        raise MalformedQuery(
            unknown[0], f"{unknown[0]}: there is no such parameter here. Use {', '.join(allowed)}."
        )


def page_of(collection: Collection, jurisdiction: Jurisdiction, query: Query) -> Page:
    """The features that a query asks for. :raises MalformedQuery: naming the parameter that is wrong."""
    only(query, (*OF_THE_STANDARD, *collection.filters))
    span = _span(query, jurisdiction)
    wanted = Wanted(
        box=_box(query),
        span=span,
        zone_days=local_days(span, jurisdiction),
        system=system(query),
        limit=_limit(query),
    )
    chosen = filter_of(jurisdiction, _selection(collection, query))
    cursor = query.get("cursor") or None
    try:
        found = collection.page(jurisdiction, chosen, wanted, cursor)
    except ValueError as fault:
        raise MalformedQuery("cursor", f"cursor: {fault}.") from fault
    is_full = len(found.rows) == wanted.limit
    return Page(
        found=found,
        system=wanted.system,
        cursor=collection.mark(found.rows[-1]) if is_full else None,
    )


def system(query: Query) -> System:
    """The coordinate system that answers are wanted in. :raises MalformedQuery: it is not one of ours."""
    return _system(query, "crs")


def _system(query: Query, name: str) -> System:
    try:
        return system_of(query[name]) if name in query else CRS84
    except ValueError as fault:
        raise MalformedQuery(name, f"{name}: {fault}.") from fault


def _box(query: Query) -> Corners | None:
    measured = _system(query, "bbox-crs")
    if "bbox" not in query:
        return None
    try:
        return read_box(query["bbox"], measured)
    except ValueError as fault:
        raise MalformedQuery("bbox", f"bbox: {fault}.") from fault


def _span(query: Query, jurisdiction: Jurisdiction) -> Span | None:
    if "datetime" not in query:
        return None
    try:
        return read_span(query["datetime"], ZoneInfo(jurisdiction.time_zone))
    except ValueError as fault:
        raise MalformedQuery("datetime", f"datetime: {fault}.") from fault


def _limit(query: Query) -> int:
    """As many as are asked for; the most there can be for whoever asks for more."""
    written = query.get("limit", str(DEFAULT_LIMIT))
    if not (written.isascii() and written.isdecimal() and int(written[:9]) >= 1):
        raise MalformedQuery("limit", f"limit: write a whole number from 1 to {MAX_LIMIT}.")
    return min(int(written[:9]), MAX_LIMIT)


def _selection(collection: Collection, query: Query) -> dict[str, Any]:
    chosen = {name: query[name] for name in collection.filters if name in query}
    try:
        return dict(SelectionSchema().load(chosen, unknown=RAISE))
    except ValidationError as fault:
        name, said = next(iter(fault.messages_dict.items()))
        sentence = said[0] if isinstance(said, list) else said
        raise MalformedQuery(name, f"{name}: {sentence}") from fault
