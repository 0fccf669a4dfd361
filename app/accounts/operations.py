"""Making accounts and signing in."""

from datetime import datetime, timedelta

from app.accounts import queries
from app.accounts.models import Account, Membership
from app.database import session
from app.errors import Invalid
from app.i18n import gettext
from app.security import Identity, Member, hash_password, password_matches

MIN_PASSWORD_LENGTH = 12
MAX_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)


def add_account(
    email: str, password: str, members: list[Member], *, is_demo: bool = False
) -> Account:
    """A new account, or the roles and password of the one that has the address. Ends its sessions.

    :raises Invalid: the address is none, or the password is short.
    """
    errors = {}
    if "@" not in email.strip("@ "):
        errors["email"] = gettext("Write an e-mail address, for example name@example.org.")
    if len(password) < MIN_PASSWORD_LENGTH:
        errors["password"] = gettext(
            "Use at least %(count)s characters.", count=MIN_PASSWORD_LENGTH
        )
    if errors:
        raise Invalid(errors)
    account = queries.by_email(email, lock=True) or Account(email=email.strip(), session_epoch=-1)
    account.password_hash = hash_password(password)
    account.session_epoch += 1
    account.is_active, account.failed_sign_ins, account.locked_until = True, 0, None
    account.is_demo = is_demo
    session().add(account)
    session().flush()
    _set_members(account, members)
    return account


def _set_members(account: Account, members: list[Member]) -> None:
    account.memberships.clear()
    session().flush()
    account.memberships += [
        Membership(
            jurisdiction_id=member.jurisdiction_id,
            department_id=member.department_id,
            role=member.role,
        )
        for member in members
    ]
    session().flush()


def sign_in(email: str, password: str, *, now: datetime) -> Identity | None:
    """Who signs in, or None: no such account, wrong password, closed or locked; the caller is not told which.

    Ten failures in a row lock an account for a quarter of an hour. The count is kept in the
    caller's transaction,
    which must therefore be committed either way.
    """
    account = queries.by_email(email, lock=True)
    is_locked = (
        account is not None and account.locked_until is not None and account.locked_until > now
    )
    matches = password_matches(account.password_hash if account else None, password)
    if account is None or not account.is_active or is_locked:
        return None
    if not matches:
        account.failed_sign_ins += 1
        if account.failed_sign_ins >= MAX_FAILURES:
            account.failed_sign_ins, account.locked_until = 0, now + LOCKED_FOR
        return None
    account.failed_sign_ins, account.locked_until = 0, None
    return queries.identity_of(account)
