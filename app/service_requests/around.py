"""What stands around a report on its page and in JSON: photos, voices, comments, work planned there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.database import session
from app.i18n import local
from app.jurisdictions.models import Jurisdiction, Openness
from app.service_requests import added, pictures
from app.service_requests.additions import Comment, PhotoShows
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.service_requests.pictures import Picture


@dataclass(frozen=True, kw_only=True)
class Said:
    """A comment as it is shown. `author` is reporter, resident or municipality."""

    id: int
    at: datetime
    author: str
    text: str
    is_waiting: bool


@dataclass(frozen=True, kw_only=True)
class Around:
    """Counts are exact at the moment of reading. `comments` has the newest last."""

    faults: Sequence[Picture]
    fixes: Sequence[Picture]
    supports: int
    repetitions: int
    comments: Sequence[Said]


def around(request: ServiceRequest, *, personal: bool) -> Around:
    """What surrounds a report.

    :param personal: for the one who reported: also what only they may see as yet.
    """
    photos = pictures.shown(request, personal=personal)
    return Around(
        faults=[photo for photo in photos if photo.shows == PhotoShows.FAULT],
        fixes=[photo for photo in photos if photo.shows == PhotoShows.FIX],
        supports=added.supports(request.id),
        repetitions=added.repetitions(request.id),
        comments=comments(request, personal=personal),
    )


def comments(request: ServiceRequest, *, personal: bool) -> list[Said]:
    """The comments that may be read; with their own that wait, for the one who reported."""
    states = (ModerationState.SHOWN, ModerationState.WAITING)
    if _openness(request) == Openness.OFF:
        return []
    return [
        said(row)
        for row in added.comments(request.id, states)
        if row.state == ModerationState.SHOWN or (personal and row.author == "reporter")
    ]


def _openness(request: ServiceRequest) -> str:
    return session().get_one(Jurisdiction, request.jurisdiction_id).comments


def said(row: Comment) -> Said:
    """A comment as it is shown."""
    return Said(
        id=row.id,
        at=local(row.created_at),
        author=row.author,
        text=row.text,
        is_waiting=row.state == ModerationState.WAITING,
    )
