"""Where a report is, in words: «Vågeveien 4». Looked up after it is taken in, so that nobody waits for it."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import jobs
from app.database import session
from app.geo.positions import position_of
from app.jurisdictions.models import Jurisdiction
from app.places import operations as places
from app.places.operations import Source
from app.service_requests.models import ServiceRequest

JOB = "service_requests.find_place_text"
DEMO_METRES = 1500
WORTH_WAITING = timedelta(days=1)
"""For how long after a report came in its place is asked for, when Kartverket is away."""


def order(request: ServiceRequest) -> None:
    """Have the words found for where the report is now. Demo reports ask nobody: what we know will do."""
    if request.is_demo:
        jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
        at = position_of(request.position)
        _store(request, places.known_text(jurisdiction, at, metres=DEMO_METRES))
    else:
        jobs.defer(JOB, service_request_id=request.id)


def find(service_request_id: int, source: Source) -> str | None:
    """Look the words up and store them, unless the pin was moved meanwhile: the move ordered another look.

    The report's version stays: nobody who has it open is disturbed by what stands on the map anyway.

    :raises KartverketAway: nothing is changed; ask again later.
    """
    request = session().get(ServiceRequest, service_request_id)
    if request is None:
        return None
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    found = places.place_text(jurisdiction, position_of(request.position), source)
    _store(request, found)
    return found


def _store(request: ServiceRequest, words: str | None) -> None:
    """By the position that was asked about, and past the version that people's pages are held against."""
    change = (
        update(ServiceRequest)
        .where(ServiceRequest.id == request.id, ServiceRequest.position == request.position)
        .values(place_text=words)
        .execution_options(synchronize_session=False)
    )
    session().execute(change)


def is_young(service_request_id: int, now: datetime) -> bool:
    """Whether a report is so new that its place is still worth asking for."""
    query = select(ServiceRequest.requested_at).where(ServiceRequest.id == service_request_id)
    received = session().scalar(query)
    return received is not None and received > now - WORTH_WAITING
