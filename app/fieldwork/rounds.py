"""Planning rounds and going them: jobs in an order, for a crew and a day.

What the foreman changes is held to the version of the page; what the crew ticks never collides with it.
A job that is set into a round becomes planned, quietly: a round changes until it is gone, and a letter for
each change would tell the reporter days that nobody keeps. The report's own page says that it is planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app.database import session
from app.departments.queries import in_use
from app.errors import Conflict, Invalid, NotAllowed, NotFound, OutdatedVersion
from app.fieldwork import rounds_queries as queries
from app.fieldwork.models import Round, RoundMember, RoundStop, StopState
from app.fieldwork.operations import actor_for
from app.fieldwork.rounds_ticks import stands_in, tick, untick
from app.fieldwork.rounds_way import suggested
from app.geo.positions import Position, position_of
from app.i18n import day as written_day
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.security import Identity
from app.service_requests import operations
from app.service_requests.acting import Work
from app.service_requests.models import ServiceRequest
from app.service_requests.queries import lock_in_order
from app.service_requests.status import OPEN, Status, change

MAX_STOPS = 100
"""More is not a day's work, and a phone is to get it in one small answer."""
FARTHEST = timedelta(days=366)

for_snapshot = queries.for_snapshot
__all__ = [
    "add",
    "arrange",
    "discard",
    "find",
    "for_snapshot",
    "lock",
    "make",
    "move",
    "remove",
    "replan",
    "shift",
    "suggest",
    "tick",
    "touch",
    "untick",
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who goes when: what a round is, apart from its jobs. Without members it is the whole department's."""

    title: str
    day: date
    member_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Added:
    """How many jobs came into a round, and why others did not: sentences."""

    count: int
    left_out: list[str]


def find(who: Identity, jurisdiction_id: int, round_id: int) -> Round:
    """The round. :raises NotFound: there is none, or it is not for this person."""
    found = queries.round_for(who, jurisdiction_id, round_id)
    if found is None:
        raise NotFound(gettext("There is no such round, or it is another crew's."))
    return found


def make(
    who: Identity,
    jurisdiction: Jurisdiction,
    department_id: int,
    plan: Plan,
    *,
    today: date,
    now: datetime,
) -> Round:
    """A new round without jobs.

    :raises NotAllowed: this person makes no rounds for the department.
    :raises Invalid: the municipality has no such department, the crew has a round that day, or nobody
        can plan that day.
    """
    if not queries.may_plan(who, jurisdiction.id, department_id):
        raise NotAllowed(gettext("Case handlers make the rounds of their own department."))
    if in_use(jurisdiction.id, department_id) is None:
        raise Invalid({"department": gettext("Choose whose round it is.")})
    _check_day(plan.day, today)
    made = session().scalar(
        insert(Round)
        .values(
            jurisdiction_id=jurisdiction.id,
            department_id=department_id,
            day=plan.day,
            title=plan.title,
            version=1,
            created_by_id=who.account_id,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Round.id)
    )
    if made is None:
        raise _taken(plan)
    found = session().get_one(Round, made)
    _set_members(found, plan.member_ids)
    return found


def _check_day(day: date, today: date) -> None:
    if day < today:
        raise Invalid({"day": gettext("Choose today or a later day.")})
    if day > today + FARTHEST:
        raise Invalid({"day": gettext("Choose a day within a year.")})


def _taken(plan: Plan) -> Invalid:
    message = gettext(
        "«%(title)s» has a round on %(day)s already. Open that one, or write another name.",
        title=plan.title,
        day=written_day(plan.day),
    )
    return Invalid({"title": message})


def _set_members(found: Round, wanted: Sequence[int]) -> None:
    allowed = {
        account.id for account in queries.crew_of(found.jurisdiction_id, found.department_id)
    }
    if not set(wanted) <= allowed:
        raise Invalid({"members": gettext("Choose among the people of the department.")})
    session().execute(delete(RoundMember).where(RoundMember.round_id == found.id))
    session().add_all(
        RoundMember(round_id=found.id, account_id=key, jurisdiction_id=found.jurisdiction_id)
        for key in sorted(set(wanted))
    )
    session().flush()
    session().expire(found, ["members"])


def lock(who: Identity, jurisdiction_id: int, round_id: int, version: int) -> Round:
    """The round, locked for the one who plans it.

    :raises NotFound: not for this person. :raises NotAllowed: this person only goes it.
    :raises OutdatedVersion: it has changed since `version`.
    """
    found = find(who, jurisdiction_id, round_id)
    if not queries.may_plan(who, jurisdiction_id, found.department_id):
        raise NotAllowed(gettext("Case handlers make the rounds of their own department."))
    query = select(Round).where(Round.id == round_id).with_for_update(of=Round)
    locked = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if locked is None:
        raise NotFound(gettext("There is no such round, or it is another crew's."))
    if locked.version != version:
        message = gettext(
            "The round has been changed since you opened it. Nothing of yours was saved."
        )
        raise OutdatedVersion(message, expected=version, actual=locked.version)
    session().refresh(locked, ["stops"])
    return locked


def touch(found: Round) -> None:
    """Let the round's version grow, so that an older page of it is told."""
    flag_modified(found, "title")
    session().flush()


def replan(found: Round, plan: Plan, *, today: date) -> None:
    """Set crew, day and members of a locked round. :raises Invalid: as `make`."""
    if plan.day != found.day:
        _check_day(plan.day, today)
        for stop in found.stops:
            if stop.planned_since == found.day or stop.planned_since > plan.day:
                stop.planned_since = plan.day
    try:
        with session().begin_nested():
            found.title, found.day = plan.title, plan.day
            touch(found)
    except IntegrityError as fault:
        raise _taken(plan) from fault
    _set_members(found, plan.member_ids)


def discard(found: Round) -> None:
    """Remove a locked round. Its jobs stay as they are. :raises Conflict: something in it is done."""
    if any(stop.state == StopState.DONE for stop in found.stops):
        raise Conflict(gettext("Something in this round is done, so it stays. Remove single jobs."))
    session().delete(found)
    session().flush()


def add(found: Round, who: Identity, numbers: Sequence[str], *, now: datetime) -> Added:
    """Set jobs at the end of a locked round, in this order. What was assigned becomes planned.

    :raises Invalid: none were chosen, or more than a round holds.
    """
    wanted = list(dict.fromkeys(number.strip().upper() for number in numbers))
    if not wanted:
        raise Invalid({"jobs": gettext("Tick the jobs that the round is to have.")})
    if len(found.stops) + len(wanted) > MAX_STOPS:
        message = gettext("A round holds at most %(count)s jobs.", count=MAX_STOPS)
        raise Invalid({"jobs": message})
    jobs = _locked_jobs(found.jurisdiction_id, wanted)
    elsewhere = queries.rounds_of_jobs([job.id for job in jobs.values()])
    here = {stop.service_request_id: stop for stop in found.stops}
    left_out, count = [], 0
    last = max((stop.rank for stop in found.stops), default=0)
    for number in wanted:
        job = jobs.get(number)
        if job is None or job.department_id != found.department_id or job.status not in OPEN:
            left_out.append(
                gettext("%(number)s is closed or no longer with the department.", number=number)
            )
        elif job.id in elsewhere:
            left_out.append(stands_in(number, elsewhere[job.id], found))
        else:
            last, count = last + 1, count + 1
            _put(found, here.get(job.id), job, last)
            _plan(job, who, now)
    if count:
        touch(found)
    return Added(count=count, left_out=left_out)


def _locked_jobs(jurisdiction_id: int, numbers: Sequence[str]) -> dict[str, ServiceRequest]:
    named = select(ServiceRequest.id).where(
        ServiceRequest.jurisdiction_id == jurisdiction_id, ServiceRequest.number.in_(numbers)
    )
    keys = list(session().scalars(named))
    lock_in_order(keys)
    query = select(ServiceRequest).where(ServiceRequest.id.in_(keys))
    found = session().scalars(query.execution_options(populate_existing=True))
    return {job.number: job for job in found}


def _put(found: Round, stop: RoundStop | None, job: ServiceRequest, rank: int) -> None:
    """A new stop, or the one that was done and whose job is open again."""
    if stop is None:
        stop = RoundStop(jurisdiction_id=found.jurisdiction_id, service_request_id=job.id)
        found.stops.append(stop)
    stop.rank, stop.state, stop.planned_since = rank, StopState.WAITING, found.day
    stop.ticked_at = stop.ticked_by_id = None


def _plan(job: ServiceRequest, who: Identity, now: datetime) -> None:
    """ASSIGNED becomes PLANNED; what has begun stays begun, and what nobody has taken stays with the desk."""
    actor = actor_for(who, job)
    if job.status == Status.ASSIGNED and change(Status.ASSIGNED, Status.PLANNED, actor.roles):
        work = Work(version=job.version)
        operations.change_status(job, Status.PLANNED, work, actor, now=now, tells=False)


def _stop_in(found: Round, stop_id: int) -> RoundStop:
    stop = next((stop for stop in found.stops if stop.id == stop_id), None)
    if stop is None:
        raise NotFound(gettext("This job is no longer in the round."))
    return stop


def remove(found: Round, stop_id: int) -> None:
    """Take a job out of a locked round. :raises Conflict: it is done."""
    stop = _stop_in(found, stop_id)
    if stop.state == StopState.DONE:
        raise Conflict(gettext("This job is done in the round, so it stays."))
    found.stops.remove(stop)
    touch(found)


def move(found: Round, stop_id: int, place: int) -> None:
    """Give a stop of a locked round another place, the first being 1; beyond the end is the end."""
    stop = _stop_in(found, stop_id)
    others = [other for other in found.stops if other is not stop]
    others.insert(max(place, 1) - 1, stop)
    _rank(found, others)


def shift(found: Round, stop_id: int, steps: int) -> None:
    """Move a stop of a locked round up (-1) or down (1)."""
    move(found, stop_id, found.stops.index(_stop_in(found, stop_id)) + 1 + steps)


def arrange(found: Round, stop_ids: Sequence[int]) -> None:
    """Give all stops of a locked round this order. :raises Conflict: these are not its stops."""
    stops = {stop.id: stop for stop in found.stops}
    if len(stop_ids) != len(stops) or set(stop_ids) != set(stops):
        raise Conflict(gettext("The round has got other jobs meanwhile. Look at it and try again."))
    _rank(found, [stops[key] for key in stop_ids])


def suggest(found: Round, start: Position | None = None) -> None:
    """Set what waits in a locked round in a short order; what is done stays first."""
    done = [stop for stop in found.stops if stop.state != StopState.WAITING]
    waiting = [stop for stop in found.stops if stop.state == StopState.WAITING]
    places = [position_of(stop.service_request.position) for stop in waiting]
    _rank(found, done + [waiting[place] for place in suggested(places, start)])


def _rank(found: Round, stops: Sequence[RoundStop]) -> None:
    for rank, stop in enumerate(stops, 1):
        stop.rank = rank
    touch(found)
    session().expire(found, ["stops"])
