"""What someone on the staff should look at: words, comments and photos that wait, or were complained about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from app.catalog.models import Service
from app.database import session
from app.i18n import local, localised
from app.service_requests import pictures
from app.service_requests.additions import Comment, Complaint, ServiceRequestPhoto
from app.service_requests.around import Said, said
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.service_requests.pictures import Picture

MOST = 200
"""So many of each are listed at once."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A comment, a photo or the words of a report, with the report."""

    number: str
    service_name: str
    department_name: str
    comment: Said | None
    photo: Picture | None
    text: str | None = None
    """The words of the report itself."""
    complaints: int
    is_shown: bool
    """It stays visible until someone decides."""
    at: datetime


def report(service_request_id: int) -> ServiceRequest | None:
    """The report with this key."""
    return session().get(ServiceRequest, service_request_id)


def count(jurisdiction_id: int, departments: Collection[int] | None) -> int:
    """How many comments, photos and texts wait, in one statement.

    :param departments: whose reports; None means all.
    """
    comments = select(func.count(Comment.id)).where(*_comments(jurisdiction_id))
    photos = select(func.count(ServiceRequestPhoto.photo_id)).where(*_photos(jurisdiction_id))
    texts = select(func.count(ServiceRequest.id)).join(Service).where(*_texts(jurisdiction_id))
    if departments is not None:
        mine = select(ServiceRequest.id).where(ServiceRequest.department_id.in_(departments))
        comments = comments.where(Comment.service_request_id.in_(mine))
        photos = photos.where(ServiceRequestPhoto.service_request_id.in_(mine))
        texts = texts.where(ServiceRequest.department_id.in_(departments))
    parts = [part.scalar_subquery() for part in (comments, photos, texts)]
    return session().scalar(select(parts[0] + parts[1] + parts[2])) or 0


def waiting(jurisdiction_id: int, departments: Collection[int] | None) -> list[Waiting]:
    """What waits, the oldest first.

    :param departments: whose reports; None means all.
    """
    mine = [] if departments is None else [ServiceRequest.department_id.in_(departments)]
    comments = session().execute(
        select(Comment, ServiceRequest)
        .join(ServiceRequest, ServiceRequest.id == Comment.service_request_id)
        .where(*_comments(jurisdiction_id), *mine)
        .order_by(Comment.id)
        .limit(MOST)
    )
    photos = session().execute(
        select(ServiceRequestPhoto, ServiceRequest)
        .join(ServiceRequest, ServiceRequest.id == ServiceRequestPhoto.service_request_id)
        .where(*_photos(jurisdiction_id), *mine)
        .order_by(ServiceRequestPhoto.added_at, ServiceRequestPhoto.photo_id)
        .limit(MOST)
    )
    found = [_comment(row, request) for row, request in comments]
    links = list(photos)
    complaints = _complaints([link.photo_id for link, _ in links])
    shown = pictures.for_staff_of([request for _, request in links])
    found += [
        _photo(link, request, shown[request.id], complaints.get(link.photo_id, 0))
        for link, request in links
    ]
    texts = session().scalars(
        select(ServiceRequest)
        .join(Service)
        .where(*_texts(jurisdiction_id), *mine)
        .order_by(ServiceRequest.id)
        .limit(MOST)
    )
    found += [_text(request) for request in texts]
    return sorted(found, key=lambda item: item.at)


def decide_text(request: ServiceRequest, *, shown: bool, account_id: int, now: datetime) -> None:
    """Let everybody read the words of a report, or nobody but staff and the one who reported."""
    request.description_state = ModerationState.SHOWN if shown else ModerationState.HIDDEN
    request.description_decided_at, request.description_decided_by_id = now, account_id
    session().flush()


def report_by_number(jurisdiction_id: int, number: str) -> ServiceRequest | None:
    """The report with this number, locked."""
    query = select(ServiceRequest).where(
        ServiceRequest.jurisdiction_id == jurisdiction_id, ServiceRequest.number == number
    )
    return session().scalar(query.with_for_update(of=ServiceRequest))


def _texts(jurisdiction_id: int) -> list[Any]:
    """Words that anyone would read: of reports that the map shows, where the service lets anyone."""
    return [
        ServiceRequest.jurisdiction_id == jurisdiction_id,
        ServiceRequest.on_map,
        ServiceRequest.description_state == ModerationState.WAITING,
        ServiceRequest.description != "",
        Service.description_is_public,
    ]


def _text(request: ServiceRequest) -> Waiting:
    return Waiting(
        number=request.number,
        service_name=localised(request.service.name),
        department_name=localised(request.department.name),
        comment=None,
        photo=None,
        text=request.description,
        complaints=0,
        is_shown=False,
        at=local(request.requested_at),
    )


def _comments(jurisdiction_id: int) -> list[Any]:
    needs_look = or_(Comment.state == ModerationState.WAITING, Comment.complaints > 0)
    return [Comment.jurisdiction_id == jurisdiction_id, needs_look]


def _photos(jurisdiction_id: int) -> list[Any]:
    link = ServiceRequestPhoto
    is_complained = (
        select(Complaint)
        .where(
            Complaint.photo_id == link.photo_id,
            or_(link.decided_at.is_(None), Complaint.created_at > link.decided_at),
        )
        .exists()
    )
    needs_look = (link.state == ModerationState.WAITING) | (
        (link.state == ModerationState.SHOWN) & is_complained
    )
    return [link.jurisdiction_id == jurisdiction_id, needs_look]


def _complaints(photo_ids: Collection[int]) -> dict[int, int]:
    query = (
        select(Complaint.photo_id, func.count())
        .where(Complaint.photo_id.in_(photo_ids))
        .group_by(Complaint.photo_id)
    )
    return {key: number for key, number in session().execute(query) if key is not None}


def _comment(row: Comment, request: ServiceRequest) -> Waiting:
    return Waiting(
        number=request.number,
        service_name=localised(request.service.name),
        department_name=localised(request.department.name),
        comment=said(row),
        photo=None,
        complaints=row.complaints,
        is_shown=row.state == ModerationState.SHOWN,
        at=local(row.created_at),
    )


def _photo(
    link: ServiceRequestPhoto, request: ServiceRequest, shown: Sequence[Picture], complaints: int
) -> Waiting:
    return Waiting(
        number=request.number,
        service_name=localised(request.service.name),
        department_name=localised(request.department.name),
        comment=None,
        photo=next(picture for picture in shown if picture.key == link.photo.key),
        complaints=complaints,
        is_shown=link.state == ModerationState.SHOWN,
        at=local(link.added_at),
    )
