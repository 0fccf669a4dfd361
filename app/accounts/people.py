"""The people of a municipality: inviting them, what they may do, and ending it. Flush; the caller commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text

from app import jobs
from app.accounts import keys, two_steps
from app.accounts.models import (
    Account,
    AccountIdentity,
    Membership,
    Outcome,
    Purpose,
    SignInEvent,
)
from app.accounts.operations import LETTER_JOB, MAX_NAME_LENGTH
from app.accounts.queries import by_email
from app.database import session
from app.errors import Conflict, Invalid, NotFound, OutdatedVersion
from app.i18n import gettext
from app.roles import Role
from app.security import Member

LOCK = 7_310_039
"""Of the advisory lock under which a municipality's roles change."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone who has, or had, a role in the municipality. `members` are those given by people."""

    id: int
    email: str
    name: str
    is_active: bool
    has_password: bool
    has_two_steps: bool
    is_only_here: bool
    """No other municipality has given this account a role."""
    providers: tuple[str, ...]
    members: frozenset[Member]
    from_provider: frozenset[Member]
    last_in: datetime | None

    @property
    def is_invited(self) -> bool:
        """Whether the person has not come in yet."""
        return self.is_active and not self.has_password and not self.providers

    @property
    def label(self) -> str:
        """What colleagues see."""
        return self.name or self.email


def people(jurisdiction_id: int) -> list[Person]:
    """Everybody who has a role here, by what they are called. Two statements, however many they are."""
    here = select(Membership.account_id).where(Membership.jurisdiction_id == jurisdiction_id)
    return _people(jurisdiction_id, Account.id.in_(here))


def person(jurisdiction_id: int, account_id: int) -> Person:
    """One of them. :raises NotFound: no role here."""
    here = exists().where(
        Membership.account_id == Account.id, Membership.jurisdiction_id == jurisdiction_id
    )
    found = _people(jurisdiction_id, and_(Account.id == account_id, here))
    if not found:
        raise NotFound(gettext("There is no such person."))
    return found[0]


def invite(
    jurisdiction_id: int,
    email: str,
    name: str,
    members: Iterable[Member],
    language: str,
    *,
    now: datetime,
) -> Account:
    """Give someone their first roles here, and order the letter with which they come in.

    Whoever has an account in another municipality keeps it, and gets a letter that says so. A closed account
    begins anew: without the roles, the password, the second step and the providers that it had. An account
    whose address only a provider has said is passed over: whoever opens the letter decides what becomes of it.

    :raises Invalid: no address, no role, or the person has roles here already.
    """
    given = list(members)
    errors = {}
    if "@" not in email.strip("@ ") or len(email) > 254:
        errors["email"] = gettext("Write an e-mail address, for example name@example.org.")
    if len(name.strip()) > MAX_NAME_LENGTH:
        errors["name"] = gettext("Use at most %(count)s characters.", count=MAX_NAME_LENGTH)
    if not given:
        errors["roles"] = gettext("Choose at least one role.")
    if errors:
        raise Invalid(errors)
    account = by_email(email, lock=True, is_proved=True)
    if account and any(one.jurisdiction_id == jurisdiction_id for one in account.memberships):
        raise Invalid({"email": gettext("This person has a role here already.")})
    if account is None:
        account = Account(email=email.strip(), name=name.strip())
        session().add(account)
    elif not account.is_active:
        account.is_active, account.password_hash = True, None
        account.session_epoch += 1
        account.name = name.strip() or account.name
        account.memberships = []
        session().execute(delete(AccountIdentity).where(AccountIdentity.account_id == account.id))
        two_steps.switch_off(account)
    session().flush()
    account.memberships += [_membership(member) for member in given]
    session().flush()
    order_invitation(account, jurisdiction_id, language, now=now)
    return account


def order_invitation(
    account: Account, jurisdiction_id: int, language: str, *, now: datetime
) -> None:
    """Order the letter. :raises Conflict: there were enough of them in the last hour."""
    key = keys.make(account, jurisdiction_id, Purpose.INVITATION, language, now=now)
    if key is None:
        raise Conflict(gettext("Three invitations were sent in the last hour. Wait a little."))
    jobs.defer(LETTER_JOB, key=str(key.id))


