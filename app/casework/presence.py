"""Who has a report open now, so that two people see each other. Verbs flush; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Account
from app.casework.models import Presence
from app.database import session

BEAT = timedelta(seconds=20)
"""How often an open page says so."""
FRESH = timedelta(seconds=50)
"""Who has said nothing for longer has gone."""


@dataclass(frozen=True, kw_only=True)
class Other:
    """A colleague who has the report open too."""

    label: str
    is_writing: bool


def others(service_request_id: int, account_id: int, *, now: datetime) -> Sequence[Other]:
    """The colleagues who have it open now, by label."""
    query = (
        select(Account.label, Presence.is_writing)
        .join(Account, Account.id == Presence.account_id)
        .where(
            Presence.service_request_id == service_request_id,
            Presence.account_id != account_id,
            Presence.seen_at > now - FRESH,
        )
        .order_by(Account.label)
    )
    return [Other(label=label, is_writing=writes) for label, writes in session().execute(query)]


def beat(
    jurisdiction_id: int,
    service_request_id: int,
    account_id: int,
    *,
    is_writing: bool,
    now: datetime,
) -> None:
    """Say that this person has it open, and forget who went long ago."""
    gone = Presence.seen_at < now - 10 * FRESH
    session().execute(
        delete(Presence).where(gone, Presence.service_request_id == service_request_id)
    )
    values = {"seen_at": now, "is_writing": is_writing}
    statement = insert(Presence).values(
        jurisdiction_id=jurisdiction_id,
        service_request_id=service_request_id,
        account_id=account_id,
        **values,
    )
    session().execute(
        statement.on_conflict_do_update(
            index_elements=[Presence.service_request_id, Presence.account_id], set_=values
        )
    )


def leave(service_request_id: int, account_id: int) -> None:
    """Say that this person has closed it."""
    session().execute(
        delete(Presence).where(
            Presence.service_request_id == service_request_id, Presence.account_id == account_id
        )
    )
