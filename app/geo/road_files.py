"""Roads from a file: an answer of NVDB, or GeoJSON with the same facts as properties. Pure."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from shapely import LineString

from app.geo.crs import UnknownSystem, by_epsg, of_geojson, to_wgs84
from app.geo.files import BrokenFile, features, missing_columns, read_json, text_of
from app.geo.nvdb import page_of
from app.geo.segments import EXISTING, Roads, Segment, category_of, number_of, roads_of
from app.geo.shapes import geometry_of

NEEDED = ("vegkategori", "vegnummer")


def read_roads(path: Path, *, epsg: int | None = None) -> Roads:
    """The existing roads of an NVDB answer or a GeoJSON FeatureCollection, .json, .geojson or .gz.

    :param epsg: the coordinate system of a GeoJSON file, when it does not say it itself.
    :raises BrokenFile: the file, or something in it, cannot be used.
    """
    content = read_json(path)
    if "objekter" in content:
        try:
            page = page_of(content)
        except ValueError as fault:
            raise BrokenFile([f"{path.name}: {fault}"]) from fault
        roads = roads_of(path.name, page.objects)
        if page.announced and page.announced > len(page.objects):
            roads.skipped["on pages that the file does not have"] = page.announced - len(
                page.objects
            )
        return roads
    if content.get("type") != "FeatureCollection":
        raise BrokenFile(
            [f"{path.name}: an answer of NVDB or a GeoJSON FeatureCollection is needed"]
        )
    try:
        system = by_epsg(epsg) if epsg else of_geojson(content)
        return _from_features(path, content, system)
    except UnknownSystem as fault:
        raise BrokenFile([f"{path.name}: {fault}"]) from fault


def _from_features(path: Path, content: Mapping[str, Any], system: CRS) -> Roads:
    found = features(path, content)
    columns = sorted({name for _, feature in found for name in feature["properties"]})
    if missing := [name for name in NEEDED if name not in columns]:
        raise BrokenFile([missing_columns(path.name, missing, columns)])
    skipped: Counter[str] = Counter()
    rows: list[tuple[str, dict[str, Any], LineString]] = []
    faults = []
    for place, feature in found:
        properties = feature["properties"]
        phase = text_of(properties.get("vegfase") or properties.get("fase")) or EXISTING
        if text_of(properties.get("vegkategori")) is None:
            skipped["without a road reference"] += 1
        elif phase != EXISTING:
            skipped[f"in phase {phase}"] += 1
        else:
            try:
                values = _facts(properties)
                rows += [(place, values, line) for line in _lines(feature.get("geometry"))]
            except ValueError as fault:
                faults.append(f"{place}: {fault}")
    if faults:
        raise BrokenFile(faults)
    moved = to_wgs84([line for _, _, line in rows], system)
    return Roads(
        segments=[
            Segment(**values, line=line) for (_, values, _), line in zip(rows, moved, strict=True)
        ],
        places=[place for place, _, _ in rows],
        skipped=skipped,
    )


def _facts(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A feature's values but its line. :raises ValueError: category or number cannot be read."""
    return {
        "category": category_of(properties["vegkategori"]),
        "number": number_of(properties.get("vegnummer")),
        "road_type": text_of(properties.get("typeVeg")),
        "manager": text_of(properties.get("vegforvalter")),
        "street_name": text_of(properties.get("adresse")),
        "reference": text_of(properties.get("kortform")),
    }


def _lines(geometry: Any) -> list[LineString]:
    """The lines of a LineString or MultiLineString. :raises ValueError: it is neither."""
    if not isinstance(geometry, dict):
        raise ValueError("no geometry")
    found = shapely.force_2d(geometry_of(geometry))
    parts = [part for part in shapely.get_parts(found) if isinstance(part, LineString)]
    if found.is_empty or found.geom_type not in {"LineString", "MultiLineString"}:
        raise ValueError(f"a LineString is needed, this is a {found.geom_type}")
    return parts
