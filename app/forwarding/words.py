"""The words staff read about a handing over."""

from app.departments.models import Receives
from app.forwarding.models import ForwardingState
from app.i18n import gettext


def state_word(state: ForwardingState) -> str:
    """«Sent»."""
    match state:
        case ForwardingState.WAITING:
            return gettext("Waiting to be sent")
        case ForwardingState.SENT:
            return gettext("Sent, not answered yet")
        case ForwardingState.FAILED:
            return gettext("Not sent")
        case ForwardingState.ACCEPTED:
            return gettext("They have taken it on")
        case ForwardingState.REFUSED:
            return gettext("They answered that it is not theirs")
        case ForwardingState.DONE:
            return gettext("They answered that it is done")
        case ForwardingState.WITHDRAWN:
            return gettext("No longer theirs")


def way_word(way: Receives) -> str:
    """«by e-mail»."""
    match way:
        case Receives.INBOX:
            return gettext("in this service")
        case Receives.EMAIL:
            return gettext("by e-mail")
        case Receives.WEBHOOK:
            return gettext("by webhook")
        case Receives.OPEN311:
            return gettext("by Open311")


def color(state: ForwardingState) -> str:
    """The colour role that repeats what the word says."""
    match state:
        case ForwardingState.WAITING | ForwardingState.SENT:
            return "info"
        case ForwardingState.FAILED:
            return "danger"
        case ForwardingState.ACCEPTED:
            return "warning"
        case ForwardingState.DONE:
            return "success"
        case ForwardingState.REFUSED | ForwardingState.WITHDRAWN:
            return "neutral"
