"""Finding places by what people type and by where the pin stands: Kartverket, else what we know ourselves.

What asks Kartverket may keep its answer: the caller's `transaction()` commits it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.database import session
from app.geo import kartverket
from app.geo.directions import direction, metres_between
from app.geo.kartverket import Hit, KartverketAway, Question
from app.geo.positions import Position
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import NamedPlace
from app.jurisdictions.queries import places as own_places
from app.places import queries
from app.places.found import LEAST_LETTERS, TEXT_METRES, Found, Kind, Place
from app.places.models import PlaceAnswer

FRESH = timedelta(days=1)
KEPT = timedelta(days=30)
MOST = 8
MOST_NAMES = 3
LEAST_AROUND = 3
"""With fewer addresses and streets around the pin, our own places are offered too."""
AROUND_METRES = 200
"""How far from the pin addresses and streets are offered."""
NAME_METRES = 500
PART_METRES = 1500
OWN_METRES = 3000
PARTS = ("district", "town", "village", "island")
"""The kinds of our own places that an address can be said to be in."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where to ask, and the moment it is: kept answers grow old."""

    url: str
    now: datetime


def search(jurisdiction: Jurisdiction, typed: str, source: Source) -> Found:
    """Addresses, then names, that look like what was typed, at most 8."""
    words = kartverket.tidy(typed)
    if len(words) < LEAST_LETTERS:
        return Found(places=())
    own = own_places(jurisdiction.id)
    try:
        hits = answer(jurisdiction, kartverket.addresses_like(words, jurisdiction.number), source)
        if not hits or not any(sign.isdigit() for sign in words):
            hits += answer(jurisdiction, kartverket.names_like(words, jurisdiction.number), source)
    except KartverketAway:
        return Found(places=_known(jurisdiction, words, own), is_away=True)
    addresses = [_of_hit(hit, own) for hit in hits if hit.kind == kartverket.HitKind.ADDRESS]
    named = [_of_hit(hit, own) for hit in hits if hit.kind == kartverket.HitKind.NAME]
    names = _once([*_own_like(words, own), *named])[:MOST_NAMES]
    return Found(places=(*_once(addresses)[: MOST - len(names)], *names))


def near(jurisdiction: Jurisdiction, position: Position, source: Source) -> Found:
    """The addresses, streets and places around the pin, nearest first, at most 8."""
    own = own_places(jurisdiction.id)
    question = kartverket.addresses_near(position, jurisdiction.number, metres=AROUND_METRES)
    is_away = False
    try:
        hits = [hit for hit in answer(jurisdiction, question, source) if hit.street]
    except KartverketAway:
        hits, is_away = [], True
    streets = queries.streets_near(jurisdiction.id, position, metres=AROUND_METRES, limit=MOST)
    around = _once([*(_of_hit(hit, own) for hit in hits), *(_of_street(it, own) for it in streets)])
    places = [_seen_from(position, place) for place in around]
    places += _own_near(position, own)[: max(0, LEAST_AROUND - len(places))]
    nearest = sorted(places, key=lambda place: place.metres)
    return Found(places=tuple(nearest[:MOST]), is_away=is_away)


def place_text(jurisdiction: Jurisdiction, position: Position, source: Source) -> str | None:
    """What a report says of its place: at most street and number («Vågeveien 4»), else a street, else a name.

    A letter after the number is left out: it tells doors apart, and a fault in the street needs no door.
    :raises KartverketAway: ask again later.
    """
    number = jurisdiction.number
    question = kartverket.addresses_near(position, number, metres=TEXT_METRES)
    addresses = [hit for hit in answer(jurisdiction, question, source) if hit.street]
    if addresses:
        hit = min(addresses, key=lambda item: metres_between(position, item.position))
        return f"{hit.street} {hit.number}" if hit.number else hit.street
    known = known_text(jurisdiction, position, metres=NAME_METRES)
    if known:
        return known
    names = answer(
        jurisdiction, kartverket.names_near(position, number, metres=NAME_METRES), source
    )
    named = sorted(names, key=lambda item: metres_between(position, item.position))
    return named[0].text if named else None


