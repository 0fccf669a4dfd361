"""«Already reported?» What is near of the same kind, and what people made of being shown it.

Verbs flush; the caller's `transaction()` commits.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.catalog.models import Service
from app.database import session
from app.geo.positions import Box, Position
from app.i18n import gettext
from app.service_requests import pictures, queries
from app.service_requests.additions import DuplicateHint
from app.service_requests.cards import Card, card_of
from app.service_requests.filter import Filter
from app.service_requests.pictures import Picture
from app.service_requests.queries import Row
from app.service_requests.status import Status

MOST = 3
RECENTLY = timedelta(days=30)
"""A report that was closed longer ago is not taken for the same fault."""
OVER = (Status.DUPLICATE, Status.NO_ACTION)
"""Nobody follows these for news: withdrawn, not done, or told elsewhere."""
AT_ONCE = 500
DEGREE_METRES = 111_320
"""A degree of latitude."""
STREET_METRES = 150
"""How far a place that anyone may know only by its street can be from the one that is told."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """A report that may be of the same fault, and how far away it is."""

    card: Card
    service_code: str
    metres: int
    distance: str
    picture: Picture | None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many were shown reports that may be of the same fault, and what they did then."""

    shown: int
    followed: int
    added_photo: int
    another: int

    @property
    def saved(self) -> int:
        """New reports that were not needed."""
        return self.followed + self.added_photo


def near(jurisdiction_id: int, service: Service, position: Position, now: datetime) -> list[Near]:
    """Open and recently closed reports that may be of the same fault, the nearest first, three at most.

    Of the same service within its distance, of another service of its group within half of that. Only what
    anyone may know of their places is compared: by asking often the place itself could be found out.
    """
    if not service.duplicate_metres:
        return []
    wanted = Filter(
        jurisdiction_id=jurisdiction_id,
        groups=(service.group.code,),
        bbox=_around(position, service.duplicate_metres + STREET_METRES),
        closed_after=now - RECENTLY,
        limit=AT_ONCE,
    )
    found = [(_metres(position, row), row) for row in queries.rows(wanted)]
    fitting = [
        (metres, row)
        for metres, row in found
        if row.status not in OVER and metres <= _reach(service, row)
    ]
    nearest = sorted(fitting, key=lambda pair: (round(pair[0]), -pair[1].id))[:MOST]
    photos = pictures.thumbnails([row.id for _, row in nearest])
    return [
        Near(
            card=card_of(row, now=now),
            service_code=row.service_code,
            metres=_told_metres(metres, row),
            distance=_distance(metres, row),
            picture=photos.get(row.id),
        )
        for metres, row in nearest
    ]


def _reach(service: Service, row: Row) -> float:
    is_same = row.service_code == service.code
    reach = service.duplicate_metres if is_same else service.duplicate_metres / 2
    return reach + STREET_METRES if row.is_street_only else reach


def _told_metres(metres: float, row: Row) -> int:
    return max(round(metres / 100), 1) * 100 if row.is_street_only else round(metres)


def _distance(metres: float, row: Row) -> str:
    if row.is_street_only:
        about = gettext("about %(metres)s m away", metres=_told_metres(metres, row))
        return about.replace(" m", "\u00a0m")
    if metres < 2:
        return gettext("at the same place")
    return gettext("%(metres)s m away", metres=round(metres)).replace(" m", "\u00a0m")


def _metres(position: Position, row: Row) -> float:
    """Over so short a way the globe is flat."""
    east = (row.longitude - position.longitude) * math.cos(math.radians(position.latitude))
    return math.hypot(east, row.latitude - position.latitude) * DEGREE_METRES


def _around(position: Position, metres: float) -> Box:
    north = metres / DEGREE_METRES * 1.01
    east = north / max(math.cos(math.radians(position.latitude)), 0.01)
    return Box(
        west=max(position.longitude - east, -180),
        south=max(position.latitude - north, -90),
        east=min(position.longitude + east, 180),
        north=min(position.latitude + north, 90),
    )


def hinted(
    jurisdiction_id: int, key: str, service: Service, candidates: int, *, now: datetime
) -> None:
    """Write down that someone was shown candidates: once for each form, by its key."""
    row = insert(DuplicateHint).values(
        jurisdiction_id=jurisdiction_id,
        service_id=service.id,
        key=key,
        candidates=candidates,
        shown_at=now,
    )
    row = row.on_conflict_do_update(
        index_elements=["jurisdiction_id", "key"],
        set_={"service_id": service.id, "candidates": candidates},
    )
    session().execute(row)


def decided(jurisdiction_id: int, key: str, outcome: str, *, now: datetime) -> None:
    """Write down what became of a hint: followed, added_photo or another. The last word counts."""
    change = (
        update(DuplicateHint)
        .where(DuplicateHint.jurisdiction_id == jurisdiction_id, DuplicateHint.key == key)
        .values(outcome=outcome, decided_at=now)
    )
    session().execute(change)


def tally(jurisdiction_id: int, since: datetime) -> Tally:
    """What hints that were shown since then led to."""
    query = (
        select(DuplicateHint.outcome, func.count())
        .where(DuplicateHint.jurisdiction_id == jurisdiction_id, DuplicateHint.shown_at >= since)
        .group_by(DuplicateHint.outcome)
    )
    counts: dict[str | None, int] = dict(session().execute(query).all())
    return Tally(
        shown=sum(counts.values()),
        followed=counts.get("followed", 0),
        added_photo=counts.get("added_photo", 0),
        another=counts.get("another", 0),
    )
