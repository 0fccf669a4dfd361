"""How large a table may be that is made while someone waits."""

from datetime import datetime
from math import prod

from sqlalchemy import func, select

from app.database import session
from app.i18n import gettext, number
from app.jurisdictions.models import Jurisdiction
from app.service_requests.models import ServiceRequest
from app.statistics import periods
from app.statistics.names import names_of
from app.statistics.questions import Question
from app.statistics.safety import FILTERS, TooLarge

MOST_CELLS = 20_000
QUESTIONS = "60 per minute"
"""So often one person or program may ask for figures of their own."""


def check_size(question: Question, jurisdiction: Jurisdiction, now: datetime) -> None:
    """Refuse a table of too many cells before anything is counted: its periods times the codes it is cut by.

    :raises TooLarge: with what to do.
    """
    cells = _periods(question, jurisdiction, now) * prod(
        len(getattr(question.filter, FILTERS[by]) or names_of(jurisdiction, by)) + 1
        for by in question.by
    )
    if cells > MOST_CELLS:
        raise TooLarge(
            gettext(
                "The table would have %(cells)s cells; at most %(most)s are made at once. Choose fewer years"
                " (from, to, year), longer periods, or fewer codes. All figures month by month are an"
                " open dataset.",
                cells=number(cells),
                most=number(MOST_CELLS),
            )
        )


def _periods(question: Question, jurisdiction: Jurisdiction, now: datetime) -> int:
    if question.period is None:
        return 1
    first = select(func.min(ServiceRequest.requested_at)).where(
        ServiceRequest.jurisdiction_id == jurisdiction.id
    )
    began = session().scalar(first)
    if began is None:
        return 0
    return sum(1 for _ in periods.span(question, began, [], jurisdiction.time_zone, now))
