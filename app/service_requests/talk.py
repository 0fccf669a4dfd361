"""What others do with a report without an account: «me too», comments, complaints; and what staff decide.

Nobody's name or address is kept with any of it. A device is a hash of a random value that its browser keeps,
different for each report. Verbs flush; the caller's `transaction()` commits.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.database import session
from app.errors import ChangeNotAllowed, Invalid, NotFound
from app.finds import finds
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction, Openness
from app.service_requests import added, queries
from app.service_requests.additions import Comment, Complaint, ServiceRequestPhoto, Support
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status

HIDDEN_AFTER = 3
"""So many complaints hide a comment or a photo until someone has looked at it."""
MUNICIPALITY = "municipality"
SAME_WITHIN = timedelta(minutes=10)
"""The same words again so soon were sent again because the answer was lost."""


def device_hash(device: str, request: ServiceRequest) -> bytes:
    """What is kept of a device: nothing that says that two reports were supported by the same one."""
    return hashlib.sha256(f"{request.id}:{device}".encode()).digest()


def support(request: ServiceRequest, device: str, *, now: datetime) -> None:
    """Say «me too», once for each device. :raises ChangeNotAllowed: the report is closed."""
    if request.status not in {*OPEN, Status.FORWARDED}:
        raise ChangeNotAllowed(
            gettext("The report is closed. Report the fault anew if it is back.")
        )
    values = {
        "service_request_id": request.id,
        "device": device_hash(device, request),
        "jurisdiction_id": request.jurisdiction_id,
        "created_at": now,
    }
    session().execute(insert(Support).values(**values).on_conflict_do_nothing())


def take_back_support(request: ServiceRequest, device: str) -> bool:
    """Take «me too» back; whether this device had said it."""
    key = (Support.service_request_id == request.id, Support.device == device_hash(device, request))
    gone = delete(Support).where(*key).returning(Support.device)
    return session().scalar(gone) is not None


def is_supported_by(request: ServiceRequest, device: str | None) -> bool:
    """Whether this device has said «me too»."""
    if device is None:
        return False
    return session().get(Support, (request.id, device_hash(device, request))) is not None


def comment(
    request: ServiceRequest,
    jurisdiction: Jurisdiction,
    text: str | None,
    *,
    author: str,
    now: datetime,
    account_id: int | None = None,
) -> Comment:
    """Say something for all to read: at once, or after approval, as the municipality has it.

    What the municipality itself says is shown at once; what holds personal data waits in any case. The same
    words sent again at once are one comment.

    :param author: reporter, resident or municipality.
    :raises ChangeNotAllowed: comments are off. :raises Invalid: no words.
    """
    if jurisdiction.comments == Openness.OFF:
        raise ChangeNotAllowed(gettext("Comments are not open here."))
    if not text:
        raise Invalid({"comment": gettext("Write a comment.")})
    queries.locked(request.id)
    earlier = select(Comment).where(
        Comment.service_request_id == request.id,
        Comment.author == author,
        Comment.text == text,
        Comment.created_at > now - SAME_WITHIN,
    )
    if sent_before := session().scalars(earlier.limit(1)).first():
        return sent_before
    is_open = jurisdiction.comments == Openness.ON and not finds(text)
    is_shown = author == MUNICIPALITY or is_open
    made = Comment(
        jurisdiction_id=request.jurisdiction_id,
        service_request_id=request.id,
        author=author,
        text=text,
        state=ModerationState.SHOWN if is_shown else ModerationState.WAITING,
        created_at=now,
        account_id=account_id,
        decided_at=now if author == MUNICIPALITY else None,
    )
    session().add(made)
    session().flush()
    return made


def complain_about_comment(
    request: ServiceRequest, comment_id: int, device: str, *, now: datetime
) -> None:
    """Say that a comment is out of place; enough such voices hide it until someone has looked.

    What someone has looked at already, and what the municipality says, stays: the voices are only listed.

    :raises NotFound: no such comment is shown here.
    """
    found = added.comment(request.jurisdiction_id, comment_id)
    if (
        found is None
        or found.service_request_id != request.id
        or found.state != ModerationState.SHOWN
    ):
        raise NotFound(gettext("This comment is no longer here."))
    if not _complain(request, device, now, comment_id=found.id):
        return
    found.complaints += 1
    if found.complaints >= HIDDEN_AFTER and found.decided_at is None:
        found.state = ModerationState.WAITING
    session().flush()


def complain_about_photo(request: ServiceRequest, key: str, device: str, *, now: datetime) -> None:
    """Say that a photo is out of place; enough such voices hide it until someone has looked.

    What someone has looked at already, and the staff's own photos, stay: the voices are only listed.

    :raises NotFound: no such photo is shown here.
    """
    link = next((link for link in _links(request) if link.photo.key == key), None)
    found = added.photo(request.jurisdiction_id, link.photo_id) if link else None
    if found is None or found.state != ModerationState.SHOWN:
        raise NotFound(gettext("This photo is no longer here."))
    if not _complain(request, device, now, photo_id=found.photo_id):
        return
    about = select(func.count()).where(Complaint.photo_id == found.photo_id)
    is_trusted = found.decided_at is not None or found.added_by == "staff"
    if not is_trusted and (session().scalar(about) or 0) >= HIDDEN_AFTER:
        found.state = ModerationState.WAITING
    session().flush()


def _links(request: ServiceRequest) -> list[ServiceRequestPhoto]:
    link = ServiceRequestPhoto
    return list(session().scalars(select(link).where(link.service_request_id == request.id)))


def _complain(
    request: ServiceRequest,
    device: str,
    now: datetime,
    *,
    comment_id: int | None = None,
    photo_id: int | None = None,
) -> bool:
    """Whether this is the device's first complaint about it."""
    values = {
        "jurisdiction_id": request.jurisdiction_id,
        "comment_id": comment_id,
        "photo_id": photo_id,
        "device": device_hash(device, request),
        "created_at": now,
    }
    made = insert(Complaint).values(**values).on_conflict_do_nothing().returning(Complaint.id)
    return session().scalar(made) is not None


def decide_comment(found: Comment, *, shown: bool, account_id: int, now: datetime) -> None:
    """Someone has looked: show a comment or hide it. Who and when is kept; complaints so far are dealt with."""
    found.state = ModerationState.SHOWN if shown else ModerationState.HIDDEN
    found.complaints, found.decided_at, found.account_id = 0, now, account_id
    session().execute(delete(Complaint).where(Complaint.comment_id == found.id))
    session().flush()


def dismiss_complaints(photo_id: int) -> None:
    """Someone has looked at a photo: complaints so far are dealt with."""
    session().execute(delete(Complaint).where(Complaint.photo_id == photo_id))


def report_of(jurisdiction_id: int, number: str) -> ServiceRequest:
    """The report that anyone may see. :raises NotFound: none has this number, or it was rejected."""
    found = queries.by_number(jurisdiction_id, number)
    if found is None or found.status == Status.REJECTED:
        raise NotFound(gettext("There is no report with this number."))
    return found
