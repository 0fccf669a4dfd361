"""Rows as Arrow batches: typed columns with their titles, for Parquet and GeoPackage."""

import json
from collections.abc import Iterator, Sequence

import pyarrow as pa

from app.open_data.columns import Column, Kind, Row
from app.open_data.extract import Extract

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.MOMENT: pa.timestamp("ms", tz="UTC"),
    Kind.BOOLEAN: pa.bool_(),
    Kind.GEOMETRY: pa.binary(),
}


def schema(extract: Extract, *, for_gdal: bool = False) -> pa.Schema:
    """The columns with their types; titles and meanings are the fields' metadata.

    `for_gdal` names them as GDAL looks for them, and marks the geometry as WKB.
    """
    fields = [_field(column, extract, for_gdal) for column in extract.dataset.columns]
    about = {name: str(value) for name, value in extract.about().items()}
    return pa.schema(fields, metadata={"about": json.dumps(about, ensure_ascii=False)})


def _field(column: Column, extract: Extract, for_gdal: bool) -> pa.Field:
    title, description = extract.titles[column.code], extract.descriptions[column.code]
    said = {"title": title, "description": description, "unit": column.unit}
    if for_gdal:
        said = {"GDAL:OGR:alternative_name": title, "GDAL:OGR:comment": description}
        if column.kind is Kind.GEOMETRY:
            said = {"ARROW:extension:name": "geoarrow.wkb", "ARROW:extension:metadata": "{}"}
    kept = {name: text for name, text in said.items() if text}
    return pa.field(column.code, TYPES[column.kind], metadata=kept)


def batches(extract: Extract, wanted: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows, some at a time."""
    for batch in extract.batches():
        yield to_batch(batch, extract.dataset.columns, wanted)


def to_batch(rows: Sequence[Row], columns: Sequence[Column], wanted: pa.Schema) -> pa.RecordBatch:
    """These rows as one batch."""
    arrays = [
        pa.array([row[column.code] for row in rows], type=TYPES[column.kind]) for column in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)
