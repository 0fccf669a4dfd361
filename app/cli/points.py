"""Points that an operator chose, to see what the rules say of them: read from a CSV file, row by row."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TypeVar

from app.geo.files import BrokenFile, missing_columns, read_text
from app.geo.positions import Position
from app.routing.models import Channel

NEEDED = ("name", "longitude", "latitude", "service")
Found = TypeVar("Found")
YES, NO = {"yes", "true", "1", "ja"}, {"no", "false", "0", "nei", ""}


@dataclass(frozen=True, kw_only=True)
class Point:
    """A report that nobody makes. `place` says where it stands in the file; `day` None means today."""

    place: str
    name: str
    position: Position
    service_code: str
    lamp: str | None
    is_acute: bool
    channel: Channel
    day: date | None


def read_points(path: Path) -> list[Point]:
    """The rows of a CSV file with a header; columns that are not known are let be.

    :raises BrokenFile: a column is missing, or a row cannot be used; row and column are named.
    """
    text = read_text(path)
    header = text.partition("\n")[0]
    rows = csv.DictReader(StringIO(text), delimiter=";" if header.count(";") > 2 else ",")
    columns = [name.strip().lower() for name in rows.fieldnames or []]
    rows.fieldnames = columns
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise BrokenFile([missing_columns(path.name, missing, columns)])
    points: list[Point] = []
    faults: list[str] = []
    for row in rows:
        place = f"{path.name}: line {rows.line_num}"
        cells = {name: (row.get(name) or "").strip() for name in columns}
        try:
            points.append(_point(place, cells))
        except BrokenFile as fault:
            faults += fault.faults
    if faults:
        raise BrokenFile(faults)
    return points


def _point(place: str, cells: Mapping[str, str]) -> Point:
    """:raises BrokenFile: naming every column that cannot be used."""
    faults: list[str] = []

    def read(column: str, parse: Callable[[str], Found], otherwise: Found) -> Found:
        try:
            return parse(cells.get(column, ""))
        except ValueError as fault:
            faults.append(f"{place}: column {column}: {fault}")
            return otherwise

    longitude = read("longitude", _degrees(180), 0.0)
    latitude = read("latitude", _degrees(90), 0.0)
    point = Point(
        place=place,
        name=read("name", _filled, ""),
        position=Position(longitude=longitude, latitude=latitude),
        service_code=read("service", _filled, ""),
        lamp=cells.get("lamp") or None,
        is_acute=read("acute", _yes_or_no, False),
        channel=read("channel", _channel, Channel.WEB),
        day=read("date", _day, None),
    )
    if faults:
        raise BrokenFile(faults)
    return point


def _filled(written: str) -> str:
    if not written:
        raise ValueError("nothing is written")
    return written


def _degrees(most: int) -> Callable[[str], float]:
    def parse(written: str) -> float:
        try:
            value = float(written)
        except ValueError as fault:
            raise ValueError(f"«{written[:40]}» is not a number of degrees") from fault
        if not -most <= value <= most:
            raise ValueError(f"{written[:40]} is not within ±{most} degrees")
        return value

    return parse


def _yes_or_no(written: str) -> bool:
    if written.lower() not in YES | NO:
        raise ValueError(f"«{written[:40]}»; write yes or no")
    return written.lower() in YES


def _channel(written: str) -> Channel:
    try:
        return Channel(written or Channel.WEB)
    except ValueError as fault:
        raise ValueError(f"«{written[:40]}»; write {' or '.join(Channel)}") from fault


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as fault:
        raise ValueError(f"«{written[:40]}»; write a day as 2026-01-31") from fault
