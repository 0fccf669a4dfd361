"""The ends that an action may bring a report to."""

from app.fieldwork.operations import Verb
from app.fieldwork.sync_data import Kind
from app.fieldwork.sync_schemas import Action
from app.fieldwork.sync_turn import MEANT
from app.service_requests import queries
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status

ENDS = {
    Kind.FIXED: Verb.FIXED,
    Kind.NO_ACTION: Verb.NO_ACTION,
    Kind.DUPLICATE: Verb.DUPLICATE,
    Kind.RETURN: Verb.RETURN,
    Kind.HAND_BACK: Verb.HAND_BACK,
}
UNASSIGNED = (Status.RECEIVED, Status.ASSESSING)


def is_same_end(request: ServiceRequest, action: Action, *, is_theirs: bool) -> bool:
    """Whether the report has come to the very end that the person means."""
    match action.kind:
        case Kind.HAND_BACK:
            return not is_theirs
        case Kind.FIXED:
            answer = action.data["led_to_improvement"]
            return request.status == Status.FIXED and request.led_to_improvement == answer
        case Kind.DUPLICATE if request.duplicate_of_id is not None:
            named = queries.by_number(request.jurisdiction_id, action.data["original"])
            return named is not None and named.id == request.duplicate_of_id
        case _:
            return is_theirs and request.status == MEANT[action.kind]
