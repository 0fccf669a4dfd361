"""Reports that repeat another follow it: the original, and the answer about improvement."""

from app.errors import Invalid
from app.i18n import gettext
from app.service_requests import queries
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status


def find_original(request: ServiceRequest, number: str | None) -> ServiceRequest:
    """The report that came first, locked; an original is never itself a duplicate."""
    found = queries.by_number(request.jurisdiction_id, number or "")
    if found is None or found.id == request.id:
        raise Invalid({"original_number": gettext("There is no other report with this number.")})
    original = queries.locked(found.id)
    if original.duplicate_of_id is not None:
        message = gettext("That report is itself a repetition. Write its original's number.")
        raise Invalid({"original_number": message})
    if queries.duplicates(request.id):
        message = gettext("Other reports already point to this one as the first.")
        raise Invalid({"original_number": message})
    return original


def improvement_of(target: Status, answer: bool | None, original: ServiceRequest | None) -> bool:
    """Whether a report with this status led to an improvement: its own answer, or its original's."""
    match target:
        case Status.FIXED:
            return bool(answer)
        case Status.DUPLICATE:
            return original is not None and original.led_to_improvement
        case _:
            return False


def set_improvement(request: ServiceRequest, improved: bool) -> None:
    """Write the answer on the report and on those that repeat it."""
    for report in (*queries.duplicates(request.id), request):
        report.led_to_improvement = improved


def begin_again(request: ServiceRequest) -> None:
    """What is open has led to nothing yet, whatever was answered for it while another body had it."""
    if request.led_to_improvement:
        set_improvement(request, improved=False)
