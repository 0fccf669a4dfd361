"""JSON and GeoJSON (RFC 7946), written row by row."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import shapely

from app.open_data.columns import Column, Kind, Row
from app.open_data.extract import Extract, plain

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def chunks(extract: Extract) -> Iterator[bytes]:
    """`{…about the dataset…, "columns": […], "rows": [{…}, …]}`; a geometry is a GeoJSON geometry."""
    columns = extract.dataset.columns
    said = [
        {
            "code": column.code,
            "kind": column.kind,
            "title": extract.titles[column.code],
            "description": extract.descriptions[column.code],
            "unit": column.unit or None,
            "codes": extract.names.get(column.code),
        }
        for column in columns
    ]
    yield _open({**extract.about(), "key": extract.dataset.key, "columns": said}, "rows")
    yield from _listed(_whole(batch, columns) for batch in extract.batches())
    yield b"\n]}\n"


def geojson(extract: Extract) -> Iterator[bytes]:
    """A FeatureCollection; each feature's `id` is its key, the missing place of one that has none is null."""
    geometry = extract.dataset.geometry
    if geometry is None:
        raise ValueError(f"{extract.dataset.code} has no geometry")
    others = [column for column in extract.dataset.columns if column is not geometry]
    head = {"type": "FeatureCollection", "name": extract.dataset.code, **extract.about()}
    yield _open(head, "features")
    yield from _listed(_features(extract, batch, others, geometry) for batch in extract.batches())
    yield b"\n]}\n"


def _open(head: dict[str, Any], name: str) -> bytes:
    return f'{_encode(head)[:-1]},"{name}":['.encode()


def _listed(batches: Iterator[list[str]]) -> Iterator[bytes]:
    between = "\n"
    for batch in batches:
        yield (between + ",\n".join(batch)).encode()
        between = ",\n"


def _whole(batch: Sequence[Row], columns: Sequence[Column]) -> list[str]:
    found = []
    for row in batch:
        plainly = {
            column.code: plain(row[column.code])
            for column in columns
            if column.kind is not Kind.GEOMETRY
        }
        text = _encode(plainly)
        for column in columns:
            if column.kind is Kind.GEOMETRY:
                text = f'{text[:-1]},"{column.code}":{_shape(row[column.code])}}}'
        found.append(text)
    return found


def _features(
    extract: Extract, batch: Sequence[Row], columns: Sequence[Column], geometry: Column
) -> list[str]:
    found = []
    for row in batch:
        key = _encode(",".join(str(part) for part in extract.dataset.key_of(row)))
        properties = _encode({column.code: plain(row[column.code]) for column in columns})
        shape = _shape(row[geometry.code])
        found.append(
            f'{{"type":"Feature","id":{key},"geometry":{shape},"properties":{properties}}}'
        )
    return found


def _shape(value: bytes | None) -> str:
    return "null" if value is None else str(shapely.to_geojson(shapely.from_wkb(value)))
