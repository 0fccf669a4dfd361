"""Staff who come from a provider: whose account it is, and the roles that its claims give.

An address among the claims never opens an account that is there already: providers do not vouch for it.
A provider is tied to an account by an invitation, or from the account's own page.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts import people, queries, sign_in_log, two_steps
from app.accounts.models import (
    Account,
    AccountIdentity,
    ClaimRole,
    Membership,
    Outcome,
    Way,
)
from app.database import session
from app.errors import AppError, Conflict
from app.i18n import gettext
from app.openid.flow import Person
from app.roles import Role
from app.security import Identity, Member

MOST_VALUES = 500


class NoAddress(AppError):
    """Someone new came without an e-mail address among the claims."""

    status = 403


class AddressTaken(AppError):
    """There is an account with the address that came with the claims, which nobody has tied to the provider."""

    status = 409


def sign_in(person: Person, provider: str, *, now: datetime, device: str = "") -> Identity | None:
    """Who came back from a provider. Someone new gets an account when the claims give a role.

    None: they are who they say, and nobody has given them anything to do. Commit all the same: the roles
    that the provider gave before are gone.

    :raises NoAddress, AddressTaken: see the classes.
    """
    tie = session().get(AccountIdentity, person.subject, with_for_update=True)
    given = roles_of(provider, values_of(person.claims.get("roles")))
    account = session().get(Account, tie.account_id, with_for_update=True) if tie else None
    if account is None or tie is None:
        if not given:
            return None
        account = _new_account(person)
        tie = _tie(account, person, provider, now)
    if not account.is_active:
        return None
    tie.session = person.session
    _take_over(account, provider, given)
    if not account.memberships:
        sign_in_log.note(account.id, Way.PROVIDER, Outcome.NO_ROLE, device, now=now)
        return None
    account.failed_sign_ins, account.locked_until = 0, None
    sign_in_log.note(account.id, Way.PROVIDER, Outcome.IN, device, now=now)
    return queries.identity_of(account)


def tie_to(account: Account, person: Person, provider: str, *, now: datetime) -> None:
    """Let someone come in by a provider from now on.

    An account that claims made for the same address and the same person at the provider goes into this one.

    :raises Conflict: this person at the provider has another account here.
    """
    held = session().get(AccountIdentity, person.subject, with_for_update=True)
    if held is not None and held.account_id != account.id:
        other = session().get_one(Account, held.account_id, with_for_update=True)
        if other.has_proved_address or other.email.lower() != account.email.lower():
            raise Conflict(gettext("This sign-in belongs to another account here."))
        held.account_id, other.memberships = account.id, []
        people.close(other, now=now)
    if held is None:
        _tie(account, person, provider, now)
    _take_over(account, provider, roles_of(provider, values_of(person.claims.get("roles"))))


def untie(account: Account, provider: str) -> None:
    """Let someone come in by a provider no more, and take away the roles it gave.

    :raises Conflict: there would be no way in left. :raises Invalid: or no administrator.
    """
    if account.password_hash is None:
        raise Conflict(gettext("This is your only way to sign in."))
    session().execute(
        delete(AccountIdentity).where(
            AccountIdentity.account_id == account.id, AccountIdentity.provider == provider
        )
    )
    ruled = {one.jurisdiction_id for one in account.memberships if one.role == Role.ADMINISTRATOR}
    _take_over(account, provider, set())
    for jurisdiction_id in ruled:
        people.keep_an_administrator(jurisdiction_id)


def end_sessions(issuer: str, session_id: str) -> int:
    """The provider ends a session (Front-Channel Logout 1.0): all of the account's end; how many accounts."""
    tied = select(AccountIdentity.account_id).where(
        AccountIdentity.session == session_id,
        AccountIdentity.subject.startswith(f"{issuer}|", autoescape=True),
    )
    ended = (
        update(Account)
        .where(Account.id.in_(tied))
        .values(session_epoch=Account.session_epoch + 1)
        .returning(Account.id)
    )
    return len(session().scalars(ended).all())


def providers_of(account_id: int) -> list[str]:
    """The keys of the providers that someone comes in by."""
    query = select(AccountIdentity.provider).where(AccountIdentity.account_id == account_id)
    return sorted(set(session().scalars(query)))


def has_a_way_in(account: Account) -> bool:
    """Then an invitation is no key to the account: whoever has one signs in as before."""
    has_provider = bool(providers_of(account.id))
    return account.password_hash is not None or has_provider or two_steps.is_on(account)


