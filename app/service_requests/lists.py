"""Rows of a list as people see them: the card, how far it is, a picture, and who else has seen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.service_requests import pictures, queries
from app.service_requests.cards import Card, card_of
from app.service_requests.pictures import Picture
from app.service_requests.queries import Row


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One row. `supporters` is how many others have said «me too»."""

    card: Card
    metres: float | None
    supporters: int
    thumbnail: Picture | None


def listed(rows: Sequence[Row], *, now: datetime) -> list[Listed]:
    """The rows of a list, in its order."""
    keys = [row.id for row in rows]
    supporters = queries.supporters(keys)
    thumbnails = pictures.thumbnails(keys) if keys else {}
    return [
        Listed(
            card=card_of(row, now=now),
            metres=row.metres,
            supporters=supporters.get(row.id, 0),
            thumbnail=thumbnails.get(row.id),
        )
        for row in rows
    ]
