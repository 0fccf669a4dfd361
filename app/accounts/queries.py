"""SELECTs over accounts."""

from sqlalchemy import func, select

from app.accounts.models import Account
from app.database import session
from app.roles import Role
from app.security import Identity, Member


def by_email(email: str, *, lock: bool = False, is_proved: bool = False) -> Account | None:
    """The account with this address, in capitals or not.

    :param is_proved: only the one whose address somebody has shown to be theirs; else that one first.
    """
    query = select(Account).where(func.lower(Account.email) == email.strip().lower())
    if is_proved:
        query = query.where(Account.has_proved_address)
    if lock:
        query = query.with_for_update()
    order = (Account.has_proved_address.desc(), Account.id)
    return session().scalars(query.order_by(*order).limit(1)).first()


def identity_of(account: Account) -> Identity:
    """The account as a signed-in person."""
    return Identity(
        account_id=account.id,
        session_id=f"{account.id}.{account.session_epoch}",
        display_name=account.label,
        members=tuple(
            Member(
                jurisdiction_id=member.jurisdiction_id,
                department_id=member.department_id,
                role=Role(member.role),
            )
            for member in account.memberships
        ),
    )


def identity_of_session(session_id: str) -> Identity | None:
    """Who a session cookie stands for; nobody when the account is closed or its sessions were ended."""
    account = by_session(session_id)
    return identity_of(account) if account else None


def by_session(session_id: str, *, lock: bool = False) -> Account | None:
    """The open account that a session stands for."""
    key, _, epoch = session_id.partition(".")
    if not (key.isdecimal() and epoch.isdecimal()):
        return None
    account = session().get(Account, int(key), with_for_update=lock or None)
    if account is None or not account.is_active or account.session_epoch != int(epoch):
        return None
    return account
