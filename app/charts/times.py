"""How long residents wait for a first answer, and for the fix: quarter by quarter."""

from dataclasses import dataclass

from app.charts.ask import Ask
from app.charts.chart import Chart, DataTable, Line
from app.charts.lines import Series, axis_values
from app.charts.lines import chart as line_chart
from app.charts.trend import LEAST_FOR_SHARES
from app.charts.words import cell, days, range_words
from app.i18n import gettext, number
from app.statistics.figures import FigureRow, Period, Question, figures
from app.statistics.values import HIDDEN, period_name

MOST_QUARTERS = 20


@dataclass(frozen=True, kw_only=True)
class _Wait:
    """What is measured, and its sentences."""

    code: str
    measure: str
    subject: str
    table: str


def answers(ask: Ask) -> Chart | None:
    """Days to the first answer."""
    return _chart(
        ask,
        _Wait(
            code="svartid",
            measure="first_answer_days",
            subject=gettext("Days to the first answer, by quarter"),
            table=gettext("Days from an enquiry to its first answer, by the quarter it came in"),
        ),
    )


def fixes(ask: Ask) -> Chart | None:
    """Days to the fix, of what was fixed."""
    return _chart(
        ask,
        _Wait(
            code="rettetid",
            measure="fix_days",
            subject=gettext("Days until it was fixed, by quarter"),
            table=gettext("Days from an enquiry until it was fixed, by the quarter it came in"),
        ),
    )


def _chart(ask: Ask, wait: _Wait) -> Chart | None:
    question = Question(
        filter=ask.filter,
        period=Period.QUARTER,
        with_totals=False,
        measures=("received", f"{wait.measure}_median", f"{wait.measure}_p90"),
    )
    found = [row for row in figures(question, now=ask.now) if row.period][-MOST_QUARTERS:]
    half = [row.values[f"{wait.measure}_median"] for row in found]
    most = [row.values[f"{wait.measure}_p90"] for row in found]
    if not any(value is not None for value in half):
        return None
    labels = [period_name(Period.QUARTER, row.period or "") for row in found]
    series = [
        Series(
            values=most,
            end=gettext("9 of 10 within %(days)s", days=days(_last(most))),
            kind="second",
        ),
        Series(values=half, end=gettext("half within %(days)s", days=days(_last(half)))),
    ]
    written = [cell(row, f"{wait.measure}_median") for row in found]
    wide = [
        number(value, decimals=_decimals(value)) for value in axis_values(series, is_narrow=False)
    ]
    narrow = [
        number(value, decimals=_decimals(value)) for value in axis_values(series, is_narrow=True)
    ]
    return Chart(
        code=wait.code,
        subject=wait.subject,
        finding=_finding(wait, found),
        description=gettext("Two lines. Median days:")
        + " "
        + range_words(list(zip(labels, half, strict=True)), written),
        wide=line_chart(series, labels, wide, is_narrow=False),
        narrow=line_chart(series, labels, narrow, is_narrow=True),
        table=DataTable(
            caption=wait.table,
            head=[gettext("Half within (median)"), gettext("9 of 10 within"), gettext("Number")],
            lines=[
                Line(
                    label=label,
                    cells=[
                        cell(row, f"{wait.measure}_median"),
                        cell(row, f"{wait.measure}_p90"),
                        _made_of(row, f"{wait.measure}_median"),
                    ],
                )
                for label, row in zip(labels, found, strict=True)
            ],
        ),
        notes=_notes(wait, half),
    )


def _notes(wait: _Wait, half: list[int | float | None]) -> list[str]:
    notes = []
    if wait.measure == "fix_days":
        notes.append(
            gettext(
                "Only what has been fixed counts. For the newest quarters, what takes long is not fixed yet."
            )
        )
    if any(value is None for value in half):
        notes.append(gettext("Where the line is broken there is no number."))
    return notes


def _decimals(value: float) -> int:
    return 0 if value == int(value) else 1


def _made_of(row: FigureRow, measure: str) -> str:
    """How many reports a number is made of."""
    count = row.made_of[measure]
    return HIDDEN if count is None else number(count)


def _last(values: list[int | float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)


def _finding(wait: _Wait, found: list[FigureRow]) -> str:
    """The newest whole picture: of the last quarter with enough enquiries, else the last with a number."""
    known = [row for row in found if row.values[f"{wait.measure}_median"] is not None]
    enough = [
        row for row in known if (row.made_of[f"{wait.measure}_median"] or 0) >= LEAST_FOR_SHARES
    ]
    row = (enough or known)[-1]
    facts = {
        "period": period_name(Period.QUARTER, row.period or ""),
        "half": days(row.values[f"{wait.measure}_median"]),
        "most": days(row.values[f"{wait.measure}_p90"]),
    }
    if wait.measure == "fix_days":
        return gettext(
            "Half of what was fixed from %(period)s took at most %(half)s, 9 of 10 at most %(most)s",
            **facts,
        )
    return gettext(
        "Half had an answer within %(half)s in %(period)s, 9 of 10 within %(most)s", **facts
    )
