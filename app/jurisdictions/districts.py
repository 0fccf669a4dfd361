"""Parts of the municipality that figures are given for, from districts.geojson."""

from collections.abc import Mapping
from itertools import combinations
from math import cos, radians
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from shapely import MultiPolygon
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.database import session
from app.geo.crs import UnknownSystem, of_geojson
from app.geo.files import BrokenFile, features, read_json
from app.geo.shapes import BrokenShape, as_column, multipolygon
from app.jurisdictions.merge import merge
from app.jurisdictions.models import District
from app.jurisdictions.schemas import DistrictSchema
from app.jurisdictions.setup_files import BrokenSetup

FILE = "districts.geojson"
SLIVER_METRES = 10_000
"""So many square metres may two neighbours share: outlines are seldom drawn with the very same points."""
DEGREE_METRES = 111_320


def load(folder: Path, jurisdiction_id: int) -> list[str]:
    """Bring the districts in line with the file; a line for each change. Without a file there are none.

    The database takes the reports along.

    :raises BrokenSetup: what is wrong, feature by feature.
    """
    path = folder / FILE
    wanted = _wanted(path, jurisdiction_id) if path.exists() else {}
    query = (
        select(District)
        .where(District.jurisdiction_id == jurisdiction_id)
        .options(undefer(District.area))
    )
    stored = {row.code: row for row in session().scalars(query)}
    return merge("district", stored, wanted, District)


def _wanted(path: Path, jurisdiction_id: int) -> dict[str, dict[str, Any]]:
    try:
        content = read_json(path)
        found = features(path, content)
        system = of_geojson(content)
    except BrokenFile as fault:
        raise BrokenSetup(fault.faults) from fault
    except UnknownSystem as fault:
        raise BrokenSetup([f"{path.name}: {fault}"]) from fault
    wanted: dict[str, dict[str, Any]] = {}
    areas: dict[str, MultiPolygon] = {}
    faults: list[str] = []
    for rank, (place, feature) in enumerate(found, 1):
        named = _named(place, feature)
        try:
            values = DistrictSchema().load(feature["properties"])
            area = multipolygon(feature, system, repair=False)
        except ValidationError as fault:
            faults += [f"{named}: {name}: {_first(said)}" for name, said in _messages(fault)]
            continue
        except (BrokenShape, UnknownSystem) as fault:
            faults.append(f"{named}: {fault}")
            continue
        code = values["code"]
        if code in wanted:
            faults.append(f"{named}: the code {code} stands twice")
        areas[code] = area
        wanted[code] = {
            **values,
            "jurisdiction_id": jurisdiction_id,
            "rank": rank,
            "area": as_column(area),
        }
    faults += [] if faults else _overlaps(path.name, areas)
    if faults:
        raise BrokenSetup(faults)
    return wanted


def _overlaps(name: str, areas: Mapping[str, MultiPolygon]) -> list[str]:
    """A sentence for each two that cover the same ground: a report would be in both."""
    faults = []
    for one, other in combinations(areas, 2):
        shared = areas[one].intersection(areas[other])
        metres = shared.area * DEGREE_METRES**2 * cos(radians(areas[one].centroid.y))
        if metres > SLIVER_METRES:
            hectares = round(metres / 10_000)
            faults.append(
                f"{name}: {one} and {other} overlap by {hectares} hectares; draw them apart"
            )
    return faults


def _named(place: str, feature: Mapping[str, Any]) -> str:
    """«districts.geojson: feature 3 (frei)»."""
    code = feature["properties"].get("code")
    return f"{place} ({code})" if isinstance(code, str) and code else place


def _messages(fault: ValidationError) -> list[tuple[str, Any]]:
    return [(str(name), said) for name, said in fault.messages_dict.items()]


def _first(said: Any) -> str:
    """The first sentence of marshmallow's messages for a field."""
    while isinstance(said, dict):
        said = next(iter(said.values()))
    return str(said[0] if isinstance(said, list) else said)
