"""What the enquiries are about."""

from app.charts.ask import Ask
from app.charts.bars import Row, Track, rows
from app.charts.chart import Chart, DataTable, Line
from app.charts.selection_words import period_words
from app.charts.trend import LEAST_FOR_SHARES, received_and_improved
from app.charts.words import range_words, value_text
from app.i18n import gettext, number, percent
from app.statistics.figures import (
    Dimension,
    FigureRow,
    Question,
    behind,
    figures,
    names_of,
)


def categories(ask: Ask) -> Chart | None:
    """A bar for each group, the largest first; those without enquiries too."""
    question = Question(
        filter=ask.recent, period=None, by=(Dimension.GROUP,), with_totals=False
    )
    found = {row.keys[Dimension.GROUP]: row for row in figures(question, now=ask.now)}
    names = names_of(ask.jurisdiction, Dimension.GROUP)
    wanted = ask.filter.groups or tuple(names)
    counts = {code: int(found[code].values["received"] or 0) if code in found else 0 for code in wanted}
    total = sum(counts.values())
    if not total:
        return None
    order = sorted(counts, key=lambda code: -counts[code])
    drawn = [_row(names[code], counts[code], found.get(code)) for code in order]
    pairs = [(names[code], counts[code]) for code in order]
    return Chart(
        code="kategorier",
        subject=gettext("Enquiries by category, %(period)s", period=period_words(ask)),
        finding=_finding(names[order[0]], counts[order[0]], total, len(order)),
        description=gettext("Bars by category, the largest first.")
        + " "
        + range_words(pairs, [number(count) for _, count in pairs]),
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
                    cells=_cells(counts[code], total, found.get(code)),
                    behind=behind(question, found[code], "received") if code in found else None,
                )
                for code in order
            ],
        ),
    )


def _row(name: str, count: int, row: FigureRow | None) -> Row:
    improved = row.values["led_to_improvement"] if row else 0
    return Row(
        label=name,
        tracks=[Track(value=count, part=improved, text=_end(count, improved), kind="outline")],
    )


def _end(count: int, improved: float | None) -> str:
    """«135, 110 rettet»: both numbers of the bar."""
    if not count or improved is None:
        return number(count)
    return gettext("%(count)s, %(improved)s improved", count=number(count), improved=number(improved))


def _cells(count: int, total: int, row: FigureRow | None) -> list[str]:
    return [
        number(count),
        percent(count / total),
        value_text("led_to_improvement", row.values["led_to_improvement"] if row else 0),
        value_text("improvement_share", row.values["improvement_share"] if row else None),
    ]


def _finding(name: str, count: int, total: int, groups: int) -> str:
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
        "Most enquiries are about %(name)s: %(share)s of all", name=name, share=percent(count / total)
    )
