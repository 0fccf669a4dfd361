"""One row of another system's file as a report, or the reason why it is none. Pure."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum

from app.geo.positions import Position
from app.i18n import gettext
from app.routing.models import Channel
from app.service_requests.import_mapping import ImportMapping, Moment, Values
from app.service_requests.status import CLOSED, Status

LONGEST = {"description": 10_000, "place_text": 200, "external_id": 200}


class Reason(StrEnum):
    """Why a row was refused."""

    CELLS = "cells"
    ENCODING = "encoding"
    NO_POSITION = "no_position"
    OUTSIDE = "outside"
    NO_TIME = "no_time"
    FUTURE = "future"
    CATEGORY = "category"
    STATUS = "status"
    DEPARTMENT = "department"
    CHANNEL = "channel"
    CLOSED_AT = "closed_at"
    FIRST_RESPONSE_AT = "first_response_at"
    IMPROVEMENT = "improvement"
    NO_ID = "no_id"
    ID_TWICE = "id_twice"
    TOO_LONG = "too_long"


def reason_words(reason: Reason) -> str:
    """«outside the municipality»."""
    words = {
        Reason.CELLS: gettext("more or fewer cells than columns"),
        Reason.ENCODING: gettext("letters that are not in the file's encoding"),
        Reason.NO_POSITION: gettext("no position that can be read"),
        Reason.OUTSIDE: gettext("outside the municipality"),
        Reason.NO_TIME: gettext("no time of receipt that can be read"),
        Reason.FUTURE: gettext("a time that has not come yet"),
        Reason.CATEGORY: gettext("a category that the mapping does not name"),
        Reason.STATUS: gettext("a status that the mapping does not name"),
        Reason.DEPARTMENT: gettext("a department that the mapping does not name"),
        Reason.CHANNEL: gettext("a channel that the mapping does not name"),
        Reason.CLOSED_AT: gettext("no day of closing that fits the status and the receipt"),
        Reason.FIRST_RESPONSE_AT: gettext("a first answer that is no time, or before the receipt"),
        Reason.IMPROVEMENT: gettext("fixed without an answer about improvement"),
        Reason.NO_ID: gettext("no number of its own"),
        Reason.ID_TWICE: gettext("a number that another row has too"),
        Reason.TOO_LONG: gettext("a text that is too long"),
    }
    return words[reason]


class Refused(Exception):
    """The row is no report."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a row tells, but for the place. Times are UTC."""

    service: str
    department: str | None
    requested_at: datetime
    first_response_at: datetime | None
    closed_at: datetime | None
    status: Status
    led_to_improvement: bool
    channel: str
    description: str
    place_text: str | None
    external_id: str | None

    def fingerprint(self, position: Position) -> bytes:
        """SHA-256 of all that the report becomes, to tell a row that was changed from one that was not."""
        place = f"{position.longitude:.6f},{position.latitude:.6f}"
        facts = [str(getattr(self, name)) for name in self.__slots__]
        return hashlib.sha256(repr((place, *facts)).encode()).digest()


def identity(cells: Mapping[str, str], mapping: ImportMapping, point: tuple[float, float]) -> bytes:
    """Half a SHA-256 of place, time and category as the file writes them.

    Rows that are alike have the same; they are told apart by counting them.
    """
    place = mapping.position
    where = [cells[name] for name in (place.x, place.y) if name] or [repr(point)]
    told = [*where, cells[mapping.requested_at.column], cells[mapping.service.column]]
    return hashlib.sha256("\0".join(told).encode()).digest()[:16]


def point_of(cells: Mapping[str, str], mapping: ImportMapping) -> tuple[float, float]:
    """The two numbers of the position, in the mapping's system. :raises Refused: there are none."""
    place = mapping.position
    try:
        x, y = (float(cells[name or ""].strip().replace(",", ".")) for name in (place.x, place.y))
    except ValueError as fault:
        raise Refused(Reason.NO_POSITION) from fault
    if not (math.isfinite(x) and math.isfinite(y)):
        raise Refused(Reason.NO_POSITION)
    return x, y


