"""The log of sign-ins: for the one whose account it is, and for administrators."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from app.accounts.models import Account, Membership, Outcome, SignInEvent, Way
from app.database import session

KEPT = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the log."""

    id: int
    at: datetime
    who: str
    way: Way
    outcome: Outcome
    device: str


def note(account_id: int, way: Way, outcome: Outcome, device: str, *, now: datetime) -> None:
    """Write a line. Flushes."""
    session().add(
        SignInEvent(account_id=account_id, at=now, way=way, outcome=outcome, device=device)
    )
    session().flush()


def of_account(account_id: int, *, limit: int) -> list[Entry]:
    """Someone's own, newest first."""
    return _entries(SignInEvent.account_id == account_id, limit=limit)


def of_municipality(
    jurisdiction_id: int, *, limit: int, before: int | None = None, account_id: int | None = None
) -> list[Entry]:
    """Those of everybody who has a role in the municipality, newest first, from before a line on."""
    people = select(Membership.account_id).where(Membership.jurisdiction_id == jurisdiction_id)
    conditions: list[ColumnElement[bool]] = [SignInEvent.account_id.in_(people)]
    if before is not None:
        conditions.append(SignInEvent.id < before)
    if account_id is not None:
        conditions.append(SignInEvent.account_id == account_id)
    return _entries(*conditions, limit=limit)


def forget_old(*, now: datetime) -> int:
    """Remove what is older than a quarter of a year; how many lines."""
    old = delete(SignInEvent).where(SignInEvent.at < now - KEPT).returning(SignInEvent.id)
    return len(session().scalars(old).all())


def _entries(*conditions: ColumnElement[bool], limit: int) -> list[Entry]:
    query = (
        select(SignInEvent, Account.label)
        .join(Account, Account.id == SignInEvent.account_id)
        .where(*conditions)
        .order_by(SignInEvent.id.desc())
        .limit(limit)
    )
    return [
        Entry(
            id=event.id,
            at=event.at,
            who=who,
            way=Way(event.way),
            outcome=Outcome(event.outcome),
            device=event.device,
        )
        for event, who in session().execute(query)
    ]