def set_roles(
    jurisdiction_id: int, account_id: int, members: Iterable[Member], seen: frozenset[Member]
) -> Account:
    """Exactly these roles here, given by people. What a provider gives stays the provider's.

    :param seen: the roles on the page that the form stood on.
    :raises OutdatedVersion: somebody else changed them meanwhile.
    :raises Invalid: there is none, or nobody would be left who may change roles.
    """
    _lock(jurisdiction_id)
    account = locked(jurisdiction_id, account_id)
    mine = [
        one
        for one in account.memberships
        if one.jurisdiction_id == jurisdiction_id and one.provider is None
    ]
    held = frozenset(_member(one) for one in mine)
    if held != seen:
        message = gettext("Somebody else has changed the roles. Look at them, and try again.")
        raise OutdatedVersion(message, expected=len(seen), actual=len(held))
    wanted = frozenset(members)
    was_administrator = _is_administrator(account, jurisdiction_id)
    from_provider = any(
        one.provider is not None
        for one in account.memberships
        if one.jurisdiction_id == jurisdiction_id
    )
    if not wanted and not from_provider:
        raise Invalid(
            {"roles": gettext("Choose at least one role, or end the person's access below.")}
        )
    for one in mine:
        if _member(one) not in wanted:
            account.memberships.remove(one)
    session().flush()
    account.memberships += [_membership(member) for member in sorted(wanted - held, key=str)]
    session().flush()
    if was_administrator:
        keep_an_administrator(jurisdiction_id)
    return account


def end_access(jurisdiction_id: int, account_id: int, *, now: datetime) -> Account:
    """Take all roles here away. The account is closed when it has none anywhere; its sessions end at once.

    :raises Invalid: nobody would be left who may change roles.
    """
    _lock(jurisdiction_id)
    account = locked(jurisdiction_id, account_id)
    was_administrator = _is_administrator(account, jurisdiction_id)
    account.memberships = [
        one for one in account.memberships if one.jurisdiction_id != jurisdiction_id
    ]
    account.session_epoch += 1
    if not account.memberships:
        close(account, now=now)
    session().flush()
    if was_administrator:
        keep_an_administrator(jurisdiction_id)
    return account


def close(account: Account, *, now: datetime) -> None:
    """Nobody comes in by this account any more, whatever way they came."""
    account.is_active = False
    account.session_epoch += 1
    keys.end(account.id, *Purpose, now=now)
    session().flush()


def locked(jurisdiction_id: int, account_id: int) -> Account:
    """The account of someone with a role here. :raises NotFound: there is none."""
    found = session().scalar(
        select(Account)
        .where(
            Account.id == account_id,
            exists().where(
                Membership.account_id == Account.id,
                Membership.jurisdiction_id == jurisdiction_id,
            ),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFound(gettext("There is no such person."))
    return found


def _lock(jurisdiction_id: int) -> None:
    """Two administrators who take the role from each other come one after the other."""
    session().execute(
        text("SELECT pg_advisory_xact_lock(:lock, :place)"),
        {"lock": LOCK, "place": jurisdiction_id},
    )


def _is_administrator(account: Account, jurisdiction_id: int) -> bool:
    return any(
        one.role == Role.ADMINISTRATOR and one.jurisdiction_id == jurisdiction_id
        for one in account.memberships
    )


def keep_an_administrator(jurisdiction_id: int) -> None:
    """:raises Invalid: nobody would be left who may change roles."""
    ties = exists().where(AccountIdentity.account_id == Account.id)
    left = (
        select(func.count())
        .select_from(Membership)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.jurisdiction_id == jurisdiction_id,
            Membership.role == Role.ADMINISTRATOR,
            Account.is_active,
            or_(Account.password_hash.is_not(None), ties),
        )
    )
    if not session().scalar(left):
        raise Invalid(
            {
                "roles": gettext(
                    "There must be an administrator who can sign in. Make another one first."
                )
            }
        )


def _people(jurisdiction_id: int, condition: ColumnElement[bool]) -> list[Person]:
    ties = (
        select(func.array_agg(AccountIdentity.provider.distinct()))
        .where(AccountIdentity.account_id == Account.id)
        .scalar_subquery()
    )
    last_in = (
        select(func.max(SignInEvent.at))
        .where(SignInEvent.account_id == Account.id, SignInEvent.outcome == Outcome.IN)
        .scalar_subquery()
    )
    query = (
        select(Account, ties, last_in)
        .where(condition)
        .order_by(func.lower(Account.label), Account.id)
    )
    return [
        _person(jurisdiction_id, account, providers or [], last)
        for account, providers, last in session().execute(query)
    ]


def _person(
    jurisdiction_id: int, account: Account, providers: list[str], last_in: datetime | None
) -> Person:
    here = [one for one in account.memberships if one.jurisdiction_id == jurisdiction_id]
    return Person(
        id=account.id,
        email=account.email,
        name=account.name,
        is_active=account.is_active,
        has_password=account.password_hash is not None,
        has_two_steps=two_steps.is_on(account),
        is_only_here=len(here) == len(account.memberships),
        providers=tuple(sorted(providers)),
        members=frozenset(_member(one) for one in here if one.provider is None),
        from_provider=frozenset(_member(one) for one in here if one.provider is not None),
        last_in=last_in,
    )


def _member(one: Membership) -> Member:
    return Member(
        jurisdiction_id=one.jurisdiction_id, department_id=one.department_id, role=Role(one.role)
    )


def _membership(member: Member) -> Membership:
    return Membership(
        jurisdiction_id=member.jurisdiction_id,
        department_id=member.department_id,
        role=member.role,
    )
