"""What a person may do: one table of roles and deeds, which every view and every query asks.

A deed is the right to do one thing. Views name the deed (`visible_to(Deed.DESK)`); a test walks every address
with every role.
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person is in one municipality (see «Who may do what» in docs/architecture.md)."""

    CREW = "crew"
    CASE_HANDLER = "case_handler"
    FIRST_LINE = "first_line"
    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"


class Deed(StrEnum):
    """One right. Where a role has a department, the right counts for that department's reports."""

    OWN_ACCOUNT = "own_account"
    """One's own page: devices, password, second step, days away."""
    FIELD_WORK = "field_work"
    """The crews' jobs."""
    DESK = "desk"
    """The inbox, a report's page and all that a case handler does there; rounds, contractors' links."""
    REGISTER = "register"
    """Register on behalf of someone; letters that name no place."""
    SEE_CONTACT = "see_contact"
    """Who reported, their address and their earlier reports; each look is written down."""
    MODERATE = "moderate"
    """What residents' words and photos everybody sees."""
    LABELS = "labels"
    """Labels with QR codes for lamps and playgrounds."""
    OPINIONS = "opinions"
    """What residents said with their marks, without who."""
    EARLY_FIGURES = "early_figures"
    """A year's figures before they are published."""
    SET_UP = "set_up"
    """Departments, catalogue, rules, areas, texts, answers, years."""
    PEOPLE = "people"
    """Who may do what: invitations, roles, ending someone's access, the log of sign-ins."""
    PRIVACY = "privacy"
    """The log of looks at personal data."""


_EVERYBODY = {Deed.OWN_ACCOUNT}
_DESK = _EVERYBODY | {
    Deed.FIELD_WORK,
    Deed.DESK,
    Deed.REGISTER,
    Deed.SEE_CONTACT,
    Deed.MODERATE,
    Deed.OPINIONS,
}
MAY: dict[Role, frozenset[Deed]] = {
    Role.CREW: frozenset(_EVERYBODY | {Deed.FIELD_WORK}),
    Role.CASE_HANDLER: frozenset(_DESK),
    Role.FIRST_LINE: frozenset(_DESK | {Deed.LABELS}),
    Role.ADMINISTRATOR: frozenset(
        _EVERYBODY
        | {
            Deed.MODERATE,
            Deed.LABELS,
            Deed.OPINIONS,
            Deed.EARLY_FIGURES,
            Deed.SET_UP,
            Deed.PEOPLE,
            Deed.PRIVACY,
        }
    ),
    Role.ANALYST: frozenset(_EVERYBODY | {Deed.OPINIONS, Deed.EARLY_FIGURES}),
}
"""Who may do what."""
MUNICIPAL = frozenset({Role.FIRST_LINE, Role.ADMINISTRATOR, Role.ANALYST})
"""Their rights count for all departments, whichever they belong to."""


def may(roles: Iterable[Role], deed: Deed) -> bool:
    """Whether one of the roles has the right."""
    return any(deed in MAY[role] for role in roles)


def who_may(deed: Deed) -> tuple[Role, ...]:
    """The roles that have the right."""
    return tuple(role for role in Role if deed in MAY[role])