def values_of(claim: Any) -> list[str]:
    """The values of a claim: one, or a list.

    Of objects (RFC 9396) what they call their `resource`; with the organisations that it was given for, as
    `resource@0192:999999999`, one for each: a right in one organisation is none in another.
    """
    if isinstance(claim, Mapping):
        parties = _parties(claim)
        resource = claim.get("resource")
        if parties is not None and isinstance(resource, str):
            return [f"{resource}@{party}" for party in parties]
        claim = resource
    if isinstance(claim, str):
        return [claim]
    if isinstance(claim, list):
        return [value for one in claim[:MOST_VALUES] for value in values_of(one)]
    return []


def _parties(claim: Mapping[str, Any]) -> list[str] | None:
    """The organisations' numbers (ISO 6523) for which somebody has a right; None: it names none.

    Source: Ansattporten, `authorized_parties` with `orgno`; before that `reportees` with `Authority` and `ID`.
    """
    named = claim.get("authorized_parties", claim.get("reportees"))
    if named is None:
        return None
    found = []
    for party in named if isinstance(named, list) else []:
        number = party.get("orgno", party) if isinstance(party, Mapping) else {}
        code = number.get("ID") if isinstance(number, Mapping) else None
        if isinstance(code, str) and code:
            found.append(code if ":" in code else f"0192:{code}")
    return found[:MOST_VALUES]


def roles_of(provider: str, values: Iterable[str]) -> set[Member]:
    """What the municipalities' tables give for the values of the provider's claim."""
    query = select(ClaimRole).where(
        ClaimRole.provider == provider, ClaimRole.value.in_(list(values))
    )
    return {_given(row) for row in session().scalars(query)}


def _new_account(person: Person) -> Account:
    email, name = _text(person.claims.get("email")), _text(person.claims.get("name"))
    if "@" not in email.strip("@ "):
        raise NoAddress(gettext("The sign-in came without an e-mail address, which we need."))
    if queries.by_email(email, is_proved=True) is not None:
        raise AddressTaken(
            gettext(
                "You have an account here already. Sign in with its password, and connect it on your page."
            )
        )
    account = Account(email=email, name=name, session_epoch=0, has_proved_address=False)
    session().add(account)
    session().flush()
    return account


def _tie(account: Account, person: Person, provider: str, now: datetime) -> AccountIdentity:
    tie = AccountIdentity(
        subject=person.subject,
        account_id=account.id,
        provider=provider,
        session=person.session,
        created_at=now,
    )
    session().add(tie)
    session().flush()
    return tie


def _take_over(account: Account, provider: str, given: set[Member]) -> None:
    """The roles from this provider become those that it gives now; what people gave stays."""
    others = {_member(one) for one in account.memberships if one.provider != provider}
    wanted = given - others
    for one in list(account.memberships):
        if one.provider == provider and _member(one) not in wanted:
            account.memberships.remove(one)
    held = {_member(one) for one in account.memberships}
    for member in sorted(wanted - held, key=str):
        account.memberships.append(
            Membership(
                jurisdiction_id=member.jurisdiction_id,
                department_id=member.department_id,
                role=member.role,
                provider=provider,
            )
        )
    session().flush()


def _member(one: Membership) -> Member:
    return Member(
        jurisdiction_id=one.jurisdiction_id, department_id=one.department_id, role=Role(one.role)
    )


def _text(value: Any) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def claims(jurisdiction_id: int) -> list[tuple[ClaimRole, Member]]:
    """A municipality's table of claims and roles, by provider and value."""
    query = select(ClaimRole).where(ClaimRole.jurisdiction_id == jurisdiction_id)
    ordered = query.order_by(ClaimRole.provider, ClaimRole.value, ClaimRole.id)
    return [(row, _given(row)) for row in session().scalars(ordered)]


def add_claim(jurisdiction_id: int, provider: str, value: str, member: Member) -> bool:
    """Let a value give a role; False when it does so already. It counts from the next sign-in."""
    added = insert(ClaimRole).values(
        jurisdiction_id=jurisdiction_id,
        provider=provider,
        value=value.strip(),
        department_id=member.department_id,
        role=member.role,
    )
    return session().scalar(added.on_conflict_do_nothing().returning(ClaimRole.id)) is not None


def drop_claim(jurisdiction_id: int, claim_id: int) -> tuple[str, Member] | None:
    """Let a value give a role no more: what the line was; None when there is no such line."""
    row = session().get(ClaimRole, claim_id)
    if row is None or row.jurisdiction_id != jurisdiction_id:
        return None
    session().delete(row)
    session().flush()
    return f"{row.provider}: {row.value}", _given(row)


def _given(row: ClaimRole) -> Member:
    return Member(
        jurisdiction_id=row.jurisdiction_id, department_id=row.department_id, role=Role(row.role)
    )
