"""What is left of a day goes into the next round of the same crew, where everybody sees since when."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from app.catalog.working_days import is_working_day
from app.database import session
from app.fieldwork.models import Round, RoundMember, RoundStop, StopState
from app.fieldwork.rounds import touch
from app.jurisdictions.models import Jurisdiction
from app.service_requests.models import ServiceRequest
from app.service_requests.queries import lock_in_order
from app.service_requests.status import OPEN


def roll_over(jurisdiction: Jurisdiction, *, today: date, now: datetime) -> int:
    """Move what waits in rounds before `today` to the crews' next rounds; how many stops were moved.

    After days without it everything goes to the next round at once. A second run finds nothing.
    """
    waiting = exists().where(RoundStop.round_id == Round.id, RoundStop.state == StopState.WAITING)
    query = (
        select(Round)
        .where(Round.jurisdiction_id == jurisdiction.id, Round.day < today, waiting)
        .order_by(Round.day, Round.id)
        .with_for_update(of=Round)
    )
    sources = session().scalars(query.execution_options(populate_existing=True)).all()
    busy = _with_open_jobs([source.id for source in sources])
    targets = {
        source.id: _target(jurisdiction, source, today=today, now=now)
        for source in sources
        if source.id in busy
    }
    _lock_jobs([source.id for source in sources])
    left: dict[Round, list[RoundStop]] = defaultdict(list)
    for source in sources:
        stops = _still_to_do(source, now)
        if (
            source.id in targets
        ):  # a job that was opened again this very moment waits for the next run
            left[targets[source.id]] += stops
    for target, stops in left.items():
        if stops:
            _take_in(target, stops)
    return sum(len(stops) for stops in left.values())


def _with_open_jobs(round_ids: Sequence[int]) -> set[int]:
    """The rounds in which something waits that is still the department's."""
    query = (
        select(RoundStop.round_id)
        .join(Round, Round.id == RoundStop.round_id)
        .join(ServiceRequest, ServiceRequest.id == RoundStop.service_request_id)
        .where(
            RoundStop.round_id.in_(round_ids),
            RoundStop.state == StopState.WAITING,
            ServiceRequest.status.in_(OPEN),
            ServiceRequest.department_id == Round.department_id,
        )
    )
    return set(session().scalars(query))


def _lock_jobs(round_ids: Sequence[int]) -> None:
    """Lock what waits in the rounds. Rounds come first, then jobs, then stops, here and where a foreman
    adds jobs: so neither waits for the other.
    """
    waits = (RoundStop.round_id.in_(round_ids), RoundStop.state == StopState.WAITING)
    lock_in_order(session().scalars(select(RoundStop.service_request_id).where(*waits)).all())


def _still_to_do(source: Round, now: datetime) -> list[RoundStop]:
    """What waits in the round and is still the department's; the rest is done with."""
    waits = (RoundStop.round_id == source.id, RoundStop.state == StopState.WAITING)
    query = select(RoundStop).where(*waits).order_by(RoundStop.rank).with_for_update(of=RoundStop)
    found = []
    for stop in session().scalars(query.execution_options(populate_existing=True)).all():
        job = session().get_one(ServiceRequest, stop.service_request_id, populate_existing=True)
        if job.status in OPEN and job.department_id == source.department_id:
            found.append(stop)
        else:
            stop.state, stop.ticked_at = StopState.DONE, now
    session().flush()
    return found


def next_day(today: date, planned: list[date], country: str) -> date:
    """The first day from today on that is a working day, or that the crew has a round on. Pure."""
    day = today
    while day not in planned and not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def _target(jurisdiction: Jurisdiction, source: Round, *, today: date, now: datetime) -> Round:
    """The crew's next round, locked; a new one with the same people where there is none."""
    same_crew = (
        Round.jurisdiction_id == jurisdiction.id,
        Round.department_id == source.department_id,
        Round.title == source.title,
    )
    planned = session().scalars(select(Round.day).where(*same_crew, Round.day >= today)).all()
    day = next_day(today, list(planned), jurisdiction.country)
    made = session().scalar(
        insert(Round)
        .values(
            jurisdiction_id=jurisdiction.id,
            department_id=source.department_id,
            day=day,
            title=source.title,
            version=1,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Round.id)
    )
    if made is not None:
        people = select(RoundMember.account_id).where(RoundMember.round_id == source.id)
        session().add_all(
            RoundMember(round_id=made, account_id=key, jurisdiction_id=jurisdiction.id)
            for key in session().scalars(people).all()
        )
        session().flush()
    query = select(Round).where(*same_crew, Round.day == day).with_for_update(of=Round)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def _take_in(target: Round, left: list[RoundStop]) -> None:
    """Set what is left before everything else, the oldest first; a job that is there already stands once."""
    session().refresh(target, ["stops"])
    here = {stop.service_request_id: stop for stop in target.stops}
    first = []
    for stop in left:
        since, stop.state = stop.planned_since, StopState.MOVED
        there = here.get(stop.service_request_id)
        if there is None:
            there = RoundStop(
                jurisdiction_id=target.jurisdiction_id,
                service_request_id=stop.service_request_id,
                planned_since=since,
                state=StopState.WAITING,
            )
            here[stop.service_request_id] = there
            first.append(there)
        there.planned_since = min(there.planned_since, since)
    for rank, stop in enumerate([*first, *target.stops], 1):
        stop.rank = rank
    target.stops.extend(first)
    touch(target)
    session().expire(target, ["stops"])
