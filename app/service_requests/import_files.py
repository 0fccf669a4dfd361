"""Rows of another system's file, a batch at a time: a million take no more memory than a thousand. Pure."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from app.geo import crs
from app.geo.files import BrokenFile, missing_columns, text_of
from app.geo.positions import WGS84
from app.service_requests.import_mapping import ImportMapping

BATCH = 5000
LONGEST_CELL = 1_000_000
GEOMETRY = (".geojson", ".json", ".gpkg")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row: where it stands (a line of a CSV, else the how-manieth feature), and its cells by column.

    `cells` is None for a row with more or fewer cells than columns. `point` is that of the file's own geometry,
    in the file's system.
    """

    line: int
    cells: dict[str, str] | None
    raw: list[str]
    point: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file that is being read. `system` is that of its positions; `size` is in bytes or features."""

    columns: list[str]
    system: CRS
    size: int
    batches: Iterator[list[Row]]
    done: Callable[[], int]


def kind_of(path: Path) -> str:
    """`.csv`, `.geojson`, `.json` or `.gpkg`. :raises BrokenFile: another one."""
    suffix = (Path(path.stem).suffix if path.suffix == ".gz" else path.suffix).lower()
    if suffix in {".csv", ".txt", ".tsv"}:
        return ".csv"
    if suffix not in GEOMETRY or (suffix == ".gpkg" and path.suffix == ".gz"):
        raise BrokenFile(
            [f"{path.name}: a .csv, .geojson or .gpkg is needed; .csv also as .csv.gz"]
        )
    return suffix


def opened(path: Path, mapping: ImportMapping) -> Opened:
    """The file, ready to be read once.

    :raises BrokenFile: it cannot be read, or has not the mapping's columns; reading on may raise it too.
    """
    kind = kind_of(path)
    has_geometry = mapping.position.x is None
    if kind == ".csv" and has_geometry:
        raise BrokenFile([f"{path.name}: a CSV has no geometry; name its columns in position"])
    found = _csv(path, mapping) if kind == ".csv" else _features(path, mapping)
    if missing := [name for name in mapping.columns if name not in found.columns]:
        raise BrokenFile([missing_columns(path.name, missing, found.columns)])
    return found


def _csv(path: Path, mapping: ImportMapping) -> Opened:
    raw = path.open("rb")
    is_packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    unpacked = gzip.GzipFile(fileobj=raw) if is_packed else raw
    # What is not in the encoding is kept as it is, so that its row can be refused and the others read.
    text = io.TextIOWrapper(
        unpacked,
        encoding=mapping.file.encoding,
        errors="surrogateescape",
        newline="",
    )
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(text, delimiter=mapping.file.delimiter, strict=True)
    with _readable(path, lines):
        columns = [cell.strip() for cell in next(lines, [])]
    if not columns:
        raise BrokenFile([f"{path.name}: the file is empty"])
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise BrokenFile([f"{path.name}: line 1: the column {twice[0]} is there twice"])
    system = crs.by_epsg(mapping.position.epsg or WGS84)
    batches = _csv_batches(path, lines, columns, text)
    size = path.stat().st_size
    return Opened(columns=columns, system=system, size=size, batches=batches, done=raw.tell)


class _readable:  # noqa: N801 – reads as a with-statement's words
    """Turns what a CSV can go wrong with into the sentence for it."""

    def __init__(self, path: Path, lines: Any) -> None:
        self.path, self.lines = path, lines

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, csv.Error):
            what = "the file is cut off" if "unexpected end" in str(fault) else str(fault)
        elif isinstance(fault, EOFError):
            what = "the gzip file is cut off"
        elif isinstance(fault, gzip.BadGzipFile | zlib.error):
            what = "the gzip file is broken"
        elif isinstance(fault, UnicodeError):
            what = "the file is not in the encoding that the mapping names"
        else:
            return
        place = f"{self.path.name}: line {self.lines.line_num}"
        raise BrokenFile([f"{place}: {what}"]) from fault


def _csv_batches(
    path: Path, lines: Any, columns: list[str], text: io.TextIOWrapper
) -> Iterator[list[Row]]:
    batch: list[Row] = []
    with text, _readable(path, lines):
        while True:
            line = lines.line_num + 1
            cells = next(lines, None)
            if cells is None:
                break
            if not any(cell.strip() for cell in cells):
                continue
            fits = len(cells) == len(columns)
            named = dict(zip(columns, cells, strict=True)) if fits else None
            batch.append(Row(line=line, cells=named, raw=cells))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _features(path: Path, mapping: ImportMapping) -> Opened:
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    name = f"/vsigzip/{path.absolute()}" if is_packed else str(path)
    try:
        layer = _layer(path, name, mapping.file.layer)
        about = pyogrio.read_info(name, layer=layer, force_feature_count=True)
        declared = about["crs"]
        epsg = mapping.position.epsg
        system = crs.of_name(declared) if declared and not epsg else crs.by_epsg(epsg or WGS84)
    except (DataSourceError, DataLayerError, crs.UnknownSystem) as fault:
        raise BrokenFile([f"{path.name}: {fault}"]) from fault
    taken = [0]
    return Opened(
        columns=list(about["fields"]),
        system=system,
        size=int(about["features"]),
        batches=_feature_batches(path, name, layer, taken),
        done=lambda: taken[0],
    )


def _layer(path: Path, name: str, wanted: str | None) -> str:
    """The layer that is meant. :raises BrokenFile: several could be, or there is none of this name."""
    names = [str(row[0]) for row in pyogrio.list_layers(name)]
    if wanted is not None and wanted not in names:
        raise BrokenFile([f"{path.name}: there is no layer {wanted}; there are {', '.join(names)}"])
    if wanted is None and len(names) != 1:
        raise BrokenFile([f"{path.name}: name one of the layers {', '.join(names)} in the mapping"])
    return wanted or names[0]


def _feature_batches(path: Path, name: str, layer: str, taken: list[int]) -> Iterator[list[Row]]:
    dates = {} if name.endswith(".gpkg") else {"DATE_AS_STRING": "YES"}
    try:
        with pyogrio.raw.open_arrow(
            name, layer=layer, batch_size=BATCH, use_pyarrow=True, **dates
        ) as (about, reader):
            geometry = about["geometry_name"] or "wkb_geometry"
            for batch in reader:
                columns = [column for column in batch.schema.names if column != geometry]
                shapes = shapely.from_wkb(batch.column(geometry).to_pylist(), on_invalid="ignore")
                cells = zip(*(batch.column(column).to_pylist() for column in columns), strict=True)
                rows = [
                    _feature(taken[0] + at, columns, values, shape)
                    for at, (values, shape) in enumerate(
                        zip(cells if columns else [()] * len(shapes), shapes, strict=True), 1
                    )
                ]
                taken[0] += len(rows)
                yield rows
    except (DataSourceError, DataLayerError, RuntimeError) as fault:
        raise BrokenFile([f"{path.name}: cannot be read: {fault}"]) from fault


def _feature(line: int, columns: Sequence[str], values: Sequence[Any], shape: Any) -> Row:
    raw = [
        value.isoformat() if isinstance(value, date) else text_of(value) or "" for value in values
    ]
    is_point = shape is not None and shape.geom_type == "Point" and not shape.is_empty
    point = (shape.x, shape.y) if is_point else None
    return Row(line=line, cells=dict(zip(columns, raw, strict=True)), raw=raw, point=point)
