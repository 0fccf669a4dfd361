"""What happens next with a report, by when, and how much of the promised time is left: in words."""

from datetime import date, datetime, timedelta

from app.catalog.working_days import is_working_day
from app.i18n import day, gettext, local, ngettext
from app.service_requests.kinds import EntryKind
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status

LONGEST_COUNTED = 60
"""More working days than this are not counted out for anyone."""


def next_text(request: ServiceRequest, department: str, *, personal: bool) -> str:
    """What happens next, in a sentence or two. Empty for what is closed for good."""
    match Status(request.status):
        case Status.RECEIVED | Status.ASSESSING:
            text = gettext("%(department)s finds out who should fix it.", department=department)
        case Status.ASSIGNED:
            text = gettext(
                "%(department)s has the report and decides what to do.", department=department
            )
        case Status.PLANNED:
            text = gettext("%(department)s has put the work on its plan.", department=department)
        case Status.IN_PROGRESS:
            text = gettext("%(department)s is working on it.", department=department)
        case Status.FORWARDED:
            return gettext(
                "%(department)s has got the report from us. We tell what they answer here.",
                department=department,
            )
        case _:
            return ""
    if request.first_response_at is not None:
        return text
    due = day(_answer_by(request))
    if personal:
        return text + " " + gettext("You hear from us by %(day)s.", day=due)
    return text + " " + gettext("First answer by %(day)s.", day=due)


def _answer_by(request: ServiceRequest) -> date | datetime:
    """The last day for an answer: what the newest preliminary reply says, else what was promised at first."""
    for entry in reversed(request.history):
        if entry.kind == EntryKind.PRELIMINARY and "answer_by" in entry.data:
            return date.fromisoformat(entry.data["answer_by"])
    return request.first_response_due_at


def left_text(request: ServiceRequest, country: str, *, now: datetime) -> str:
    """«3 virkedager igjen av fristen på 10.»; how many days it is over.

    Empty without a date of ours, and while we wait for the one who reported.
    """
    if request.due_at is None or request.status not in OPEN or request.waiting_since:
        return ""
    today, last = local(now).date(), local(request.due_at).date()
    if request.due_at < now:
        over = (today - last).days
        return ngettext("%(num)s day over the deadline.", "%(num)s days over the deadline.", over)
    if request.service.counts_calendar_days:
        return _calendar_left((last - today).days, request.service.fix_days)
    left = working_days_left(today, last, country)
    promised = request.service.fix_days
    if left == 0:
        return gettext("The deadline is today.")
    if left > LONGEST_COUNTED:
        return ""
    if promised is None or left > promised:
        return ngettext("%(num)s working day left.", "%(num)s working days left.", left)
    return ngettext(
        "%(num)s working day left of the promised %(promised)s.",
        "%(num)s working days left of the promised %(promised)s.",
        left,
        promised=promised,
    )


def _calendar_left(left: int, promised: int | None) -> str:
    if left == 0:
        return gettext("The deadline is today.")
    if left > LONGEST_COUNTED:
        return ""
    if promised is None or left > promised:
        return ngettext("%(num)s day left.", "%(num)s days left.", left)
    return ngettext(
        "%(num)s day left of the promised %(promised)s.",
        "%(num)s days left of the promised %(promised)s.",
        left,
        promised=promised,
    )


def working_days_left(today: date, last: date, country: str) -> int:
    """The working days after today until the last day, which counts; at most one more than are counted out."""
    found, at = 0, today
    while at < last and found <= LONGEST_COUNTED:
        at += timedelta(days=1)
        found += is_working_day(at, country)
    return found
