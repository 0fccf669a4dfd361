"""What the pages of rounds show: finished values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.database import session
from app.departments.queries import department
from app.fieldwork.models import Round, RoundStop, StopState
from app.fieldwork.rounds_way import Ground
from app.geo.positions import position_of
from app.i18n import gettext, local, localised, moment, ngettext, weekday
from app.places.lines import written_metres
from app.service_requests.cards import Card, card_of, row_of
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A row of a round."""

    id: int
    place: int
    state: str
    card: Card
    left_from: str
    """«tirsdag 12. mai», or empty."""
    is_gone: bool
    """The job is closed, or another department has it."""
    done_text: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A round on a page."""

    id: int
    version: int
    title: str
    day: date
    day_text: str
    department_name: str
    stops: Sequence[Stop]
    waiting: int
    done: int
    moved: int
    left: int
    """How many stand here from an earlier day and still wait."""
    members: Sequence[str]
    way: str
    """«4,2 km», as the crow flies, through what waits; empty for fewer than two."""
    seen: str
    """The numbers in their order: sent along, so that a conflict can say what changed."""


def job_card(job: ServiceRequest, *, now: datetime) -> Card:
    """A job as those see it who must go there."""
    return card_of(row_of(job, exact=True), now=now)


def shown(found: Round, *, now: datetime) -> Shown:
    """The round with its jobs in their order."""
    stops = [_stop(found, stop, place, now) for place, stop in enumerate(found.stops, 1)]
    return Shown(
        id=found.id,
        version=found.version,
        title=found.title,
        day=found.day,
        day_text=weekday(found.day),
        department_name=localised(department(found.department_id).name),
        stops=stops,
        waiting=sum(stop.state == StopState.WAITING for stop in stops),
        done=sum(stop.state == StopState.DONE for stop in stops),
        moved=sum(stop.state == StopState.MOVED for stop in stops),
        left=sum(bool(stop.left_from) and stop.state == StopState.WAITING for stop in stops),
        members=sorted(account.label for account in found.members),
        way=way_text(found),
        seen=",".join(stop.card.number for stop in stops),
    )


def _stop(found: Round, stop: RoundStop, place: int, now: datetime) -> Stop:
    job = stop.service_request
    is_gone = job.status not in OPEN or job.department_id != found.department_id
    return Stop(
        id=stop.id,
        place=place,
        state=stop.state,
        card=job_card(job, now=now),
        left_from=weekday(stop.planned_since) if stop.planned_since < found.day else "",
        is_gone=is_gone,
        done_text=moment(stop.ticked_at) if stop.ticked_at else "",
    )


def metres_of(found: Round) -> float:
    """How long the way through what waits is, as the crow flies."""
    places = [
        position_of(stop.service_request.position)
        for stop in found.stops
        if stop.state == StopState.WAITING
    ]
    return Ground(places).length(range(len(places)))


def way_text(found: Round) -> str:
    """The same in words; empty for fewer than two stops."""
    waiting = sum(stop.state == StopState.WAITING for stop in found.stops)
    return written_metres(metres_of(found)) if waiting > 1 else ""


def suggested_text(before: float, after: float) -> str:
    """What the suggested order is worth."""
    if before - after < 1:
        return gettext(
            "The order is as short as we can make it: %(way)s.", way=written_metres(after)
        )
    return gettext(
        "New order: %(after)s as the crow flies. It was %(before)s.",
        after=written_metres(after),
        before=written_metres(before),
    )


def added_text(count: int, title: str) -> str:
    """How many jobs came into the round."""
    said = ngettext(
        "%(num)s job is in the round. It is marked as planned.",
        "%(num)s jobs are in the round. They are marked as planned.",
        count,
    )
    return f"{title}: {said}"


def differences(seen: str, now: Shown) -> list[str]:
    """What is otherwise than on the page that somebody acted on, in sentences."""
    before = [number for number in seen[:4000].split(",") if number]
    after = [stop.card.number for stop in now.stops]
    found = []
    if came := [number for number in after if number not in before]:
        found.append(gettext("New in the round: %(numbers)s.", numbers=", ".join(came)))
    if left := [number for number in before if number not in after]:
        found.append(gettext("No longer in the round: %(numbers)s.", numbers=", ".join(left)))
    stayed = [number for number in before if number in after]
    if stayed != [number for number in after if number in before]:
        found.append(gettext("The order is another one."))
    return found or [
        gettext("The crew's name, the day, the people or the order have been set anew.")
    ]


def local_today(now: datetime) -> date:
    """The municipality's day."""
    return local(now).date()


def fresh(found: Round) -> Round:
    """The round as it is in the database now."""
    session().expire_all()
    return session().get_one(Round, found.id)
