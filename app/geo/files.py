"""Files that operators hand in: unpacked, decoded and taken apart, or refused with file and place. Pure."""

import gzip
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SHOWN_FAULTS = 20


class BrokenFile(Exception):
    """The file cannot be used. `faults` says what and where, one sentence each, the first 20 of them."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = len(faults) - SHOWN_FAULTS
        self.faults = [*faults[:SHOWN_FAULTS], *([f"… and {more} more faults"] if more > 0 else [])]
        super().__init__("\n".join(self.faults))


def read_text(path: Path) -> str:
    """The file's text, unpacked if it is gzip.

    :raises BrokenFile: cannot be read, cut off, empty, or not UTF-8.
    """
    try:
        raw = path.read_bytes()
        if raw.startswith(b"\x1f\x8b") or path.suffix == ".gz":
            raw = gzip.decompress(raw)
    except EOFError as fault:
        raise BrokenFile([f"{path.name}: the gzip file is cut off"]) from fault
    except (gzip.BadGzipFile, zlib.error) as fault:
        raise BrokenFile([f"{path.name}: the gzip file is broken: {fault}"]) from fault
    except OSError as fault:
        raise BrokenFile([f"{path.name}: cannot be read: {fault.strerror}"]) from fault
    if not raw.strip():
        raise BrokenFile([f"{path.name}: the file is empty"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise BrokenFile([f"{path.name}: line {line}: the file is not UTF-8"]) from fault


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a plain or packed file.

    :raises BrokenFile: as `read_text`, or not a JSON object.
    """
    text = read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as fault:
        is_cut = fault.pos >= len(text.rstrip()) or fault.msg.startswith("Unterminated string")
        what = "the file is cut off" if is_cut else f"not JSON: {fault.msg}"
        raise BrokenFile([f"{path.name}: line {fault.lineno}: {what}"]) from fault
    except (RecursionError, ValueError) as fault:  # nested too deeply, a number of too many digits
        raise BrokenFile([f"{path.name}: not JSON that can be read"]) from fault
    if not isinstance(content, dict):
        raise BrokenFile([f"{path.name}: line 1: a JSON object is needed"])
    return content


def features(path: Path, content: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The features of a FeatureCollection, each with its place, `file: feature 3`.

    Each has `properties`, a mapping; its geometry is not looked at.

    :raises BrokenFile: another kind of JSON, no features, or things that are none.
    """
    listed = content.get("features")
    if content.get("type") != "FeatureCollection" or not isinstance(listed, list):
        raise BrokenFile([f"{path.name}: a GeoJSON FeatureCollection is needed"])
    if not listed:
        raise BrokenFile([f"{path.name}: there are no features"])
    found, faults = [], []
    for at, feature in enumerate(listed, 1):
        place = f"{path.name}: feature {at}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or not isinstance(properties, dict | None):
            faults.append(f"{place}: not a GeoJSON feature")
        else:
            found.append((place, {**feature, "properties": properties or {}}))
    if faults:
        raise BrokenFile(faults)
    return found


def missing_columns(name: str, missing: Sequence[str], found: Sequence[str]) -> str:
    """The sentence for columns that are not there."""
    return f"{name}: there is no {' and no '.join(missing)}; the columns are {', '.join(found) or 'none'}"


def text_of(value: Any) -> str | None:
    """A value as text that the database takes, without blanks around it; None when there is nothing.

    A whole number has no decimals: 70.0 is «70».
    """
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() else value
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode()
    return text.strip() or None
