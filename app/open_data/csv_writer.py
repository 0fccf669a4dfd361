"""CSV: RFC 4180 for programs, and a dialect that a Norwegian Excel opens right."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

import shapely

from app.cells import harmless
from app.open_data.columns import Column, Kind
from app.open_data.extract import Extract, moment

CHUNK = 64 * 1024
POINT = ("longitude", "latitude")
Cell = Callable[[Any], str]


def chunks(extract: Extract, *, excel: bool = False) -> Iterator[bytes]:
    """The file, little by little. A missing value is empty, never zero.

    A point is two columns, an area is WKT, both EPSG:4326. With `excel`: a byte order mark, semicolons, decimal
    commas, local days and times, headings and names instead of codes.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if excel else ",", lineterminator="\r\n")
    columns = extract.dataset.columns
    writer.writerow(_headings(extract, excel=excel))
    written = [
        (column.code, _is_point(column), _cell(column, extract, excel)) for column in columns
    ]
    is_first = True
    for batch in extract.batches():
        for row in batch:
            line: list[str] = []
            for code, is_point, cell in written:
                value = row[code]
                if is_point:
                    line += _point(value, cell)
                else:
                    line.append("" if value is None else cell(value))
            writer.writerow(line)
        if out.tell() >= CHUNK:
            yield _take(out, with_mark=excel and is_first)
            is_first = False
    yield _take(out, with_mark=excel and is_first)


def _take(out: StringIO, *, with_mark: bool) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8-sig" if with_mark else "utf-8")


def headings(columns: Sequence[Column]) -> list[str]:
    """The first line of a file for programs: the columns' codes."""
    found: list[str] = []
    for column in columns:
        found += POINT if _is_point(column) else (column.code,)
    return found


def _headings(extract: Extract, *, excel: bool) -> list[str]:
    if not excel:
        return headings(extract.dataset.columns)
    found: list[str] = []
    for column in extract.dataset.columns:
        title = extract.titles[column.code]
        found += [f"{title}, {part}" for part in POINT] if _is_point(column) else [harmless(title)]
    return found


def _is_point(column: Column) -> bool:
    return column.kind is Kind.GEOMETRY and column.shape == "Point"


def _point(value: bytes | None, number: Cell) -> list[str]:
    if value is None:
        return ["", ""]
    point = shapely.from_wkb(value)
    return [number(shapely.get_x(point)), number(shapely.get_y(point))]


def _cell(column: Column, extract: Extract, excel: bool) -> Cell:
    """How the values of a column are written; for points, how each of the two numbers is."""
    kind, names = column.kind, extract.names.get(column.code, {})
    yes, no = extract.yes_no
    if kind is Kind.TEXT:
        return (lambda value: harmless(names.get(value, value))) if excel else harmless
    if kind is Kind.NUMBER or _is_point(column):
        return (lambda value: repr(float(value)).replace(".", ",")) if excel else _number
    if kind is Kind.BOOLEAN:
        return (lambda value: yes if value else no) if excel else _boolean
    if kind is Kind.DATE:
        return _day if excel else date.isoformat
    if kind is Kind.MOMENT:
        return (lambda value: _clock(value.astimezone(extract.zone))) if excel else moment
    return _wkt if kind is Kind.GEOMETRY else str


def _number(value: float) -> str:
    return repr(float(value))


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _day(value: date) -> str:
    return value.strftime("%d.%m.%Y")


def _clock(value: datetime) -> str:
    return value.strftime("%d.%m.%Y %H:%M")


def _wkt(value: bytes) -> str:
    return str(shapely.to_wkt(shapely.from_wkb(value), rounding_precision=6))
