"""The twelve months before a date and the twelve after it, category by category."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.charts.ask import Ask, a_year_after, a_year_before
from app.charts.bars import Row, Track, rows
from app.charts.chart import Chart, DataTable, Line, Sign
from app.charts.trend import LEAST_FOR_SHARES
from app.charts.words import cell, range_words
from app.i18n import day, gettext, number, percent
from app.statistics.figures import Dimension, FigureRow, Question, figures, names_of
from app.statistics.values import HIDDEN

CODE = "for-og-etter"


@dataclass(frozen=True, kw_only=True)
class _Window:
    """A time; `end` is not included."""

    start: datetime
    end: datetime


def before_after(ask: Ask, at: datetime) -> Chart | None:
    """Where the twelve months after are not over, both sides are the days that have passed, a year apart."""
    end = min(a_year_after(at), ask.today)
    is_whole = end == a_year_after(at)
    after = _Window(start=at, end=end)
    before = _Window(start=a_year_before(at), end=a_year_before(end) if not is_whole else at)
    sides = [_side(ask, before), _side(ask, after)]
    names = names_of(ask.jurisdiction, Dimension.GROUP)
    codes = ask.filter.groups or tuple(names)
    values = {code: [_count(side[1].get(code)) for side in sides] for code in codes}
    totals = [sum(pair[at_] or 0 for pair in values.values()) for at_ in (0, 1)]
    if not any(totals):
        return None
    drawn = [
        Row(
            label=names[code],
            tracks=[
                Track(value=pair[0], text=cell(sides[0][1].get(code), "received"), kind="light"),
                Track(value=pair[1], text=cell(sides[1][1].get(code), "received")),
            ],
        )
        for code, pair in values.items()
    ]
    subject = gettext("Before and after %(day)s", day=day(at.date(), year=True))
    pairs = [(names[code], pair[1]) for code, pair in values.items()]
    written = [cell(sides[1][1].get(code), "received") for code in values]
    return Chart(
        code=CODE,
        subject=subject,
        finding=_finding(totals, day(at.date(), year=True), is_whole=is_whole)
        if all(None not in pair for pair in values.values())
        else subject,
        description=gettext("Two bars by category, before and after. After:")
        + " "
        + range_words(pairs, written),
        wide=rows(drawn, is_narrow=False),
        narrow=rows(drawn, is_narrow=True),
        signs=[
            Sign(kind="light", text=_words(before)),
            Sign(kind="fill", text=_words(after)),
        ],
        table=DataTable(
            caption=subject,
            head=[_words(before), _words(after), gettext("Change")],
            lines=[
                Line(
                    label=names[code],
                    cells=[
                        cell(sides[0][1].get(code), "received"),
                        cell(sides[1][1].get(code), "received"),
                        _change(*pair),
                    ],
                    behind=_behind(ask, sides[1], code),
                )
                for code, pair in values.items()
            ],
        ),
        notes=_notes(is_whole=is_whole),
    )


def _side(ask: Ask, window: _Window) -> tuple[Question, dict[str, FigureRow]]:
    wanted = replace(ask.without_period(), start=window.start, end=window.end)
    question = Question(
        filter=wanted,
        period=None,
        by=(Dimension.GROUP,),
        with_totals=False,
        measures=("received",),
    )
    rows_ = figures(question, now=ask.now)
    return question, {row.keys[Dimension.GROUP]: row for row in rows_}


def _behind(
    ask: Ask, side: tuple[Question, dict[str, FigureRow]], code: str
) -> dict[str, str] | None:
    question, found = side
    return ask.behind(question, found[code], "received") if code in found else None


def _count(row: FigureRow | None) -> float | None:
    return row.values["received"] if row else 0


def _words(window: _Window) -> str:
    last = window.end.date()
    if window.end.hour == window.end.minute == window.end.second == 0:
        last = last.fromordinal(last.toordinal() - 1)
    return f"{day(window.start.date(), year=True)}–{day(last, year=True)}"


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return HIDDEN
    change = after - before
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{number(abs(change))}"


def _finding(totals: list[float], at: str, *, is_whole: bool) -> str:
    before, after = totals
    facts = {"day": at, "before": number(before), "after": number(after)}
    if min(before, after) < LEAST_FOR_SHARES:
        return gettext("%(after)s enquiries after %(day)s, %(before)s before", **facts)
    facts["share"] = percent(abs(after / before - 1))
    if is_whole and after < before:
        return gettext(
            "%(share)s fewer enquiries in the twelve months after %(day)s than in the twelve before",
            **facts,
        )
    if is_whole:
        return gettext(
            "%(share)s more enquiries in the twelve months after %(day)s than in the twelve before",
            **facts,
        )
    if after < before:
        return gettext(
            "%(share)s fewer enquiries since %(day)s than in the same time a year earlier", **facts
        )
    return gettext(
        "%(share)s more enquiries since %(day)s than in the same time a year earlier", **facts
    )


def _notes(*, is_whole: bool) -> list[str]:
    notes = []
    if not is_whole:
        notes.append(
            gettext(
                "The twelve months after the date are not over. Both sides cover the same days, a year apart."
            )
        )
    notes.append(
        gettext(
            "What comes after something need not come from it: weather and traffic play their part."
        )
    )
    return notes
