"""How many came in: by year, and month by month over the last twelve."""

from dataclasses import dataclass

from app.charts.ask import Ask
from app.charts.bars import Row, Track, axis_values, columns, rows
from app.charts.chart import Chart, DataTable, Line, Sign
from app.charts.lines import Series
from app.charts.lines import axis_values as line_values
from app.charts.lines import chart as line_chart
from app.charts.words import cell, range_words
from app.i18n import gettext, number, percent
from app.statistics.figures import Period, Question, figures
from app.statistics.page import yearly_table
from app.statistics.table import TOTAL
from app.statistics.values import period_name, written

COUNTED = ("received", "led_to_improvement")
LEAST_FOR_SHARES = 30
"""A change in percent of fewer enquiries than this says little; then the counts stand there themselves."""


@dataclass(frozen=True, kw_only=True)
class _Year:
    """A year, from the annual report or counted."""

    year: str
    received: float | None
    improved: float | None
    texts: tuple[str, str]
    is_running: bool = False
    is_imported: bool = False
    behind: dict[str, str] | None = None

    @property
    def label(self) -> str:
        return f"{self.year}*" if self.is_running else self.year


def years(ask: Ask) -> Chart | None:
    """A column for each year; published years stand there only where nothing is selected."""
    published = _published(ask)
    found = published + _counted(ask, {year.year for year in published})
    if not any(year.received for year in found):
        return None
    drawn = [
        Row(
            label=year.label,
            tracks=[
                Track(
                    value=year.received,
                    part=year.improved,
                    text=year.texts[0],
                    kind="outline",
                )
            ],
            label_inside=year.texts[1],
            starts_part=at > 0 and found[at - 1].is_imported and not year.is_imported,
        )
        for at, year in enumerate(found)
    ]
    finding = _finding([year for year in found if not year.is_running] or found)
    written = [year.texts[0] for year in found]
    return Chart(
        code="ar",
        subject=gettext("Enquiries by year"),
        finding=finding,
        description=gettext("Columns by year.")
        + " "
        + range_words([(year.year, year.received) for year in found], written),
        wide=columns(drawn, axis_text=[number(value) for value in axis_values(drawn)]),
        narrow=rows(drawn, is_narrow=True),
        signs=received_and_improved(),
        table=DataTable(
            caption=gettext("Enquiries by year"),
            head=[gettext("Enquiries"), gettext("Led to improvement")],
            lines=[
                Line(
                    label=year.label,
                    cells=year.texts,
                    behind=year.behind,
                    starts_part=row.starts_part,
                )
                for year, row in zip(found, drawn, strict=True)
            ],
        ),
        notes=_notes(ask, found),
    )


def received_and_improved() -> list[Sign]:
    """Outline and fill, as everywhere."""
    return [
        Sign(kind="outline", text=gettext("Enquiries")),
        Sign(kind="fill", text=gettext("Led to improvement")),
    ]


def _published(ask: Ask) -> list[_Year]:
    if ask.query:
        return []
    table = yearly_table(ask.jurisdiction, this_year=ask.today.year)
    totals = [
        (year, table.figure(year.year, TOTAL)) for year in table.years if year.kind == "imported"
    ]
    return [
        _Year(
            year=str(year.year),
            received=figure.received,
            improved=figure.led_to_improvement,
            texts=(
                written("received", figure.received),
                written("led_to_improvement", figure.led_to_improvement),
            ),
            is_imported=True,
        )
        for year, figure in totals
    ]


def _counted(ask: Ask, published: set[str]) -> list[_Year]:
    question = Question(filter=ask.filter, period=Period.YEAR, with_totals=False, measures=COUNTED)
    return [
        _Year(
            year=row.period,
            received=row.values["received"],
            improved=row.values["led_to_improvement"],
            texts=(cell(row, "received"), cell(row, "led_to_improvement")),
            is_running=row.period == str(ask.today.year),
            behind=ask.behind(question, row, "received"),
        )
        for row in figures(question, now=ask.now)
        if row.period and row.period not in published
    ]


