"""What a report's answers may say of it: the placeholders' values, in the language in use."""

from app.i18n import day, localised
from app.jurisdictions.models import Jurisdiction
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.service_requests.words import status_word


def facts_of(
    request: ServiceRequest, jurisdiction: Jurisdiction, base_url: str, original: str | None
) -> dict[str, str]:
    """By placeholder; what is not known is left out.

    The link is the open page's: an answer stands there and followers get it, so it holds no personal link.
    """
    promised = request.due_at
    first_answer = request.first_response_due_at if request.first_response_at is None else None
    values = {
        "number": request.number,
        "service": localised(request.service.name),
        "place": request.place_text,
        "department": localised(request.department.name),
        "status": status_word(Status(request.status)),
        "reported": day(request.requested_at),
        "answer_by": day(first_answer) if first_answer else None,
        "fix_by": day(promised) if promised else None,
        "link": f"{jurisdiction.public_url(base_url)}/meldinger/{request.number}",
        "municipality": localised(jurisdiction.name),
        "phone": jurisdiction.contact_phone,
        "email": jurisdiction.contact_email,
        "original": original,
    }
    return {name: value for name, value in values.items() if value}
