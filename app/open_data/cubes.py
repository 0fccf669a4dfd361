"""The datasets of figures: the annual table, and the cube month by month."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.i18n import gettext, localised
from app.i18n import lazy_gettext as _l
from app.jurisdictions.models import Jurisdiction
from app.open_data import codes
from app.open_data.codes import TOTAL
from app.open_data.columns import HIDDEN, Codes, Column, Dataset, Key, Kind, Part, Row
from app.open_data.kept import in_order
from app.service_requests.filter import Filter
from app.statistics.figures import figures
from app.statistics.page import labels, yearly_table
from app.statistics.questions import Dimension, Period, Question

RECEIVED = Column(
    code="received",
    kind=Kind.INTEGER,
    label=_l("Enquiries received"),
    meaning=_l("Reports, but for rejected ones, in the period they were received."),
    part=Part.METRIC,
    unit="reports",
)
IMPROVED = Column(
    code="led_to_improvement",
    kind=Kind.INTEGER,
    label=_l("Led to improvement"),
    meaning=_l("Reports that led to an improvement, in the period they were received."),
    part=Part.METRIC,
    unit="reports",
)
SHARE = Column(
    code="improvement_share",
    kind=Kind.NUMBER,
    label=_l("Share that led to improvement"),
    meaning=_l("From 0 to 1, of the reports whose outcome is known."),
    part=Part.METRIC,
    unit="share",
)
SOURCE = Column(
    code="source",
    kind=Kind.TEXT,
    label=_l("Source"),
    meaning=_l("Who published or counted the figure."),
)
NOTE = Column(
    code="note",
    kind=Kind.TEXT,
    label=_l("Note"),
    meaning=_l("What to know of the figure. It stands as it was published."),
)
HIDES = Column(
    code=HIDDEN,
    kind=Kind.TEXT,
    label=_l("Hidden"),
    meaning=_l(
        "The measures that are hidden in this row, so that nobody can be recognised among few."
    ),
)


def with_total(found: Codes, all_together: str) -> Codes:
    """A code list with the codes of sums and of what has none."""

    def listed(jurisdiction: Jurisdiction) -> Mapping[str, str]:
        return {TOTAL: str(all_together)} | dict(found(jurisdiction)) | {"none": gettext("None")}

    return listed


def _yearly(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    today = now.astimezone(ZoneInfo(jurisdiction.time_zone)).date()
    table = yearly_table(jurisdiction, this_year=today.year)
    rows = []
    for year in table.years:
        if wanted.year not in {None, year.year}:
            continue
        for category in table.categories:
            figure = table.figure(year.year, category)
            rows.append(
                {
                    "year": year.year,
                    "category": category,
                    "received": figure.received,
                    "led_to_improvement": figure.led_to_improvement,
                    "improvement_share": figure.share,
                    "kind": year.kind,
                    "is_running": year.is_running,
                    "source": year.source,
                    "note": localised(figure.note) or None,
                }
            )
    return in_order(rows, ("year", "category"), after)


def _measure(code: str, kind: Kind, label: str, meaning: str, unit: str) -> Column:
    return Column(code=code, kind=kind, label=label, meaning=meaning, part=Part.METRIC, unit=unit)


MEASURES = (
    RECEIVED,
    IMPROVED,
    SHARE,
    _measure(
        "answered_in_time_share",
        Kind.NUMBER,
        _l("Share answered in time"),
        _l("From 0 to 1, of the reports that are answered or should be by now."),
        "share",
    ),
    _measure(
        "first_answer_days_median",
        Kind.NUMBER,
        _l("Days to first answer, median"),
        _l("Calendar days from receipt to the first answer."),
        "days",
    ),
    _measure(
        "first_answer_days_p90",
        Kind.NUMBER,
        _l("Days to first answer, 90th percentile"),
        _l("Nine of ten answered reports waited no longer."),
        "days",
    ),
    _measure(
        "fix_days_median",
        Kind.NUMBER,
        _l("Days until fixed, median"),
        _l("Calendar days from receipt until the report was closed as fixed."),
        "days",
    ),
    _measure(
        "fix_days_p90",
        Kind.NUMBER,
        _l("Days until fixed, 90th percentile"),
        _l("Nine of ten fixed reports took no longer."),
        "days",
    ),
    _measure(
        "still_open",
        Kind.INTEGER,
        _l("Still open"),
        _l("Reports received in the period that are open now."),
        "reports",
    ),
)
_CODES = tuple(measure.code for measure in MEASURES)
BY = (Dimension.SERVICE, Dimension.DEPARTMENT)


def _figures(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    question = Question(filter=wanted, period=Period.MONTH, by=BY, measures=_CODES)
    rows = [
        {
            "month": row.period,
            "service": row.keys[Dimension.SERVICE],
            "department": row.keys[Dimension.DEPARTMENT],
            **{column.code: _plain(column, row.values[column.code]) for column in MEASURES},
            HIDDEN: " ".join(code for code in _CODES if code in row.hidden) or None,
        }
        for row in figures(question, now=now)
    ]
    return in_order(rows, ("month", "service", "department"), after)


def _plain(column: Column, value: float | Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if column.kind is Kind.INTEGER else float(value)


YEAR = Column(
    code="year",
    kind=Kind.INTEGER,
    label=_l("Year"),
    meaning=_l("The year of receipt, by the municipality's clock."),
    part=Part.TIME,
)
YEARLY = Dataset(
    code="yearly",
    label=_l("Enquiries by year and category"),
    meaning=_l(
        "The table of the annual report: earlier years as they were published, later years counted"
        " from the reports. Published figures are never corrected or mixed with counted ones."
    ),
    columns=(
        YEAR,
        Column(
            code="category",
            kind=Kind.TEXT,
            label=_l("Category"),
            meaning=_l("The category of the annual report, or total."),
            part=Part.DIMENSION,
            codes=labels,
        ),
        RECEIVED,
        IMPROVED,
        SHARE,
        Column(
            code="kind",
            kind=Kind.TEXT,
            label=_l("Kind of figure"),
            meaning=_l("imported: as published elsewhere. counted: by this service."),
        ),
        Column(
            code="is_running",
            kind=Kind.BOOLEAN,
            label=_l("Not over yet"),
            meaning=_l("Whether the year is not over, so that figures still grow."),
        ),
        SOURCE,
        NOTE,
    ),
    key=("year", "category"),
    rows=_yearly,
    is_cube=True,
    filters=frozenset({"year"}),
    by_clock=True,
)
FIGURES = Dataset(
    code="figures",
    label=_l("Figures month by month"),
    meaning=_l(
        "What was received, how much of it led to improvement and how long it took, for each month,"
        " service and department, with sums."
    ),
    columns=(
        Column(
            code="month",
            kind=Kind.TEXT,
            label=_l("Month"),
            meaning=_l("The month of receipt, by the municipality's clock: 2026-03."),
            part=Part.TIME,
        ),
        Column(
            code="service",
            kind=Kind.TEXT,
            label=_l("Service"),
            meaning=_l("What was reported, or total."),
            part=Part.DIMENSION,
            codes=with_total(codes.services, _l("All services")),
        ),
        Column(
            code="department",
            kind=Kind.TEXT,
            label=_l("Department"),
            meaning=_l("Who answers for the reports now, or total."),
            part=Part.DIMENSION,
            codes=with_total(codes.departments, _l("All departments")),
        ),
        *MEASURES,
        HIDES,
    ),
    key=("month", "service", "department"),
    rows=_figures,
    is_cube=True,
    absent_is_zero=True,
    filters=frozenset(
        {
            "from",
            "to",
            "year",
            "service",
            "group",
            "status",
            "department",
            "district",
            "road",
            "channel",
            "device",
            "improved",
            "answered_in_time",
            "bbox",
        }
    ),
    by_clock=True,
    by_minute=True,
)
