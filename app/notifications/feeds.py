"""Atom feeds (RFC 4287) of what happens to reports: one entry for each row of history, with public facts only.

What staff wrote to the one who reported stays out: a feed is copied, and nobody could take a word back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import contains_eager, selectinload, undefer

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.geo.positions import Box, position_of
from app.i18n import localised
from app.notifications.telling import heading
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Status

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
PER_PAGE = 50
TOLD = (EntryKind.RECEIVED, EntryKind.STATUS, EntryKind.ACCEPTED, EntryKind.REROUTED)
ET.register_namespace("", ATOM)
ET.register_namespace("georss", GEORSS)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries, newest first. `after` is time and key of the last entry of the page before."""

    jurisdiction_id: int
    number: str | None = None
    groups: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    bbox: Box | None = None
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a feed says of itself. Addresses are whole."""

    id: str
    title: str
    author: str
    html_url: str
    self_url: str
    next_url: str | None
    base_url: str
    language: str


def entries(wanted: Wanted) -> Sequence[HistoryEntry]:
    """One page of entries, with their reports. What is rejected was never there."""
    conditions: list[ColumnElement[bool]] = [
        HistoryEntry.jurisdiction_id == wanted.jurisdiction_id,
        HistoryEntry.kind.in_(TOLD),
        ServiceRequest.status != Status.REJECTED,
    ]
    if wanted.number:
        conditions.append(ServiceRequest.number == wanted.number)
    if wanted.groups:
        conditions.append(ServiceGroup.code.in_(wanted.groups))
    if wanted.services:
        conditions.append(Service.code.in_(wanted.services))
    if wanted.bbox:
        box = wanted.bbox
        envelope = func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4326)
        conditions.append(ServiceRequest.public_position.op("&&")(envelope))
    if wanted.after:
        place = tuple_(HistoryEntry.occurred_at, HistoryEntry.id)
        conditions.append(place < tuple_(*wanted.after))
    query = (
        select(HistoryEntry)
        .join(ServiceRequest, ServiceRequest.id == HistoryEntry.service_request_id)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(ServiceGroup, ServiceGroup.id == Service.group_id)
        .options(
            contains_eager(HistoryEntry.service_request).options(
                contains_eager(ServiceRequest.service).contains_eager(Service.group),
                selectinload(ServiceRequest.history),
                undefer(ServiceRequest.public_position),
                undefer(ServiceRequest.public_place_text),
            )
        )
        .where(*conditions)
        .order_by(HistoryEntry.occurred_at.desc(), HistoryEntry.id.desc())
        .limit(PER_PAGE)
    )
    return session().scalars(query).unique().all()


def written(head: Head, found: Sequence[HistoryEntry]) -> bytes:
    """The feed as XML, in the language in use. The same entries give the same bytes."""
    feed = ET.Element(
        f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": head.language}
    )
    _add(feed, "id", head.id)
    _add(feed, "title", head.title)
    _add(feed, "updated", _moment(max((entry.occurred_at for entry in found), default=_EPOCH)))
    _add(ET.SubElement(feed, f"{{{ATOM}}}author"), "name", head.author)
    _link(feed, "self", head.self_url, "application/atom+xml")
    _link(feed, "alternate", head.html_url, "text/html")
    if head.next_url:
        _link(feed, "next", head.next_url, "application/atom+xml")
    for entry in found:
        _entry(feed, entry, head)
    xml: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _entry(feed: ET.Element, entry: HistoryEntry, head: Head) -> None:
    request = entry.service_request
    position = position_of(request.public_position)
    group = request.service.group
    department = localised((entry.department or request.department).name)
    said = heading(entry, request, department, personal=False)
    place = f", {request.public_place_text}" if request.public_place_text else ""
    made = ET.SubElement(feed, f"{{{ATOM}}}entry")
    url = f"{head.base_url}/meldinger/{request.number}"
    _add(made, "id", f"{url}#{entry.id}")
    _add(made, "title", f"{localised(request.service.name)}{place}: {said}")
    _add(made, "updated", _moment(entry.occurred_at))
    _add(made, "published", _moment(entry.occurred_at))
    _link(made, "alternate", url, "text/html")
    label = {"term": group.code, "label": plain(localised(group.name))}
    ET.SubElement(made, f"{{{ATOM}}}category", label)
    _add(made, "summary", f"{request.number}. {said}. {localised(group.name)}.")
    point = ET.SubElement(made, f"{{{GEORSS}}}point")
    point.text = f"{position.latitude:.6f} {position.longitude:.6f}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = plain(text)


def _link(parent: ET.Element, relation: str, url: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": url, "type": kind})


def _moment(at: datetime) -> str:
    """RFC 3339, in whole seconds of UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(text: str) -> str:
    """The text without the signs that XML cannot hold, and on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
