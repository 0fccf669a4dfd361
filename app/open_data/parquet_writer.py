"""Parquet, and GeoParquet 1.1 where there is a geometry: a row group for some thousand rows at a time."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from app.open_data import arrow
from app.open_data.columns import Column
from app.open_data.extract import Extract

GROUP = 20_000
"""Rows in a row group."""


class _Sink:
    """A file that hands on what is written to it."""

    closed = False

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._at = 0

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._waiting.append(written)
        self._at += len(written)
        return len(written)

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)

    def flush(self) -> None:
        """Nothing waits here but what `take` gives."""

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


def chunks(extract: Extract) -> Iterator[bytes]:
    """The file, a row group at a time; the bounds of all places stand in its last part."""
    sink, wanted = _Sink(), arrow.schema(extract)
    geometry = extract.dataset.geometry
    bounds = _Bounds()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), wanted, compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in arrow.batches(extract, wanted):
            if geometry is not None:
                bounds.add(batch.column(geometry.code))
            waiting.append(batch)
            if sum(part.num_rows for part in waiting) >= GROUP:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
                yield sink.take()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))
        if geometry is not None:
            said = json.dumps(_geo(geometry, bounds))
            writer.add_key_value_metadata({"geo": said})
    yield sink.take()


class _Bounds:
    """The box around all places so far, degrees."""

    def __init__(self) -> None:
        self.box: list[float] | None = None

    def add(self, places: pa.BinaryArray) -> None:
        found = shapely.total_bounds(shapely.from_wkb(places.to_pylist()))
        if np.isnan(found).any():
            return
        if self.box is None:
            self.box = [float(side) for side in found]
            return
        west, south, east, north = (float(side) for side in found)
        box = self.box
        self.box = [min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)]


def _geo(geometry: Column, bounds: _Bounds) -> dict[str, Any]:
    """GeoParquet's word about the geometry. No `crs` means longitude and latitude on WGS 84 (OGC:CRS84)."""
    said: dict[str, Any] = {"encoding": "WKB", "geometry_types": [geometry.shape]}
    if bounds.box is not None:
        said["bbox"] = bounds.box
    return {
        "version": "1.1.0",
        "primary_column": geometry.code,
        "columns": {geometry.code: said},
    }
