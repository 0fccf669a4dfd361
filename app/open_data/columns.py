"""What a dataset is: its columns, its key, and a way to its rows. Pure.

A row is a mapping from column codes to values, by the column's kind:

- text: `str`; integer: `int`; number: `float`; boolean: `bool`
- date: `datetime.date`, by the municipality's calendar; moment: an aware `datetime` in UTC
- geometry: WKB as `bytes`, EPSG:4326, longitude before latitude

None is missing, whatever the kind. Rows come in the order of the key.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter

Row = Mapping[str, Any]
Key = tuple[Any, ...]
Codes = Callable[[Jurisdiction], Mapping[str, str]]
"""The codes that a column may hold, each with its name in the language in use, in order."""
Rows = Callable[[Jurisdiction, Filter, Key | None, datetime], Iterator[Row]]
"""The rows that match, after a key if one is given, as they stand now."""


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    GEOMETRY = "geometry"


class Part(StrEnum):
    """What a column is in a cube. Everything else is an attribute."""

    DIMENSION = "dimension"
    TIME = "time"
    METRIC = "metric"
    ATTRIBUTE = "attribute"


class Format(StrEnum):
    """What a dataset can be had as; the end of its address."""

    CSV = "csv"
    JSON = "json"
    JSON_STAT = "jsonstat"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    PARQUET = "parquet"


HIDDEN = "hidden"
"""The column of a cube that names the metrics which are hidden in a row to protect people, spaces between."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column. `label` and `meaning` are translated when they are shown."""

    code: str
    kind: Kind
    label: str
    meaning: str
    codes: Codes | None = None
    part: Part = Part.ATTRIBUTE
    unit: str = ""
    decimals: int | None = None
    shape: str = ""
    """Of a geometry: Point or MultiPolygon."""

    def title(self) -> str:
        """The heading, in the language in use."""
        return str(self.label)

    def description(self) -> str:
        """What the values mean, in the language in use."""
        return str(self.meaning)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Something that anyone may have whole: described once, in every format the same."""

    code: str
    label: str
    meaning: str
    columns: Sequence[Column]
    key: tuple[str, ...]
    rows: Rows
    theme: str = "GOVE"
    """A code of the EU's data themes."""
    is_cube: bool = False
    filters: frozenset[str] = frozenset()
    """The query parameters of SelectionSchema that choose among its rows."""
    absent_is_zero: bool = False
    """Of a cube: that no row means that nothing was counted there, not that nobody knows."""
    by_clock: bool = False
    """Whether rows change as time goes by, from one day to the next, without anything being stored."""
    by_minute: bool = False
    """Whether they may change so at any time of the day."""
    is_large: bool = False
    """Whether there may be a row for each report."""
    formats: tuple[Format, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = [Format.CSV, Format.JSON, Format.PARQUET]
        if self.is_cube:
            found.insert(2, Format.JSON_STAT)
        if self.geometry is not None:
            found[2:2] = [Format.GEOJSON, Format.GEOPACKAGE]
        object.__setattr__(self, "formats", tuple(found))

    def title(self) -> str:
        """The name, in the language in use."""
        return str(self.label)

    def description(self) -> str:
        """What it holds and by which rules, in the language in use."""
        return str(self.meaning)

    def column(self, code: str) -> Column:
        """The column with this code. :raises KeyError: there is none."""
        return {column.code: column for column in self.columns}[code]

    @property
    def geometry(self) -> Column | None:
        """The column with the place, if the dataset has one."""
        return next((column for column in self.columns if column.kind == Kind.GEOMETRY), None)

    def key_of(self, row: Row) -> Key:
        """What tells this row from all others, in the order of `key`."""
        return tuple(row[code] for code in self.key)