def known_text(jurisdiction: Jurisdiction, position: Position, *, metres: float) -> str | None:
    """The street here, else the nearest of our own places within `metres`: without asking anyone."""
    streets = queries.streets_near(jurisdiction.id, position, metres=TEXT_METRES, limit=1)
    if streets:
        return streets[0].name
    nearest = _nearest(position, own_places(jurisdiction.id), metres)
    return nearest.name if nearest else None


def forget_old(now: datetime) -> int:
    """Remove answers that are too old to be of use; how many."""
    old = delete(PlaceAnswer).where(PlaceAnswer.asked_at < now - KEPT)
    return session().execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def answer(jurisdiction: Jurisdiction, question: Question, source: Source) -> list[Hit]:
    """A day's answer, else a new one, which is kept; an older one when Kartverket is away.

    :raises KartverketAway: and nothing is kept.
    """
    key = question.key()
    kept = queries.kept_answer(jurisdiction.id, key)
    if kept and kept.asked_at > source.now - FRESH:
        return kept.hits
    try:
        hits = kartverket.ask(source.url, question)
    except KartverketAway:
        if kept is None:
            raise
        return kept.hits
    values = {"hits": [asdict(hit) for hit in hits], "asked_at": source.now}
    row = {"jurisdiction_id": jurisdiction.id, "question": key, **values}
    keep = insert(PlaceAnswer).values(row)
    session().execute(keep.on_conflict_do_update(constraint="pk_place_answer", set_=values))
    return hits


def _known(jurisdiction: Jurisdiction, words: str, own: list[NamedPlace]) -> tuple[Place, ...]:
    """Our own places and streets with the words in their names; house numbers say nothing here."""
    wanted = [word for word in words.split() if not word[0].isdigit()]
    if not wanted:
        return ()
    streets = queries.streets_like(jurisdiction.id, wanted, limit=MOST)
    named = [*_own_like(" ".join(wanted), own), *(_of_street(street, own) for street in streets)]
    return tuple(_once(named)[:MOST])


def _own_like(words: str, own: list[NamedPlace]) -> list[Place]:
    wanted = words.casefold().split()
    return [
        _of_own(place, own)
        for place in own
        if all(word in place.name.casefold() for word in wanted)
    ]


def _own_near(position: Position, own: list[NamedPlace]) -> list[Place]:
    seen = (_seen_from(position, _of_own(place, own)) for place in own)
    return sorted(
        (place for place in seen if place.metres <= OWN_METRES), key=lambda item: item.metres
    )


def _of_hit(hit: Hit, own: list[NamedPlace]) -> Place:
    is_address = hit.kind == kartverket.HitKind.ADDRESS
    part = _part(hit.position, own)
    town = hit.area.title() if is_address and hit.area else None
    return Place(
        kind=Kind.ADDRESS if is_address else Kind.PLACE,
        label=hit.text,
        part=(part or town) if (part or town) != hit.text else None,
        position=hit.position,
    )


def _of_street(street: queries.Street, own: list[NamedPlace]) -> Place:
    part = _part(street.position, own)
    return Place(kind=Kind.STREET, label=street.name, part=part, position=street.position)


def _of_own(place: NamedPlace, own: list[NamedPlace]) -> Place:
    part = _part(place.position, own) if place.kind not in PARTS else None
    return Place(kind=Kind.PLACE, label=place.name, part=part, position=place.position)


def _part(position: Position, own: list[NamedPlace]) -> str | None:
    nearest = _nearest(position, [place for place in own if place.kind in PARTS], PART_METRES)
    return nearest.name if nearest else None


def _nearest(position: Position, own: list[NamedPlace], metres: float) -> NamedPlace | None:
    far = [(metres_between(position, place.position), place.id, place) for place in own]
    found = min(far, default=None)
    return found[2] if found and found[0] <= metres else None


def _seen_from(position: Position, place: Place) -> Place:
    values = vars(place) | {
        "metres": metres_between(position, place.position),
        "direction": direction(position, place.position),
    }
    return Place(**values)


def _once(places: Iterable[Place]) -> list[Place]:
    """Without those of the same name and part."""
    seen: dict[str, Place] = {}
    for place in places:
        seen.setdefault(place.title.casefold(), place)
    return list(seen.values())
