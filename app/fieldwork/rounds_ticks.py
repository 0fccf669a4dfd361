"""Ticking off the stops of a round. The version of the round is the foreman's and does not grow by it."""

from datetime import datetime
from typing import NamedTuple

from app.database import session
from app.errors import Conflict, NotFound
from app.fieldwork import rounds_queries as queries
from app.fieldwork.models import Round, RoundStop, StopState
from app.i18n import day as written_day
from app.i18n import gettext
from app.security import Identity
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN


class Ticked(NamedTuple):
    """A stop after it was ticked or unticked, and whether it was so before."""

    stop: RoundStop
    was_so: bool


def tick(
    who: Identity, stop_id: int, now: datetime, *, jurisdiction_id: int | None = None
) -> Ticked:
    """Mark a stop as done. One that was moved meanwhile is marked where it stands now.

    :param jurisdiction_id: whose stop it must be, when the caller knows.
    :raises NotFound: the stop is gone, or another crew's.
    """
    stop = _standing(who, stop_id, jurisdiction_id)
    if stop.state == StopState.DONE:
        return Ticked(stop, was_so=True)
    stop.state, stop.ticked_at, stop.ticked_by_id = StopState.DONE, now, who.account_id
    session().flush()
    return Ticked(stop, was_so=False)


def untick(
    who: Identity, stop_id: int, now: datetime, *, jurisdiction_id: int | None = None
) -> Ticked:
    """Take the tick away. :raises NotFound: as `tick`. :raises Conflict: the job is closed or gone, or
    planned anew.
    """
    stop = _standing(who, stop_id, jurisdiction_id)
    if stop.state == StopState.WAITING:
        return Ticked(stop, was_so=True)
    job = session().get_one(ServiceRequest, stop.service_request_id)
    department_id = session().get_one(Round, stop.round_id).department_id
    if job.status not in OPEN or job.department_id != department_id:
        raise Conflict(
            gettext("%(number)s is no longer open here, so it stays ticked.", number=job.number)
        )
    if job.id in (others := queries.rounds_of_jobs([job.id])):
        here = session().get_one(Round, stop.round_id)
        raise Conflict(stands_in(job.number, others[job.id], here))
    stop.state, stop.ticked_at, stop.ticked_by_id = StopState.WAITING, None, None
    session().flush()
    return Ticked(stop, was_so=False)


def _standing(who: Identity, stop_id: int, jurisdiction_id: int | None) -> RoundStop:
    stop = queries.stop_for(who, stop_id, jurisdiction_id)
    if stop is not None and stop.state == StopState.MOVED:
        stop = queries.follower_of(stop)
    if stop is None:
        raise NotFound(gettext("This job is no longer in the round."))
    return stop


def stands_in(number: str, other: Round, here: Round) -> str:
    """Says in which round a job waits already."""
    if other.id == here.id:
        return gettext("%(number)s is in this round already.", number=number)
    return gettext(
        "%(number)s is in the round of «%(title)s» on %(day)s.",
        number=number,
        title=other.title,
        day=written_day(other.day),
    )
