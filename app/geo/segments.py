"""Roads as NVDB tells of them, taken apart: category, manager, street and line. Pure.

With srid 4326 NVDB writes latitude first. Answers of the closed API v3 are read as well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely import LineString
from shapely.errors import ShapelyError

from app.geo.crs import UnknownSystem, by_epsg, through, to_wgs84
from app.geo.files import BrokenFile, text_of

CATEGORIES = "ERFKPSU"
EXISTING = "V"
"""NVDB's phase of roads that are there and open."""
HEIGHTS_AND_ZONE_33 = 5973
LATITUDE_FIRST = frozenset({4326, 4258})


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A piece of road. `line` is EPSG:4326, longitude before latitude, without heights."""

    category: str
    number: int | None
    road_type: str | None
    manager: str | None
    street_name: str | None
    reference: str | None
    line: LineString


@dataclass(frozen=True, kw_only=True)
class Roads:
    """Segments, the place of each in its source, and why others were left out, with their counts."""

    segments: list[Segment]
    places: list[str]
    skipped: Counter[str] = field(default_factory=Counter)


def roads_of(name: str, objects: Iterable[Any]) -> Roads:
    """The existing roads among NVDB's segments.

    Left out and counted: ended segments, those without a road reference, and phases other than V (existing).

    :raises BrokenFile: segments that cannot be read, each named by its place.
    """
    skipped: Counter[str] = Counter()
    facts: list[tuple[str, dict[str, Any]]] = []
    by_system: dict[int, list[LineString]] = {}
    order: list[tuple[int, int]] = []
    faults = []
    for at, item in enumerate(objects, 1):
        place = f"{name}: object {at}"
        if reason := _reason_to_skip(item):
            skipped[reason] += 1
            continue
        try:
            values, (srid, line) = _facts(item), _line(item)
        except ValueError as fault:
            faults.append(f"{place}{_called(item)}: {fault}")
            continue
        lines = by_system.setdefault(srid, [])
        order.append((srid, len(lines)))
        lines.append(line)
        facts.append((place, values))
    if faults:
        raise BrokenFile(faults)
    try:
        moved = {srid: to_wgs84(lines, by_epsg(srid)) for srid, lines in by_system.items()}
    except UnknownSystem as fault:
        raise BrokenFile([f"{name}: {fault}"]) from fault
    return Roads(
        segments=[
            Segment(**values, line=moved[srid][at])
            for (_, values), (srid, at) in zip(facts, order, strict=True)
        ],
        places=[place for place, _ in facts],
        skipped=skipped,
    )


def category_of(value: Any) -> str:
    """NVDB's letter for who owns a road. :raises ValueError: another word."""
    letter = text_of(value) or ""
    if len(letter) != 1 or letter.upper() not in CATEGORIES:
        raise ValueError(f"vegkategori is «{letter}», not one of {', '.join(CATEGORIES)}")
    return letter.upper()


def number_of(value: Any) -> int | None:
    """A road's number, if it has one. :raises ValueError: not a whole number that a road can have."""
    written = text_of(value)
    if written is None:
        return None
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise ValueError(f"vegnummer is «{written[:20]}», not a whole number")
    return int(written)


def _reason_to_skip(item: Any) -> str | None:
    if inner(item, "sluttdato") or inner(item, "metadata", "sluttdato"):
        return "ended"
    system = inner(item, "vegsystemreferanse", "vegsystem")
    if isinstance(item, dict) and not isinstance(system, dict):
        return "without a road reference"
    phase = text_of(inner(system, "fase"))
    return f"in phase {phase}" if isinstance(item, dict) and phase != EXISTING else None


def _facts(item: Any) -> dict[str, Any]:
    """A segment's values but its line. :raises ValueError: category or number cannot be read."""
    if not isinstance(item, dict):
        raise ValueError("not a segment")
    reference = item["vegsystemreferanse"]
    street = item.get("adresse") or item.get("gate")  # v3 calls it gate
    return {
        "category": category_of(reference["vegsystem"].get("vegkategori")),
        "number": number_of(reference["vegsystem"].get("nummer")),
        "road_type": text_of(item.get("typeVeg")),
        "manager": _managers(item.get("vegforvaltere")),
        "street_name": text_of(street.get("navn") if isinstance(street, dict) else street),
        "reference": text_of(reference.get("kortform")),
    }


def _managers(listed: Any) -> str | None:
    """The road's manager; several that differ are joined by commas."""
    entries: Sequence[Any] = listed if isinstance(listed, list) else [listed]
    names = [
        text_of(entry.get("vegforvalter") if isinstance(entry, dict) else entry)
        for entry in entries
    ]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _line(item: Mapping[str, Any]) -> tuple[int, LineString]:
    """The EPSG code and the line in it, east before north. :raises ValueError: there is no such line."""
    wkt, srid = inner(item, "geometri", "wkt"), inner(item, "geometri", "srid")
    if not isinstance(wkt, str):
        raise ValueError("no geometry")
    try:
        line = shapely.force_2d(shapely.from_wkt(wkt))
    except (ShapelyError, ValueError) as fault:
        raise ValueError(f"broken geometry: {fault}") from fault
    if not isinstance(line, LineString) or line.is_empty:
        raise ValueError(f"a LINESTRING is needed, this is «{wkt[:40]}»")
    written = text_of(srid) or str(HEIGHTS_AND_ZONE_33)
    if not written.isascii() or not written.isdigit():
        raise ValueError(f"srid is «{written[:20]}», not an EPSG code")
    code = int(written)
    if code in LATITUDE_FIRST:
        (line,) = through([line], lambda x, y: (y, x))
    return code, line


def _called(item: Any) -> str:
    name = text_of(inner(item, "referanse")) or text_of(inner(item, "kortform"))
    return f" ({name[:40]})" if name else ""


def inner(content: Any, *names: str) -> Any:
    """What lies below these names, or None."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content