def _finding(known: list[_Year]) -> str:
    last = known[-1]
    if last.received is None:
        return gettext("Enquiries by year")
    facts = {"last": last.year, "count": number(last.received)}
    if len(known) < 2:
        return gettext("%(count)s enquiries in %(last)s", **facts)
    before = known[-2]
    if before.received is None or before.is_imported != last.is_imported:
        return gettext("%(count)s enquiries in %(last)s", **facts)
    facts |= {"first": before.year, "before": number(before.received)}
    if min(before.received, last.received) < LEAST_FOR_SHARES:
        return gettext("%(count)s enquiries in %(last)s, %(before)s in %(first)s", **facts)
    change = last.received / before.received - 1
    facts["share"] = percent(abs(change))
    if abs(change) < 0.01:
        return gettext("As many enquiries in %(last)s as in %(first)s", **facts)
    if change < 0:
        return gettext("%(share)s fewer enquiries in %(last)s than in %(first)s", **facts)
    return gettext("%(share)s more enquiries in %(last)s than in %(first)s", **facts)


def _notes(ask: Ask, found: list[_Year]) -> list[str]:
    notes = []
    if any(year.is_imported for year in found):
        notes.append(
            gettext(
                "Before the dashed line: from annual reports. After it: counted by this service."
            )
        )
    elif ask.query:
        notes.append(
            gettext("Figures from annual reports cannot be filtered, and are left out here.")
        )
    if any(year.is_running for year in found):
        notes.append(gettext("* The year is not over."))
    return notes


def rolling(ask: Ask) -> Chart | None:
    """Sums of twelve months, each month's with the eleven before it."""
    question = Question(
        filter=ask.filter, period=Period.ROLLING_12, with_totals=False, measures=COUNTED
    )
    found = [row for row in figures(question, now=ask.now) if row.period]
    if len(found) < 2:
        return None
    received = [row.values["received"] for row in found]
    improved = [row.values["led_to_improvement"] for row in found]
    if all(value is None for value in received):
        return None
    series = [
        Series(
            values=received,
            end=gettext("%(count)s enquiries", count=cell(found[-1], "received")),
        ),
        Series(
            values=improved,
            end=gettext(
                "%(count)s led to improvement", count=cell(found[-1], "led_to_improvement")
            ),
            kind="second",
        ),
    ]
    labels = [period_name(Period.ROLLING_12, row.period or "") for row in found]

    texts = [cell(row, "received") for row in found]
    return Chart(
        code="rullerende",
        subject=gettext("Enquiries in twelve months, month by month"),
        finding=_rolling_finding(received),
        description=gettext("Two lines; each point is the sum of twelve months.")
        + " "
        + range_words(zip(labels, received, strict=True), texts),
        wide=line_chart(
            series,
            labels,
            [number(v) for v in line_values(series, is_narrow=False)],
            is_narrow=False,
        ),
        narrow=line_chart(
            series, labels, [number(v) for v in line_values(series, is_narrow=True)], is_narrow=True
        ),
        table=DataTable(
            caption=gettext("Enquiries in the twelve months that end with the month"),
            head=[gettext("Enquiries"), gettext("Led to improvement")],
            lines=[
                Line(
                    label=label,
                    cells=[cell(row, "received"), cell(row, "led_to_improvement")],
                )
                for label, row in zip(labels, found, strict=True)
            ],
        ),
        notes=[
            gettext(
                "What came in lately may still lead to improvement, so the dashed line lags behind."
            )
        ],
    )


def _rolling_finding(received: list[int | float | None]) -> str:
    last = received[-1]
    if last is None:
        return gettext("Enquiries in twelve months, month by month")
    before = received[-13] if len(received) > 12 else None
    facts = {"count": number(last)}
    if before is None or min(before, last) < LEAST_FOR_SHARES:
        return gettext("%(count)s enquiries in the last twelve months", **facts)
    facts["share"] = percent(abs(last / before - 1))
    if last < before:
        return gettext(
            "%(count)s enquiries in the last twelve months, %(share)s fewer than in the twelve before",
            **facts,
        )
    return gettext(
        "%(count)s enquiries in the last twelve months, %(share)s more than in the twelve before",
        **facts,
    )
