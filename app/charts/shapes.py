"""Areas of a map as paths: EPSG:4326, longitude before latitude, onto a viewBox. Pure.

The map is small enough for one scale: a degree of longitude is as long as it is in the middle of the map.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import cos, hypot, radians
from typing import Any

from app.charts.marks import Drawing, Label, Mark, Path, neat
from app.charts.scale import NARROW, WIDE, text_width

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
    spots: list[_Spot] = []
    for area in areas:
        rings = [[place(point) for point in ring] for ring in _rings(area.geometry)]
        data = "".join(
            "M" + "L".join(f"{neat(x)} {neat(y)}" for x, y in ring) + "Z" for ring in rings
        )
        marks.append(Path(data=data, kind=f"area shade-{area.shade}", key=area.code))
        across = [x for ring in rings for x, _ in ring]
        spots.append(_Spot(area=area, at=place(area.label_at), room=max(across) - min(across)))
    height = round(tall * scale + 8, 1)
    marks += _labels(spots, width, height)
    return Drawing(width=width, height=height, marks=marks)


@dataclass(frozen=True, kw_only=True)
class _Spot:
    """Where an area's label should stand, and how wide the area is."""

    area: Area
    at: tuple[float, float]
    room: float


Frame = tuple[float, float, float, float]
"""Left, top, right, bottom."""
LINE = 16
AWAY = sorted(product((0, -1, 1, -2, 2), (0, 1, -1, 2, -2, 3, -3)), key=lambda by: hypot(*by))
"""How far a number may be moved to keep clear of others, in its own widths and heights: the nearest first."""


def _labels(spots: Sequence[_Spot], width: float, height: float) -> list[Mark]:
    """Every area's number, moved aside where two would touch; names where there is room for them."""
    taken: list[Frame] = []
    placed: list[tuple[_Spot, float, float]] = []
    marks: list[Mark] = []
    for spot in spots:
        half = text_width(spot.area.text) / 2 + 2
        tries = [(spot.at[0] + dx * 2 * half, spot.at[1] + 5 + dy * LINE) for dx, dy in AWAY]
        frames = [_frame(x, y, half, width, height) for x, y in tries]
        frame = next((one for one in frames if _is_free(one, taken)), frames[0])
        taken.append(frame)
        x, y = (frame[0] + frame[2]) / 2, frame[3] - 3
        placed.append((spot, x, y))
        marks.append(_text(spot.area.text, x, y, "halo value"))
    for spot, x, y in placed:
        half = text_width(spot.area.name) / 2 + 2
        frame = _frame(x, y + 17, half, width, height)
        if 2 * half <= spot.room and frame[3] == y + 20 and _is_free(frame, taken):
            taken.append(frame)
            marks.append(_text(spot.area.name, (frame[0] + frame[2]) / 2, y + 17, "halo name"))
    return marks


def _frame(x: float, y: float, half: float, width: float, height: float) -> Frame:
    """The room that a line of text takes, moved into the picture."""
    x, y = min(max(x, half), width - half), min(max(y, 13.0), height - 3)
    return x - half, y - 12, x + half, y + 3


def _is_free(frame: Frame, taken: Sequence[Frame]) -> bool:
    left, top, right, bottom = frame
    return all(
        right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        for other in taken
    )


def _text(text: str, x: float, y: float, kind: str) -> Label:
    return Label(x=round(x, 1), y=round(y, 1), text=text, kind=kind, anchor="middle")


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """All rings of a Polygon or MultiPolygon, holes too."""
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon
