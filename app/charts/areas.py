"""Areas of a map as paths: EPSG:4326, longitude before latitude, onto a viewBox. Pure.

The map is small enough for one scale: a degree of longitude is as long as it is in the middle of the map.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from app.charts.marks import Drawing, Label, Mark, Path, neat
from app.charts.scale import NARROW, WIDE, text_width, wrapped

Ring = Sequence[Sequence[float]]
TALLEST = 1.15
"""As a part of the width."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area: GeoJSON rings, where its label stands, its name, the number on it and its class."""

    code: str
    name: str
    geometry: Mapping[str, Any]
    label_at: tuple[float, float]
    text: str
    shade: int


def drawing(areas: Sequence[Area], *, is_narrow: bool) -> Drawing:
    """The map. North is up; each area has its number, and its name where that fits."""
    width = float(NARROW if is_narrow else WIDE)
    points = [point for area in areas for ring in _rings(area.geometry) for point in ring]
    if not points:
        return Drawing(width=width, height=20)
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))
    wide, tall = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((width - 8) / wide, (width * TALLEST - 8) / tall)
    left = (width - wide * scale) / 2

    def place(point: Sequence[float]) -> tuple[float, float]:
        return left + (point[0] - west) * squeeze * scale, 4 + (north - point[1]) * scale

    marks: list[Mark] = []
    for area in areas:
        data = "".join(
            "M" + "L".join(f"{neat(x)} {neat(y)}" for x, y in map(place, ring)) + "Z"
            for ring in _rings(area.geometry)
        )
        marks.append(Path(data=data, kind=f"area shade-{area.shade}", key=area.code))
    for area in areas:
        marks += _label(area, place(area.label_at), width, is_narrow=is_narrow)
    return Drawing(width=width, height=round(tall * scale + 8, 1), marks=marks)


def _label(area: Area, at: tuple[float, float], width: float, *, is_narrow: bool) -> list[Mark]:
    words = [] if is_narrow else wrapped(area.name, 130, most=2)
    half = max([text_width(area.text), *(text_width(word) for word in words)]) / 2
    x = round(min(max(at[0], half + 2), width - half - 2), 1)
    y = at[1] + 5 - 8 * len(words)
    number = Label(x=x, y=round(y, 1), text=area.text, kind="halo value", anchor="middle")
    return [
        number,
        *(
            Label(x=x, y=round(y + 17 * line, 1), text=word, kind="halo name", anchor="middle")
            for line, word in enumerate(words, 1)
        ),
    ]


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """All rings of a Polygon or MultiPolygon, holes too."""
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon
