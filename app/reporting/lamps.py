"""The lamps that a resident can pick: the nearest ones, each with its way from the pin."""

from dataclasses import dataclass

from app.geo.directions import direction
from app.geo.positions import Position
from app.routing.queries import NearAsset, assets_near, latest_import


@dataclass(frozen=True, kw_only=True)
class LampChoice:
    """A lamp with its tick box. EPSG:4326, degrees; metres from the pin."""

    number: str
    longitude: float
    latitude: float
    metres: int
    direction: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class LampPicker:
    """What the form asks with: the nearest lamps, and the numbers that were written instead."""

    choices: tuple[LampChoice, ...]
    written: str

    @property
    def points(self) -> list[dict[str, object]]:
        """For the map."""
        return [
            {"number": lamp.number, "longitude": lamp.longitude, "latitude": lamp.latitude}
            for lamp in self.choices
        ]


def picker(jurisdiction_id: int, place: Position, chosen: tuple[str, ...]) -> LampPicker | None:
    """The lamps around the pin, nearest first; None where no lamps have been imported."""
    if latest_import(jurisdiction_id, "assets") is None:
        return None
    wanted = {number.upper() for number in chosen}
    choices = tuple(
        _choice(lamp, place, is_chosen=lamp.number.upper() in wanted)
        for lamp in assets_near(jurisdiction_id, place)
    )
    shown = {lamp.number.upper() for lamp in choices}
    written = ", ".join(number for number in chosen if number.upper() not in shown)
    return LampPicker(choices=choices, written=written)


def _choice(lamp: NearAsset, place: Position, *, is_chosen: bool) -> LampChoice:
    at = Position(longitude=lamp.longitude, latitude=lamp.latitude)
    return LampChoice(
        number=lamp.number,
        longitude=lamp.longitude,
        latitude=lamp.latitude,
        metres=round(lamp.metres),
        direction=direction(place, at),
        is_chosen=is_chosen,
    )
