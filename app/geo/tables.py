"""Rows with a position from CSV, GeoJSON or GeoPackage, in any coordinate system. Pure: reads files only."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyproj import CRS
from shapely import Point
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from app.geo.crs import UnknownSystem, by_epsg, of_geojson, of_name, to_wgs84
from app.geo.files import BrokenFile, features, missing_columns, read_json, read_text
from app.geo.positions import WGS84
from app.geo.shapes import geometry_of

EAST = ("x", "longitude", "lon", "lng", "øst", "ost", "east", "easting", "lengdegrad")
NORTH = ("y", "latitude", "lat", "nord", "north", "northing", "breddegrad")
SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file's rows. `places` says where each stands; `points` are EPSG:4326, longitude before latitude."""

    name: str
    columns: list[str]
    places: list[str]
    rows: list[Mapping[str, Any]]
    points: list[Point]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What an operator says of a file that does not say it itself, or not in the usual words."""

    epsg: int | None = None
    layer: str | None = None
    x_field: str | None = None
    y_field: str | None = None


def read_table(path: Path, reading: Reading) -> Table:
    """The rows of a .csv, .geojson, .json or .gpkg; the first and the second two also packed with gzip.

    A coordinate system that neither the file nor the operator names is EPSG:4326.

    :raises BrokenFile: the file, or a row of it, cannot be used.
    """
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    readers = {".csv": _csv, ".txt": _csv, ".geojson": _geojson, ".json": _geojson, ".gpkg": _gpkg}
    reader = readers.get(kind.lower())
    if reader is None:
        raise BrokenFile([f"{path.name}: a .csv, .geojson or .gpkg is needed"])
    if reading.layer and reader is not _gpkg:
        raise BrokenFile([f"{path.name}: there is no layer {reading.layer}: only .gpkg has layers"])
    try:
        return reader(path, reading)
    except UnknownSystem as fault:
        raise BrokenFile([f"{path.name}: {fault}"]) from fault


def column(
    name: str, columns: Sequence[str], aliases: Sequence[str], given: str | None, option: str
) -> str | None:
    """The one column that is meant, without regard to case; None when there is none of these names.

    :raises BrokenFile: the given one is not there, or several could be meant.
    """
    if given is not None:
        found = [one for one in columns if one.casefold() == given.casefold()]
        if not found:
            raise BrokenFile([missing_columns(name, [given], columns)])
        return given if given in found else found[0]
    found = [one for one in columns if one.strip().casefold() in aliases]
    if len(found) > 1:
        raise BrokenFile([f"{name}: {' and '.join(found)} could both be meant; give {option}"])
    return found[0] if found else None


def _csv(path: Path, reading: Reading) -> Table:
    text = read_text(path)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    places, rows, faults = [], [], []
    try:
        columns = [cell.strip() for cell in next(lines)]
        for cells in lines:
            place = f"{path.name}: line {lines.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                faults.append(f"{place}: {len(cells)} cells, but {len(columns)} columns")
                continue
            places.append(place)
            rows.append(dict(zip(columns, cells, strict=True)))
    except csv.Error as fault:
        what = "the file is cut off" if "unexpected end" in str(fault) else str(fault)
        raise BrokenFile([*faults, f"{path.name}: line {lines.line_num}: {what}"]) from fault
    if twice := sorted({one for one in columns if columns.count(one) > 1}):
        raise BrokenFile([f"{path.name}: line 1: the column {twice[0]} is there twice"])
    x = column(path.name, columns, EAST, reading.x_field, "--x-field")
    y = column(path.name, columns, NORTH, reading.y_field, "--y-field")
    if x is None or y is None:
        missing = [one for one, has in (("x or longitude", x), ("y or latitude", y)) if has is None]
        raise BrokenFile([missing_columns(path.name, missing, columns)])
    points = []
    for place, row in zip(places, rows, strict=True):
        try:
            points.append(Point(_number(row[x], x), _number(row[y], y)))
        except ValueError as fault:
            faults.append(f"{place}: {fault}")
    return _table(path, columns, (places, rows, points), by_epsg(reading.epsg or WGS84), faults)


def _geojson(path: Path, reading: Reading) -> Table:
    content = read_json(path)
    found = features(path, content)
    points, faults = [], []
    for place, feature in found:
        try:
            geometry = feature.get("geometry")
            points.append(_point(None if geometry is None else geometry_of(geometry)))
        except ValueError as fault:
            faults.append(f"{place}: {fault}")
    columns = list(dict.fromkeys(name for _, feature in found for name in feature["properties"]))
    rows = ([place for place, _ in found], [feature["properties"] for _, feature in found], points)
    system = by_epsg(reading.epsg) if reading.epsg else of_geojson(content)
    return _table(path, columns, rows, system, faults)


def _gpkg(path: Path, reading: Reading) -> Table:
    try:
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
        if start != SQLITE:
            what = "not a GeoPackage" if start else "the file is empty"
            raise BrokenFile([f"{path.name}: {what}"])
        layer = _layer(path, reading.layer)
        about, numbers, shapes, cells = pyogrio.raw.read(
            path, layer=layer, force_2d=True, return_fids=True, datetime_as_string=True
        )
    except (OSError, RuntimeError, ValueError) as fault:  # pyogrio's errors are RuntimeErrors
        raise BrokenFile([f"{path.name}: cannot be read: {fault}"]) from fault
    columns = [str(name) for name in about["fields"]]
    places = [f"{path.name}: row {number}" for number in numbers]
    values = [one.tolist() for one in cells]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
    points, faults = [], []
    for place, binary in zip(places, shapes, strict=True):
        try:
            points.append(_point(shapely.from_wkb(binary)))
        except (ValueError, ShapelyError) as fault:
            faults.append(f"{place}: {fault}")
    if not reading.epsg and not about["crs"]:
        faults.insert(0, f"{path.name}: names no coordinate system; give --epsg")
        raise BrokenFile(faults)
    system = by_epsg(reading.epsg) if reading.epsg else of_name(about["crs"])
    return _table(path, columns, (places, rows or [{} for _ in places], points), system, faults)


def _layer(path: Path, wanted: str | None) -> str:
    """The wanted layer, or the only one. :raises BrokenFile: it is not there, or there are several."""
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    listed = f"the layers are {', '.join(layers) or 'none'}"
    if wanted is not None and wanted not in layers:
        raise BrokenFile([f"{path.name}: there is no layer {wanted}; {listed}"])
    if wanted is None and len(layers) != 1:
        raise BrokenFile([f"{path.name}: {listed}; give --layer"])
    return wanted or layers[0]


def _table(
    path: Path,
    columns: list[str],
    content: tuple[list[str], list[Any], list[Point]],
    system: CRS,
    faults: list[str],
) -> Table:
    places, rows, points = content
    if not places and not faults:
        faults = [f"{path.name}: there are no rows"]
    if faults:
        raise BrokenFile(faults)
    moved = to_wgs84(points, system)
    return Table(name=path.name, columns=columns, places=places, rows=rows, points=moved)


def _number(cell: str, name: str) -> float:
    """A coordinate, also with a decimal comma. :raises ValueError: not a number."""
    written = "".join(cell.split()).replace(",", ".").replace("\N{MINUS SIGN}", "-")
    try:
        number = float(written)
    except ValueError as fault:
        raise ValueError(f"{name} is «{cell.strip()[:40]}», not a number") from fault
    if not math.isfinite(number):
        raise ValueError(f"{name} is «{cell.strip()[:40]}», not a number")
    return number


def _point(found: BaseGeometry | None) -> Point:
    """The point that this is. :raises ValueError: there is none, or it is something else."""
    parts = [] if found is None else shapely.get_parts(found).tolist()
    if found is None or found.is_empty:
        raise ValueError("no position")
    if len(parts) != 1 or not isinstance(parts[0], Point):
        raise ValueError(f"a Point is needed, this is a {found.geom_type}")
    return parts[0]
