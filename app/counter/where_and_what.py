"""Finding in a letter where the fault is and what kind it is, when it says so plainly. Else people decide."""

import re

from app.catalog.search import services_for
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import covers
from app.places import operations as places
from app.places.operations import Source

COORDINATES = re.compile(
    r"(?<![\d.,])(\d{2}[.]\d{3,15})\s*°?\s*N?\s*(?:,|;|%2C|&mlon=|\s)\s*(\d{1,3}[.]\d{3,15})",
    re.IGNORECASE,
)
WITH_COMMA = re.compile(
    r"(?<![\d.,])(\d{2},\d{3,15})\s*°?\s*N?\s*[;\s]\s*(\d{1,3},\d{3,15})", re.IGNORECASE
)
PLACE_LINE = re.compile(
    r"^\s*(?:sted|stad|adresse|place|address|hvor|kvar|where)\s*:\s*(\S.{1,98})$",
    re.IGNORECASE | re.MULTILINE,
)
STREET = re.compile(r"([A-ZÆØÅ][\w.æøåÆØÅ-]*(?: [\w.æøåÆØÅ-]+){0,3}? \d{1,4} ?[A-Za-z]?)\b")
LEAST_SCORE = 0.35
CLEARLY_BETTER = 1.3
"""So much better than the next kind of fault must the best one fit."""
WORDS = 400


def place_in(
    jurisdiction: Jurisdiction, subject: str, words: str, source: Source
) -> tuple[Position, str | None] | None:
    """The one place that the letter names, and what it is called; None when it does not, or not clearly.

    Coordinates, also in a link to a map; a line «Sted: …»; or an address in the subject. An address in the
    text alone is not taken: it may be the sender's own.
    """
    whole = f"{subject}\n{words}"
    for pattern in (COORDINATES, WITH_COMMA):
        for latitude, longitude in pattern.findall(whole):
            found = _position(latitude, longitude)
            if found and covers(jurisdiction.id, found):
                return found, None
    named = PLACE_LINE.search(whole)
    candidates = [named[1]] if named else STREET.findall(subject)[-1:]
    for typed in candidates:
        if answer := _searched(jurisdiction, typed.strip(" ."), source):
            return answer
    return None


def _position(latitude: str, longitude: str) -> Position | None:
    try:
        return Position(
            latitude=float(latitude.replace(",", ".")),
            longitude=float(longitude.replace(",", ".")),
        )
    except ValueError:
        return None


def _searched(
    jurisdiction: Jurisdiction, typed: str, source: Source
) -> tuple[Position, str | None] | None:
    """The only place that the words mean: an exact name, or a single hit."""
    found = places.search(jurisdiction, typed, source).places
    wanted = typed.casefold().split(",")[0].strip()
    exact = [place for place in found if place.label.casefold() == wanted]
    chosen = exact if len(exact) == 1 else found if len(found) == 1 else ()
    for place in chosen:
        if covers(jurisdiction.id, place.position):
            return place.position, place.label
    return None


def service_in(jurisdiction: Jurisdiction, subject: str, words: str) -> str | None:
    """The code of the kind of fault that the words fit clearly best; None when they do not."""
    told = f"{subject} {words}"[:WORDS]
    if not told.strip():
        return None
    found = services_for(jurisdiction.id, told, jurisdiction.languages[0], 2)
    if not found or found[0].score < LEAST_SCORE:
        return None
    if len(found) > 1 and found[0].score < found[1].score * CLEARLY_BETTER:
        return None
    return found[0].code
