"""The reports behind a figure: how many they are, what the figure is made of, and a page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from app.database import session
from app.i18n import gettext, number
from app.jurisdictions.models import Jurisdiction
from app.service_requests import queries
from app.service_requests.filter import Cursor, Filter
from app.service_requests.lists import Listed, listed
from app.service_requests.models import ServiceRequest
from app.service_requests.paging import write_cursor
from app.statistics import measures
from app.statistics.figures import FigureRow, Question, figures
from app.statistics.measures import BY_CODE, Unit
from app.statistics.safety import UNTOLD
from app.statistics.selection_words import selection_words
from app.statistics.values import written

ON_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Behind:
    """One report behind a figure; `detail` is what it adds to the figure: «3,4 days»."""

    item: Listed
    detail: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of the reports behind a figure.

    `total` None: so few that it is not told. `is_withheld`: the reports are not listed one by one.
    """

    measure: str
    title: str
    rule: str
    value: str
    total: int | None
    selection: Sequence[tuple[str, str]]
    items: Sequence[Behind]
    is_withheld: bool
    next_cursor: str | None


def listing(
    jurisdiction: Jurisdiction,
    wanted: Filter,
    measure: str,
    *,
    after: Cursor | None,
    now: datetime,
) -> Listing:
    """The reports that a measure is made of, among the selected ones, the newest first."""
    question = Question(filter=wanted, period=None, measures=(measure,))
    row = _whole(question, now)
    is_told = measure not in row.hidden
    is_withheld = not is_told or not question.fixed.isdisjoint(UNTOLD)
    basis = replace(wanted, basis=BY_CODE[measure].basis, moment=now, limit=ON_PAGE, after=after)
    rows = [] if is_withheld else queries.rows(basis)
    details = _details(measure, [found.id for found in rows])
    items = [
        Behind(item=item, detail=details.get(found.id, ""))
        for found, item in zip(rows, listed(rows, now=now), strict=True)
    ]
    last = queries.cursor_of(rows[-1]) if len(rows) == ON_PAGE else None
    return Listing(
        measure=measure,
        title=measures.title(measure),
        rule=measures.rule(measure),
        value=written(measure, row.values[measure], is_hidden=not is_told),
        total=row.made_of[measure] if is_told else None,
        selection=selection_words(jurisdiction, wanted),
        items=items,
        is_withheld=is_withheld,
        next_cursor=write_cursor(last) if last else None,
    )


def _whole(question: Question, now: datetime) -> FigureRow:
    (row,) = figures(question, now=now)
    return row


def _details(measure: str, keys: Sequence[int]) -> Mapping[int, str]:
    """What each report adds to a figure of days, or to the share answered in time; by key."""
    info, request = BY_CODE[measure], ServiceRequest
    if not keys or info.unit not in {Unit.DAYS, Unit.SHARE}:
        return {}
    query = select(
        request.id,
        request.led_to_improvement,
        request.first_response_at <= request.first_response_due_at,
        func.extract("epoch", request.first_response_at - request.requested_at),
        func.extract("epoch", request.closed_at - request.requested_at),
    ).where(request.id.in_(keys))
    found = {}
    for key, is_improved, is_in_time, to_answer, to_close in session().execute(query):
        match measure:
            case "improvement_share":
                found[key] = gettext("led to improvement") if is_improved else ""
            case "answered_in_time_share":
                found[key] = gettext("answered in time") if is_in_time else gettext("late")
            case "first_answer_days_median" | "first_answer_days_p90":
                found[key] = _days(to_answer)
            case _:
                found[key] = _days(to_close)
    return found


def _days(seconds: float) -> str:
    return gettext("%(days)s days", days=number(float(seconds) / 86_400, decimals=1))