def told(cells: Mapping[str, str], mapping: ImportMapping, now: datetime) -> Told:
    """What the row tells. :raises Refused: it is no report, or tells what cannot be."""
    _refuse_unwritable(cells)
    received = _moment(cells, mapping.requested_at, Reason.NO_TIME)
    if received is None:
        raise Refused(Reason.NO_TIME)
    status = Status(_said(cells, mapping.status, Status.UNKNOWN, Reason.STATUS))
    answered = _moment(cells, mapping.first_response_at, Reason.FIRST_RESPONSE_AT)
    closed = _closed(cells, mapping, status, received)
    if answered is not None and answered < received:
        raise Refused(Reason.FIRST_RESPONSE_AT)
    if max(moment for moment in (received, answered, closed) if moment) > now:
        raise Refused(Reason.FUTURE)
    department = mapping.department
    return Told(
        service=_said(cells, mapping.service, "", Reason.CATEGORY),
        department=_said(cells, department, "", Reason.DEPARTMENT)
        if isinstance(department, Values)
        else None,
        requested_at=received,
        first_response_at=answered,
        closed_at=closed,
        status=status,
        led_to_improvement=_improved(cells, mapping, status),
        channel=_said(cells, mapping.channel, Channel.IMPORT, Reason.CHANNEL),
        description=_text(cells, mapping.description, "description") or "",
        place_text=_text(cells, mapping.place_text, "place_text"),
        external_id=_external_id(cells, mapping),
    )


def _refuse_unwritable(cells: Mapping[str, str]) -> None:
    whole = "".join(cells.values())
    if "\x00" in whole or any("\ud800" <= letter <= "\udfff" for letter in whole):
        raise Refused(Reason.ENCODING)


def _said(cells: Mapping[str, str], table: Values | None, default: str, reason: Reason) -> str:
    if table is None:
        return default
    meaning = table.meaning(cells[table.column])
    if meaning is None:
        raise Refused(reason)
    return str(meaning)


def _moment(cells: Mapping[str, str], moment: Moment | None, reason: Reason) -> datetime | None:
    """The time in UTC; None for an empty cell."""
    cell = cells[moment.column].strip() if moment else ""
    if moment is None or not cell:
        return None
    try:
        found = datetime.strptime(cell, moment.format)  # noqa: DTZ007 – the zone follows
        if moment.is_day:
            found = datetime.combine(found.date(), time(12))
        zoned = found if found.tzinfo else found.replace(tzinfo=moment.zone)
        utc = zoned.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise Refused(reason) from fault
    if utc.year < 1900:
        raise Refused(reason)
    return utc


def _closed(
    cells: Mapping[str, str], mapping: ImportMapping, status: Status, received: datetime
) -> datetime | None:
    """When the report was closed. For an end whose day nobody tells, the receipt; a fix needs its day."""
    closed = _moment(cells, mapping.closed_at, Reason.CLOSED_AT)
    if status not in CLOSED:
        return None
    if closed is None:
        if status == Status.FIXED:
            raise Refused(Reason.CLOSED_AT)
        return received
    if closed < received:
        raise Refused(Reason.CLOSED_AT)
    return closed


def _improved(cells: Mapping[str, str], mapping: ImportMapping, status: Status) -> bool:
    """The answer for what was fixed; no for all other ends."""
    table = mapping.led_to_improvement
    if status != Status.FIXED or table is None:
        return False
    answer = table.meaning(cells[table.column])
    if answer is None:
        raise Refused(Reason.IMPROVEMENT)
    return bool(answer)


def _text(cells: Mapping[str, str], column: str | None, name: str) -> str | None:
    text = cells[column].strip() if column else ""
    if len(text) > LONGEST[name]:
        raise Refused(Reason.TOO_LONG)
    return text or None


def _external_id(cells: Mapping[str, str], mapping: ImportMapping) -> str | None:
    found = _text(cells, mapping.external_id, "external_id")
    if mapping.external_id and found is None:
        raise Refused(Reason.NO_ID)
    return found
