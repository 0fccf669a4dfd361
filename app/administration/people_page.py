"""Roles as the forms show and send them: «first_line», or «crew@roads» for a department."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.accounts import provider_people
from app.accounts.people import Person
from app.departments.models import DepartmentKind
from app.departments.queries import all_of
from app.errors import Invalid
from app.i18n import gettext, localised
from app.roles import MUNICIPAL, Role
from app.security import Member

ANY = "any"
"""The heading of the roles for the whole municipality."""
LONGEST_VALUE = 200


@dataclass(frozen=True, kw_only=True)
class RoleChoice:
    """A role that can be given. `place`: the department's name, or `ANY`."""

    code: str
    place: str
    label: str
    member: Member


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """Someone as the list shows them."""

    person: Person
    roles: list[str]
    from_provider: list[str]
    ways: list[str]


def role_names() -> dict[Role, tuple[str, str]]:
    """What each role is called, and what it may do."""
    return {
        Role.ADMINISTRATOR: (
            gettext("Administrator"),
            gettext("sets up the service, and decides who may do what"),
        ),
        Role.FIRST_LINE: (
            gettext("First line"),
            gettext("all departments' reports, the telephone and the counter"),
        ),
        Role.ANALYST: (gettext("Analyst"), gettext("figures, nobody's personal data")),
        Role.CASE_HANDLER: (
            gettext("Case handler"),
            gettext("the department's reports and answers"),
        ),
        Role.CREW: (gettext("Field crew"), gettext("the department's jobs")),
    }


def choices(jurisdiction_id: int, held: Iterable[Member] = ()) -> list[RoleChoice]:
    """Every role that can be given: the municipality's first, then each department's own.

    :param held: roles that someone has, which stay on the page also when they are given no more.
    """
    kept = set(held)
    names = role_names()
    found = [
        RoleChoice(
            code=role.value,
            place=ANY,
            label=": ".join(names[role]),
            member=Member(jurisdiction_id=jurisdiction_id, department_id=None, role=role),
        )
        for role in names
        if role in MUNICIPAL
    ]
    for department in all_of(jurisdiction_id):
        is_open = department.is_active and department.kind == DepartmentKind.INTERNAL
        for role in names:
            member = Member(jurisdiction_id=jurisdiction_id, department_id=department.id, role=role)
            if member in kept or (is_open and role not in MUNICIPAL):
                choice = RoleChoice(
                    code=f"{role.value}@{department.code}",
                    place=localised(department.name),
                    label=names[role][0],
                    member=member,
                )
                found.append(choice)
    for role in Role:
        everywhere = Member(jurisdiction_id=jurisdiction_id, department_id=None, role=role)
        if everywhere in kept and role not in MUNICIPAL:
            label = ": ".join(names[role])
            found.append(RoleChoice(code=role.value, place=ANY, label=label, member=everywhere))
    return found


def chosen(offered: list[RoleChoice], sent: Iterable[str]) -> frozenset[Member]:
    """The roles that a form sent. :raises Invalid: one of them cannot be given."""
    known = {choice.code: choice.member for choice in offered}
    codes = set(sent)
    if codes - known.keys():
        raise Invalid({"roles": gettext("Choose among the roles on the page.")})
    return frozenset(known[code] for code in codes)


def codes(members: Iterable[Member], offered: list[RoleChoice]) -> list[str]:
    """How forms send these roles."""
    by_member = {choice.member: choice.code for choice in offered}
    return sorted(by_member[one] for one in members if one in by_member)


def told(members: Iterable[Member], offered: list[RoleChoice]) -> list[str]:
    """The roles in words, for the page and the log."""
    places = {c.member.department_id: c.place for c in offered if c.member.department_id}
    names = role_names()
    return sorted(
        names[one.role][0]
        + (f", {places.get(one.department_id, '?')}" if one.department_id else "")
        for one in members
    )


def row(person: Person, offered: list[RoleChoice]) -> PersonRow:
    """Someone in words."""
    ways = [*person.providers]
    if person.has_password:
        ways.append(
            gettext("password and code") if person.has_two_steps else gettext("password alone")
        )
    return PersonRow(
        person=person,
        roles=told(person.members, offered),
        from_provider=told(person.from_provider, offered),
        ways=ways,
    )


def claim_rows(
    jurisdiction_id: int, offered: list[RoleChoice], providers: Mapping[str, str]
) -> list[tuple[int, str, str, str]]:
    """The table of claims: key, provider, value, role in words."""
    return [
        (claim.id, providers.get(claim.provider, claim.provider), claim.value, words)
        for claim, member in provider_people.claims(jurisdiction_id)
        for words in told([member], offered)
    ]


def claim_faults(
    values: Mapping[str, str], providers: Mapping[str, str], offered: list[RoleChoice]
) -> dict[str, str]:
    """What is wrong with a new line of the table."""
    errors = {}
    if values["provider"] not in providers:
        errors["provider"] = gettext("Choose one of the ways to sign in.")
    if not 0 < len(values["value"].strip()) <= LONGEST_VALUE:
        errors["value"] = gettext("Write the value that the provider sends, as it sends it.")
    if values["role"] not in {choice.code for choice in offered}:
        errors["role"] = gettext("Choose a role.")
    return errors
