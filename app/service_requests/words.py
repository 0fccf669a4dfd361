"""The words people read for statuses and phases: the same everywhere (pages, e-mail, JSON)."""

from app.i18n import gettext
from app.service_requests.status import Phase, Status


def status_word(status: Status) -> str:
    """«Under arbeid»."""
    match status:
        case Status.RECEIVED:
            return gettext("Received")
        case Status.ASSESSING:
            return gettext("Being assessed")
        case Status.ASSIGNED:
            return gettext("Sent to the one responsible")
        case Status.PLANNED:
            return gettext("Planned")
        case Status.IN_PROGRESS:
            return gettext("In progress")
        case Status.FIXED:
            return gettext("Fixed")
        case Status.FORWARDED:
            return gettext("Passed to another owner")
        case Status.DUPLICATE:
            return gettext("Already reported")
        case Status.NO_ACTION:
            return gettext("Closed without action")
        case Status.REJECTED:
            return gettext("Rejected")
        case Status.UNKNOWN:
            return gettext("Not known")


def phase_word(phase: Phase) -> str:
    """The legend's word."""
    match phase:
        case Phase.NEW:
            return gettext("New")
        case Phase.IN_PROGRESS:
            return gettext("Work under way")
        case Phase.FIXED:
            return gettext("Repaired")
        case Phase.CLOSED:
            return gettext("Closed")
