"""What reporters wrote with their marks: for staff alone, never for a public page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from app.database import session
from app.i18n import local, localised
from app.service_requests.additions import Satisfaction
from app.service_requests.filter import Cursor
from app.service_requests.models import ServiceRequest
from app.service_requests.paging import write_cursor

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one reporter wrote, with the report it is about."""

    number: str
    service_name: str
    department_name: str
    score: int
    words: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class WordsPage:
    """Some of it, the newest first, and where to go on."""

    items: list[Words]
    next_cursor: str | None


def words_page(
    jurisdiction_id: int, departments: Collection[int] | None, after: Cursor | None
) -> WordsPage:
    """A page of marks that have words. A changed mark stays where it was.

    :param departments: whose reports; None means all.
    """
    place = (Satisfaction.answered_at, Satisfaction.service_request_id)
    query = (
        select(Satisfaction, ServiceRequest)
        .join(ServiceRequest, ServiceRequest.id == Satisfaction.service_request_id)
        .options(joinedload(ServiceRequest.service), joinedload(ServiceRequest.department))
        .where(Satisfaction.jurisdiction_id == jurisdiction_id, Satisfaction.words.is_not(None))
        .order_by(*(column.desc() for column in place))
        .limit(PAGE + 1)
    )
    if departments is not None:
        query = query.where(ServiceRequest.department_id.in_(departments))
    if after is not None:
        query = query.where(tuple_(*place) < (after.requested_at, after.id))
    found = session().execute(query).all()
    shown = found[:PAGE]
    return WordsPage(
        items=[_words(mark, request) for mark, request in shown],
        next_cursor=_end(shown[-1][0]) if len(found) > PAGE else None,
    )


def _end(last: Satisfaction) -> str:
    return write_cursor(Cursor(requested_at=last.answered_at, id=last.service_request_id))


def _words(mark: Satisfaction, request: ServiceRequest) -> Words:
    return Words(
        number=request.number,
        service_name=localised(request.service.name),
        department_name=localised(request.department.name),
        score=mark.score,
        words=mark.words or "",
        at=local(mark.answered_at),
    )
