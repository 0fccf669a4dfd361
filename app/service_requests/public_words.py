"""Whether anyone may read what was written in a report. Pure.

Where the service lets anyone, the words are shown at once when they hold no personal data and the service does
not want someone to look first. What came in while nobody else might read it waits, should that ever change.
"""

from app.catalog.models import Service
from app.finds import finds
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest


def state_of_text(text: str, service: Service) -> ModerationState:
    """The state of the words of a new report."""
    is_open = service.description_is_public and not service.description_needs_look
    return ModerationState.SHOWN if is_open and not finds(text) else ModerationState.WAITING


def is_public_text(request: ServiceRequest) -> bool:
    """Whether anyone may read the words."""
    is_shown = request.description_state == ModerationState.SHOWN
    return request.service.description_is_public and is_shown
