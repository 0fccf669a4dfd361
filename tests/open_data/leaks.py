"""Recognisable personal data, and finding it again in an answer of any format."""

import html
import io
import json
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

import pyarrow.parquet
from pypdf import PdfReader

from app.geo.positions import Position
from app.service_requests.grid import column_of, row_of

WORDS = "Hemmelighetsord"
"""Begins every free text; what follows says which field it was written into."""
EMAIL = "hemmelig.person@example.org"
NAME = "Navnehemmelig Navnesen"
PHONE = "91234567"
STREET, HOUSE_NUMBER = "Testgata", 4711
NETWORK = "203.0.113.77"
BROWSER = "Hemmelignettleser/77.7"
NEEDLES = (
    WORDS,
    EMAIL,
    "hemmelig.person",
    NAME,
    "Navnehemmelig",
    PHONE,
    "91 23 45 67",
    "912 34 567",
    f"{STREET} {HOUSE_NUMBER}",
    NETWORK,
    BROWSER,
    "GPS secret",
)


@dataclass
class Secrets:
    """What must be nowhere: texts, and exact places (EPSG:4326)."""

    texts: list[str] = field(default_factory=lambda: list(NEEDLES))
    places: list[Position] = field(default_factory=list)

    def found_in(self, content: bytes, media_type: str = "text/plain") -> list[str]:
        """What stands in the content, however it is written there."""
        found = []
        for text in _texts(content, media_type):
            folded = text.casefold()
            found += [needle for needle in self.texts if needle.casefold() in folded]
            found += [f"place {place}" for place in self.places if _has_place(text, place)]
        for part in _bytes(content, media_type):
            found += [f"coordinates {place}" for place in self.places if _packs(part, place)]
        return sorted(set(found))


def _texts(content: bytes, media_type: str) -> Iterator[str]:
    text = content.decode("utf-8", "ignore")
    yield text
    yield html.unescape(unquote_plus(text))
    if "json" in media_type:
        yield json.dumps(json.loads(content), ensure_ascii=False)
    if "parquet" in media_type:
        yield str(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist())
    if "geopackage" in media_type:
        yield str(list(_cells(content)))
    if "pdf" in media_type:
        yield "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _bytes(content: bytes, media_type: str) -> Iterator[bytes]:
    yield content
    if "parquet" in media_type:
        for row in pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist():
            yield from (value for value in row.values() if isinstance(value, bytes))


def _cells(content: bytes) -> Iterator[Any]:
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(content)
        file.flush()
        stored = sqlite3.connect(file.name)
        try:
            tables = stored.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).fetchall()
            for (table,) in tables:
                if not table.startswith("rtree"):
                    yield from stored.execute(f'SELECT * FROM "{table}"')
        finally:
            stored.close()


def _has_place(text: str, place: Position) -> bool:
    """Both coordinates to about ten metres, with a point or a comma; or both columns of the map's grid."""
    longitude, latitude = (f"{side:.5f}"[:-1] for side in (place.longitude, place.latitude))
    for form in (str, lambda side: side.replace(".", ",")):
        if form(longitude) in text and form(latitude) in text:
            return True
    return str(column_of(place.longitude)) in text or str(row_of(place.latitude)) in text


def _packs(content: bytes, place: Position) -> bool:
    """The coordinates as doubles, whole or rounded as files round them."""
    return any(
        struct.pack(order, side) in content
        for order in ("<d", ">d")
        for exact in (place.longitude, place.latitude)
        for side in (exact, round(exact, 5), round(exact, 6))
    )
