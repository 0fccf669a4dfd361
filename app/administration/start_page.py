"""What the start page of the set-up leads to. A room with a page of its own adds a line to `links`."""

from dataclasses import dataclass

from app.i18n import gettext
from app.roles import Deed


@dataclass(frozen=True, kw_only=True)
class Link:
    """A page: shown when its endpoint exists and the reader has the right."""

    endpoint: str
    deed: Deed
    title: str
    words: str


def links() -> list[tuple[str, list[Link]]]:
    """Headings with their links, in the language in use."""
    return [
        (gettext("What can be reported, and who answers"), _answering()),
        (gettext("People and privacy"), _people()),
        (gettext("Words and figures"), _words()),
    ]


def _link(endpoint: str, title: str, words: str, deed: Deed = Deed.SET_UP) -> Link:
    return Link(endpoint=endpoint, deed=deed, title=title, words=words)


def _answering() -> list[Link]:
    return [
        _link(
            "administration.departments",
            gettext("Departments"),
            gettext("Who answers, and how reports reach them."),
        ),
        _link(
            "duties.index",
            gettext("Who answers for what"),
            gettext("People and deputies for each department."),
        ),
        _link(
            "administration.services",
            gettext("What can be reported"),
            gettext("Names, texts, questions and deadlines."),
        ),
        _link(
            "administration.contact_lines",
            gettext("How people reach us"),
            gettext("Telephone, opening hours, and whom to call about danger."),
        ),
        _link(
            "administration.works",
            gettext("Planned work"),
            gettext("What residents need not report: where, and from when to when."),
        ),
        _link(
            "administration.rules",
            gettext("Rules"),
            gettext("Which department gets which report."),
        ),
        _link(
            "administration.areas",
            gettext("Areas"),
            gettext("Parts of the municipality for rules."),
        ),
    ]


def _people() -> list[Link]:
    return [
        _link(
            "administration.all_people",
            gettext("People"),
            gettext("Who may do what, and invitations."),
            Deed.PEOPLE,
        ),
        _link(
            "administration.claims",
            gettext("Roles from work accounts"),
            gettext("What a group at a provider gives here."),
            Deed.PEOPLE,
        ),
        _link(
            "administration.sign_ins",
            gettext("Sign-ins"),
            gettext("Who came in, and who was refused."),
            Deed.PEOPLE,
        ),
        _link(
            "privacy.keeping",
            gettext("How long personal data is kept"),
            gettext("Days after the closing, and what the nights removed."),
            Deed.PRIVACY,
        ),
        _link(
            "privacy.rights",
            gettext("A person's rights"),
            gettext("Hand out or erase all that is kept of somebody."),
            Deed.PRIVACY,
        ),
        _link(
            "privacy.looks",
            gettext("Looks at contact data"),
            gettext("Who has seen who reported."),
            Deed.PRIVACY,
        ),
    ]


def _words() -> list[Link]:
    return [
        _link(
            "replies.index",
            gettext("Answers to begin with"),
            gettext("Words that case handlers start from."),
        ),
        _link(
            "administration.texts",
            gettext("Texts"),
            gettext("The pages that the footer leads to."),
        ),
        _link("administration.years", gettext("Years"), gettext("Close a year's figures.")),
        _link(
            "administration.setup_history",
            gettext("What was changed"),
            gettext("Every change of the set-up, by whom and when."),
        ),
    ]
