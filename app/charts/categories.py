"""What the enquiries are about."""

from collections.abc import Mapping

from app.charts.ask import Ask
from app.charts.bars import Row, Track, rows
from app.charts.chart import Chart, DataTable, Line
from app.charts.selection_words import period_words
from app.charts.trend import LEAST_FOR_SHARES, received_and_improved
from app.charts.words import cell, range_words
from app.i18n import gettext, number, percent
from app.statistics.figures import (
    Dimension,
    FigureRow,
    Question,
    figures,
    names_of,
)
from app.statistics.values import HIDDEN


def categories(ask: Ask) -> Chart | None:
    """A bar for each group, the largest first; those without enquiries too."""
    question = Question(filter=ask.recent, period=None, by=(Dimension.GROUP,), with_totals=False)
    found = {row.keys[Dimension.GROUP]: row for row in figures(question, now=ask.now)}
    names = names_of(ask.jurisdiction, Dimension.GROUP)
    wanted = ask.filter.groups or tuple(names)
    counts = {code: _count(found.get(code)) for code in wanted}
    total = sum(count or 0 for count in counts.values())
    if not total:
        return None
    order = sorted(counts, key=lambda code: -(counts[code] or 0))
    drawn = [_row(names[code], counts[code], found.get(code)) for code in order]
    pairs = [(names[code], counts[code]) for code in order]
    return Chart(
        code="kategorier",
        subject=gettext("Enquiries by category, %(period)s", period=period_words(ask)),
        finding=_finding(names[order[0]], counts[order[0]] or 0, total, len(order))
        if None not in counts.values()
        else gettext("Enquiries by category, %(period)s", period=period_words(ask)),
        description=gettext("Bars by category, the largest first.")
        + " "
        + range_words(pairs, [cell(found.get(code), "received") for code in order]),
        wide=rows(drawn, is_narrow=False),
        narrow=rows(drawn, is_narrow=True),
        signs=received_and_improved(),
        table=DataTable(
            caption=gettext("Enquiries by category, %(period)s", period=period_words(ask)),
            head=[
                gettext("Enquiries"),
                gettext("Share of all"),
                gettext("Led to improvement"),
                gettext("Share that led to improvement"),
            ],
            lines=[
                Line(
                    label=names[code],
                    cells=_cells(counts, code, total, found.get(code)),
                    behind=ask.behind(question, found[code], "received") if code in found else None,
                )
                for code in order
            ],
        ),
    )


def _count(row: FigureRow | None) -> float | None:
    """Nothing came in where there is no row; None is hidden."""
    return row.values["received"] if row else 0


def _row(name: str, count: float | None, row: FigureRow | None) -> Row:
    improved = row.values["led_to_improvement"] if row else 0
    text = cell(row, "received")
    if count and improved is not None:
        text = gettext("%(count)s, %(improved)s improved", count=text, improved=number(improved))
    return Row(label=name, tracks=[Track(value=count, part=improved, text=text, kind="outline")])


def _cells(
    counts: Mapping[str, float | None], code: str, total: float, row: FigureRow | None
) -> list[str]:
    count = counts[code]
    is_whole = None not in counts.values()
    return [
        cell(row, "received"),
        percent(count / total) if count is not None and is_whole else HIDDEN,
        cell(row, "led_to_improvement"),
        cell(row, "improvement_share"),
    ]


def _finding(name: str, count: float, total: float, groups: int) -> str:
    if groups < 2:
        return gettext("%(count)s enquiries about %(name)s", name=name, count=number(count))
    if total < LEAST_FOR_SHARES:
        return gettext(
            "%(count)s of %(total)s enquiries are about %(name)s",
            name=name,
            count=number(count),
            total=number(total),
        )
    return gettext(
        "Most enquiries are about %(name)s: %(share)s of all",
        name=name,
        share=percent(count / total),
    )
