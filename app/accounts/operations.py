"""Making accounts and signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import jobs
from app.accounts import keys, queries, sign_in_log, two_steps
from app.accounts.models import Account, Membership, Outcome, Purpose, Way
from app.database import session
from app.errors import Invalid
from app.i18n import gettext
from app.passwords import hash_password, password_matches
from app.security import Identity, Member

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 200
MAX_NAME_LENGTH = 80
MIN_DIFFERENT = 5
"""Different characters in a password."""
LETTER_JOB = "accounts.send_letter"
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
    errors |= password_faults(password, email)
    if errors:
        raise Invalid(errors)
    known = queries.by_email(email, lock=True, is_proved=True)
    account = known or Account(email=email.strip(), session_epoch=-1)
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


@dataclass(frozen=True, kw_only=True)
class Passed:
    """Whose password was right. With `needs_code` nobody is signed in yet."""

    who: Identity
    needs_code: bool


def sign_in(email: str, password: str, *, now: datetime, device: str = "") -> Passed | None:
    """Who gave the right password, or None: no such account, wrong password, closed or locked; the
    caller is not told which.

    Ten failures in a row, of passwords and codes together, lock an account for a quarter of an hour. The
    count is kept in the caller's transaction, which must therefore be committed either way.
    """
    account = queries.by_email(email, lock=True)
    matches = password_matches(account.password_hash if account else None, password)
    if account is None or not account.is_active:
        return None
    if _is_locked(account, now):
        sign_in_log.note(account.id, Way.PASSWORD, Outcome.LOCKED, device, now=now)
        return None
    if not matches:
        _count_failure(account, Way.PASSWORD, device, now)
        return None
    needs_code = two_steps.is_on(account)
    if not needs_code:
        _let_in(account, Way.PASSWORD, device, now)
    return Passed(who=queries.identity_of(account), needs_code=needs_code)


def second_step(
    session_id: str, code: str, secret_key: str, *, now: datetime, device: str = ""
) -> Identity | None:
    """Who gave the right code after the password: one of the app, or a recovery code.

    :param session_id: of the identity whose password was right. Commit either way, as for `sign_in`.
    """
    account = queries.by_session(session_id, lock=True)
    if account is None or not two_steps.is_on(account):
        return None
    is_app = sum(sign.isdecimal() for sign in code) == len("".join(code.split()))
    way = Way.CODE if is_app else Way.RECOVERY_CODE
    if _is_locked(account, now):
        sign_in_log.note(account.id, way, Outcome.LOCKED, device, now=now)
        return None
    if is_app:
        matches = two_steps.code_matches(account, code, secret_key, now=now)
    else:
        matches = two_steps.recovery_code_matches(account, code, now=now)
    if not matches:
        _count_failure(account, way, device, now)
        return None
    _let_in(account, way, device, now)
    return queries.identity_of(account)


def order_reset(email: str, jurisdiction_id: int, language: str, *, now: datetime) -> None:
    """Order the letter with which someone chooses a new password, if there is an account with a password.

    Nothing tells the caller whether there is. Who has never had a password comes in by a provider, or by
    an invitation.
    """
    account = queries.by_email(email, lock=True)
    if account is None or not account.is_active or account.password_hash is None:
        return
    key = keys.make(account, jurisdiction_id, Purpose.RESET, language, now=now)
    if key is not None:
        jobs.defer(LETTER_JOB, key=str(key.id))


def choose_password(account: Account, password: str, repeated: str, *, now: datetime) -> None:
    """A new password. All sessions end, a lock is opened, and no link in a letter works any more.

    :raises Invalid: it is short, too like the address, or the two differ.
    """
    errors = password_faults(password, account.email)
    if not errors and password != repeated:
        errors["repeated"] = gettext("Write the same password in both fields.")
    if errors:
        raise Invalid(errors)
    account.password_hash = hash_password(password)
    account.session_epoch += 1
    account.failed_sign_ins, account.locked_until = 0, None
    keys.end(account.id, *Purpose, now=now)
    session().flush()


def first_sign_in(account: Account, *, now: datetime, device: str = "") -> None:
    """Note that someone came in by the link of an invitation."""
    _let_in(account, Way.LINK, device, now)


def password_faults(password: str, email: str) -> dict[str, str]:
    """What is wrong with a new password, if anything."""
    if len(password) < MIN_PASSWORD_LENGTH:
        return {
            "password": gettext("Use at least %(count)s characters.", count=MIN_PASSWORD_LENGTH)
        }
    if len(password) > MAX_PASSWORD_LENGTH:
        return {"password": gettext("Use at most %(count)s characters.", count=MAX_PASSWORD_LENGTH)}
    own = email.split("@")[0].lower()
    holds_name = len(own) >= MIN_DIFFERENT and own in password.lower()
    if len(set(password)) < MIN_DIFFERENT or holds_name:
        return {
            "password": gettext("This is too easy to guess. Use words that have nothing in common.")
        }
    return {}


def _is_locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and account.locked_until > now


def _count_failure(account: Account, way: Way, device: str, now: datetime) -> None:
    account.failed_sign_ins += 1
    if account.failed_sign_ins >= MAX_FAILURES:
        account.failed_sign_ins, account.locked_until = 0, now + LOCKED_FOR
    sign_in_log.note(account.id, way, Outcome.WRONG, device, now=now)


def _let_in(account: Account, way: Way, device: str, now: datetime) -> None:
    account.failed_sign_ins, account.locked_until = 0, None
    sign_in_log.note(account.id, way, Outcome.IN, device, now=now)
