"""What is found: places with a name, as frozen values."""

from dataclasses import dataclass
from enum import StrEnum

from app.geo.positions import Position

LEAST_LETTERS = 2
TEXT_METRES = 60
"""A report says an address or a street that is at most this far away."""


class Kind(StrEnum):
    """What a place is."""

    ADDRESS = "address"
    STREET = "street"
    PLACE = "place"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somewhere with a name. `part` is the part of the municipality, or the post town."""

    kind: Kind
    label: str
    part: str | None
    position: Position
    metres: float = 0.0
    """From the place asked about."""
    direction: str = ""
    """«nordøst» from the place asked about, in the language in use."""

    @property
    def title(self) -> str:
        """«Vågeveien 4, Kirkelandet»."""
        return f"{self.label}, {self.part}" if self.part else self.label


@dataclass(frozen=True, kw_only=True)
class Found:
    """Places, best or nearest first. Away: Kartverket does not answer, so they are only what we know."""

    places: tuple[Place, ...]
    is_away: bool = False
