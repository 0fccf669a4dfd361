"""Bringing stored rows in line with a file, and telling what changed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape

from app.database import Base, session

Row = TypeVar("Row", bound=Base)


def merge(
    kind: str,
    stored: Mapping[str, Row],
    wanted: Mapping[str, Mapping[str, Any]],
    make: Callable[..., Row],
    *,
    retire: Callable[[Row], bool] | None = None,
) -> list[str]:
    """Add, change and retire rows until they are as wanted; one line for each that changed.

    :param retire: takes a row that the file no longer has out of use; returns whether it did anything.
        Without it such rows are deleted.
    """
    lines = []
    for key, values in wanted.items():
        row = stored.get(key)
        if row is None:
            session().add(make(**values))
            lines.append(f"{kind} {key}: added")
        elif changed := [
            name for name, value in values.items() if not _same(getattr(row, name), value)
        ]:
            for name in changed:
                setattr(row, name, values[name])
            lines.append(f"{kind} {key}: changed {', '.join(changed)}")
    lines += _take_out(kind, stored, set(wanted), retire)
    session().flush()
    return lines


def _take_out(
    kind: str,
    stored: Mapping[str, Row],
    wanted: Iterable[str],
    retire: Callable[[Row], bool] | None,
) -> list[str]:
    lines = []
    for key in stored.keys() - set(wanted):
        if retire is None:
            session().delete(stored[key])
            lines.append(f"{kind} {key}: removed")
        elif retire(stored[key]):
            lines.append(f"{kind} {key}: taken out of use")
    return sorted(lines)


def out_of_use(row: Any) -> bool:
    """Switch `is_active` off; what was reported before keeps pointing to the row."""
    was = bool(row.is_active)
    row.is_active = False
    return was


def _same(stored: Any, wanted: Any) -> bool:
    if isinstance(stored, WKBElement) and isinstance(wanted, WKBElement):
        return bool(to_shape(stored).equals_exact(to_shape(wanted), 1e-9))
    return bool(stored == wanted)
