"""JSON-stat 2.0 of cubes: values in row-major order, `..` for what is missing, `:` for what is hidden."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from app.errors import AppError
from app.i18n import gettext
from app.open_data.columns import HIDDEN, Column, Dataset, Kind, Part, Row
from app.open_data.extract import Extract, moment

MEASURE = "measure"
"""The dimension that the metrics are the categories of."""
NONE = "none"
"""The category of rows that have no code in a dimension."""
MISSING, CONFIDENTIAL = "..", ":"
MOST_VALUES = 2_000_000


class TooLarge(AppError):
    """More values than one answer should hold."""

    status = 413


def chunks(extract: Extract) -> Iterator[bytes]:
    """The whole cube. It is made before the first byte is sent. :raises TooLarge: choose less of it."""
    return iter((json.dumps(cube(extract), ensure_ascii=False, separators=(",", ":")).encode(),))


def cube(extract: Extract) -> dict[str, Any]:
    """The dataset as JSON-stat has it."""
    columns = extract.dataset.columns
    axes = [column for column in columns if column.part in {Part.DIMENSION, Part.TIME}]
    metrics = [column for column in columns if column.part is Part.METRIC]
    rows = [row for batch in extract.batches() for row in batch]
    codes = [_codes(axis, rows, extract.names.get(axis.code)) for axis in axes]
    size = [len(found) for found in codes] + [len(metrics)]
    if prod(size) > MOST_VALUES:
        raise TooLarge(
            gettext(
                "That is more than one JSON-stat answer can hold. Choose fewer years or services."
            )
        )
    values, status = _values(extract.dataset, axes, codes, rows)
    return {
        "version": "2.0",
        "class": "dataset",
        "label": extract.title,
        "source": extract.publisher,
        "updated": moment(extract.made_at),
        "note": [extract.description],
        "id": [axis.code for axis in axes] + [MEASURE],
        "size": size,
        "role": {
            "time": [axis.code for axis in axes if axis.part is Part.TIME],
            "metric": [MEASURE],
        },
        "dimension": _dimensions(extract, axes, metrics, codes),
        "value": values,
        "status": status,
    }


def _code(value: Any) -> str:
    return NONE if value is None else str(value)


def _codes(axis: Column, rows: Sequence[Row], names: Mapping[str, str] | None) -> list[str]:
    """The codes that occur, in the order of the code list where there is one."""
    seen = {_code(row[axis.code]) for row in rows}
    ordered = [code for code in names or () if code in seen]
    return ordered + sorted(seen - set(ordered))


def _values(
    dataset: Dataset, axes: Sequence[Column], codes: Sequence[list[str]], rows: list[Row]
) -> tuple[list[float | int | None], dict[str, str]]:
    by_place = {tuple(_code(row[axis.code]) for axis in axes): row for row in rows}
    metrics = [column for column in dataset.columns if column.part is Part.METRIC]
    absent: Row = {
        metric.code: 0
        for metric in metrics
        if dataset.absent_is_zero and metric.kind is Kind.INTEGER
    }
    values: list[float | int | None] = []
    status: dict[str, str] = {}
    for place in product(*codes):
        row = by_place.get(place, absent)
        hidden = (row.get(HIDDEN) or "").split()
        for metric in metrics:
            value = row.get(metric.code)
            if value is None:
                status[str(len(values))] = CONFIDENTIAL if metric.code in hidden else MISSING
            values.append(value)
    return values, status


def _dimensions(
    extract: Extract,
    axes: Sequence[Column],
    metrics: Sequence[Column],
    codes: Sequence[list[str]],
) -> dict[str, Any]:
    found = {}
    for axis, present in zip(axes, codes, strict=True):
        names = extract.names.get(axis.code, {})
        found[axis.code] = {
            "label": extract.titles[axis.code],
            "category": {
                "index": present,
                "label": {code: names.get(code, code) for code in present},
            },
        }
    found[MEASURE] = {
        "label": gettext("Measure"),
        "category": {
            "index": [metric.code for metric in metrics],
            "label": {metric.code: extract.titles[metric.code] for metric in metrics},
            "unit": {
                metric.code: {"base": metric.unit, "decimals": _decimals(metric)}
                for metric in metrics
            },
        },
    }
    return found


def _decimals(metric: Column) -> int:
    if metric.decimals is not None:
        return metric.decimals
    return 0 if metric.kind is Kind.INTEGER else 4
