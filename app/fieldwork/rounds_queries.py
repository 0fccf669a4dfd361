"""What is read of rounds: who sees which, what can be planned, what the phones get."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, or_, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Account, Membership
from app.database import session
from app.fieldwork.models import Round, RoundMember, RoundStop, StopState
from app.jurisdictions.models import Jurisdiction
from app.roles import Deed, who_may
from app.security import Identity
from app.service_requests.models import ServiceRequest
from app.service_requests.status import DESK, OPEN

BIGGEST = 2**63 - 1


def planned_departments(who: Identity, jurisdiction_id: int) -> list[int] | None:
    """The departments for which this person makes rounds; None means all."""
    if who.reach(jurisdiction_id, Deed.FIELD_WORK) is None:
        return None
    return [
        key
        for key in who.departments_in(jurisdiction_id)
        if who.roles_for(jurisdiction_id, key) & DESK
    ]


def may_plan(who: Identity, jurisdiction_id: int, department_id: int) -> bool:
    """Whether this person makes the department's rounds: its case handlers and the first line do.

    That the department is the municipality's own is for the caller to know.
    """
    departments = planned_departments(who, jurisdiction_id)
    return departments is None or department_id in departments


def goes(who: Identity, jurisdiction_id: int) -> ColumnElement[bool]:
    """The rounds this person goes: as one of its crew, or as one of a department whose round names nobody."""
    members = exists().where(RoundMember.round_id == Round.id)
    mine = exists().where(
        RoundMember.round_id == Round.id, RoundMember.account_id == who.account_id
    )
    departments = who.departments_in(jurisdiction_id)
    theirs = Round.department_id.in_(departments) if departments else false()
    return theirs & (mine | ~members)


def _seen(who: Identity, jurisdiction_id: int) -> Select[Round]:
    query = select(Round).where(Round.jurisdiction_id == jurisdiction_id)
    departments = planned_departments(who, jurisdiction_id)
    if departments is None:
        return query
    planned = Round.department_id.in_(departments) if departments else false()
    return query.where(or_(planned, goes(who, jurisdiction_id)))


def rounds_between(who: Identity, jurisdiction_id: int, first: date, last: date) -> Sequence[Round]:
    """The rounds of these days that this person plans or goes, by day."""
    query = (
        _seen(who, jurisdiction_id)
        .where(Round.day.between(first, last))
        .order_by(Round.day, Round.department_id, Round.title, Round.id)
        .options(selectinload(Round.stops), selectinload(Round.members))
    )
    return session().scalars(query).all()


def round_for(who: Identity, jurisdiction_id: int, round_id: int) -> Round | None:
    """The round, if this person plans it or goes it."""
    if round_id > BIGGEST:
        return None
    query = (
        _seen(who, jurisdiction_id)
        .where(Round.id == round_id)
        .options(selectinload(Round.stops).joinedload(RoundStop.service_request))
    )
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def stop_for(who: Identity, stop_id: int, jurisdiction_id: int | None) -> RoundStop | None:
    """The stop, locked, if this person plans its round or goes it."""
    found = session().get(RoundStop, stop_id) if 0 < stop_id <= BIGGEST else None
    if found is None or jurisdiction_id not in {None, found.jurisdiction_id}:
        return None
    if round_for(who, found.jurisdiction_id, found.round_id) is None:
        return None
    query = select(RoundStop).where(RoundStop.id == stop_id).with_for_update(of=RoundStop)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def follower_of(stop: RoundStop) -> RoundStop | None:
    """Where a stop that was moved stands now: in the crew's newest round with the same job, locked."""
    left = session().get_one(Round, stop.round_id)
    query = (
        select(RoundStop)
        .join(Round, Round.id == RoundStop.round_id)
        .where(
            Round.jurisdiction_id == left.jurisdiction_id,
            Round.department_id == left.department_id,
            Round.title == left.title,
            Round.day > left.day,
            RoundStop.service_request_id == stop.service_request_id,
            RoundStop.state != StopState.MOVED,
        )
        .order_by(Round.day.desc())
        .limit(1)
        .with_for_update(of=RoundStop)
    )
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def rounds_of_jobs(keys: Sequence[int]) -> dict[int, Round]:
    """By report, the round in which it waits."""
    query = (
        select(RoundStop.service_request_id, Round)
        .join(Round, Round.id == RoundStop.round_id)
        .where(RoundStop.service_request_id.in_(keys), RoundStop.state == StopState.WAITING)
        .order_by(Round.day)
    )
    return dict(session().execute(query).all()) if keys else {}


def open_jobs(jurisdiction_id: int, department_id: int) -> Sequence[ServiceRequest]:
    """What a department has to do, the most urgent first."""
    query = (
        select(ServiceRequest)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.department_id == department_id,
            ServiceRequest.status.in_(OPEN),
        )
        .order_by(
            ServiceRequest.is_acute.desc(),
            ServiceRequest.due_at.asc().nulls_last(),
            ServiceRequest.id,
        )
        .limit(1000)
    )
    return session().scalars(query).all()


def crew_of(jurisdiction_id: int, department_id: int) -> Sequence[Account]:
    """Who may go a department's rounds, by address."""
    query = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.jurisdiction_id == jurisdiction_id,
            Membership.department_id == department_id,
            Membership.role.in_(who_may(Deed.FIELD_WORK)),
            Account.is_active,
        )
        .order_by(Account.email)
        .distinct()
    )
    return session().scalars(query).all()


def titles_of(jurisdiction_id: int, departments: Sequence[int] | None) -> list[str]:
    """The names that crews have had, for the form to suggest."""
    query = select(Round.title).where(Round.jurisdiction_id == jurisdiction_id)
    if departments is not None:
        query = query.where(Round.department_id.in_(departments))
    return list(session().scalars(query.distinct().order_by(Round.title).limit(30)))


def for_snapshot(who: Identity, jurisdiction: Jurisdiction, today: date) -> list[dict[str, Any]]:
    """The rounds of today and tomorrow that this person goes, as the phones keep them."""
    query = (
        select(Round)
        .where(
            Round.jurisdiction_id == jurisdiction.id,
            Round.day.between(today, today + timedelta(days=1)),
            goes(who, jurisdiction.id),
        )
        .order_by(Round.day, Round.title, Round.id)
        .options(selectinload(Round.stops).joinedload(RoundStop.service_request))
        .execution_options(populate_existing=True)
    )
    return [
        {
            "id": found.id,
            "title": found.title,
            "day": found.day.isoformat(),
            "department_id": found.department_id,
            "stops": [
                {
                    "id": stop.id,
                    "number": stop.service_request.number,
                    "rank": rank,
                    "state": stop.state,
                    "planned_since": stop.planned_since.isoformat(),
                }
                for rank, stop in enumerate(found.stops, 1)
            ],
        }
        for found in session().scalars(query)
    ]
