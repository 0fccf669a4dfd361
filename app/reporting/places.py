"""Places in the form and on the list: what someone typed as choices, and a choice read back."""

from dataclasses import dataclass

from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.places import operations
from app.places.found import Found, Place
from app.places.operations import Source

MOST_LETTERS = 120


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A hit with its radio button. `value` carries position and label through the form."""

    value: str
    label: str
    part: str | None


@dataclass(frozen=True, kw_only=True)
class Search:
    """What was typed and what it may mean."""

    typed: str
    choices: tuple[Choice, ...] = ()
    is_away: bool = False


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A choice read back: whoever sends a form may write what they like, so it only says what they chose."""

    position: Position
    label: str


def resolve(jurisdiction: Jurisdiction, typed: str, source: Source) -> Found:
    """The places that a text may mean, best first. Call it within `transaction()`."""
    return operations.search(jurisdiction, typed, source)


def search(jurisdiction: Jurisdiction, typed: str, source: Source) -> Search:
    """The same as choices of the form."""
    found = resolve(jurisdiction, typed, source)
    choices = tuple(
        Choice(value=written(place), label=place.label, part=place.part) for place in found.places
    )
    return Search(typed=typed, choices=choices, is_away=found.is_away)


def written(place: Place) -> str:
    """«63.110400,7.727900,Vågeveien 4»."""
    return f"{place.position.latitude:.6f},{place.position.longitude:.6f},{place.label}"


def read_choice(value: str) -> Chosen | None:
    """The choice in a form's field, or None when there is none that can be read."""
    parts = value.split(",", 2)
    if len(parts) != 3:
        return None
    try:
        position = Position(latitude=float(parts[0]), longitude=float(parts[1]))
    except ValueError:
        return None
    return Chosen(position=position, label=plain(parts[2]))


def plain(text: str) -> str:
    """A text for display on one line, of a length that a name can have."""
    return " ".join(text.split())[:MOST_LETTERS]


def mark(position: Position) -> str:
    """The position that a text of the form is about."""
    return f"{position.latitude:.6f},{position.longitude:.6f}"
