"""Small tables that are read whole, put in the order of their key."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.open_data.columns import Key, Row


def in_order(rows: Iterable[Row], key: tuple[str, ...], after: Key | None) -> Iterator[Row]:
    """The rows by their key, after one if it is given. A missing part comes before all others."""
    placed = sorted(((_place(row[code] for code in key), row) for row in rows), key=_first)
    start = None if after is None else _place(after)
    return iter([row for place, row in placed if start is None or place > start])


def _place(parts: Iterable[Any]) -> tuple[Any, ...]:
    return tuple((part is not None, "" if part is None else part) for part in parts)


def _first(pair: tuple[tuple[Any, ...], Row]) -> tuple[Any, ...]:
    return pair[0]
