"""When in the year enquiries come in."""

from collections.abc import Mapping

from app.charts.ask import Ask
from app.charts.chart import Chart, DataTable, Line, Sign
from app.charts.classes import edges, shade
from app.charts.heat import fits_narrow, table
from app.charts.trend import LEAST_FOR_SHARES
from app.charts.words import cell, month, range_words, whole_month
from app.i18n import gettext, number
from app.statistics.figures import FigureRow, Period, Question, figures

MONTHS = range(1, 13)
MOST_YEARS = 12
"""Of the newest years; a table of more cannot be read."""
NARROW_YEARS = 5


def seasons(ask: Ask) -> Chart | None:
    """A cell for each month of each year. Months before the first enquiry and after today are empty."""
    question = Question(
        filter=ask.filter, period=Period.MONTH, with_totals=False, measures=("received",)
    )
    found = {row.period: row for row in figures(question, now=ask.now) if row.period}
    counts = {period: row.values["received"] for period, row in found.items()}
    if not any(counts.values()):
        return None
    last = f"{ask.today:%Y-%m}"
    years = sorted({int(period[:4]) for period in counts})[-MOST_YEARS:]
    cells = [[_cell(counts, year, of, last) for of in MONTHS] for year in years]
    texts = [[_text(found, f"{year}-{of:02}", last) for of in MONTHS] for year in years]
    uppers = edges(value for line in cells for value in line)
    heads, names = [month(of) for of in MONTHS], [str(year) for year in years]
    narrow_years = _narrow_years(names, heads, texts)
    turned = [[line[of - 1] for line in cells[-narrow_years:]] for of in MONTHS]
    turned_texts = [[line[of - 1] for line in texts[-narrow_years:]] for of in MONTHS]
    flat = [
        (f"{whole_month(of)} {year}", cells[at][of - 1])
        for at, year in enumerate(years)
        for of in MONTHS
    ]
    return Chart(
        code="sesong",
        subject=gettext("Enquiries by month"),
        finding=_finding(counts, last),
        description=gettext("A table of months and years, the darker the more enquiries.")
        + " "
        + range_words(flat, [text for line in texts for text in line]),
        wide=table(names, heads, cells, texts, uppers, is_narrow=False),
        narrow=table(heads, names[-narrow_years:], turned, turned_texts, uppers, is_narrow=True),
        signs=class_signs(uppers),
        table=DataTable(
            caption=gettext("Enquiries by month and year"),
            head=heads,
            lines=[Line(label=name, cells=line) for name, line in zip(names, texts, strict=True)],
        ),
        notes=[gettext("The month that runs now is not over.")] if last in counts else [],
    )


def class_signs(uppers: list[float], text_of: Mapping[float, str] | None = None) -> list[Sign]:
    """The legend of the classes, the lightest first: «1–10», «11–20»; with `text_of`, «inntil 2,5»."""
    signs = []
    for at, upper in enumerate(uppers):
        if text_of:
            text = gettext("up to %(value)s", value=text_of[upper])
        else:
            lower = int(uppers[at - 1]) + 1 if at else 1
            text = number(lower) if lower == int(upper) else f"{number(lower)}–{number(upper)}"
        signs.append(Sign(kind=f"shade-{shade(at, len(uppers))}", text=text))
    return signs


def _text(found: Mapping[str, FigureRow], period: str, last: str) -> str:
    """Empty for months that nothing is said of."""
    if period in found or max(found) < period <= last:
        return cell(found.get(period), "received")
    return ""


def _cell(counts: Mapping[str, float | None], year: int, of: int, last: str) -> float | None:
    period = f"{year}-{of:02}"
    if period in counts:
        return counts[period]
    return 0 if max(counts) < period <= last else None


def _narrow_years(names: list[str], heads: list[str], texts: list[list[str]]) -> int:
    """How many of the newest years have room beside each other on a phone."""
    for count in range(min(NARROW_YEARS, len(names)), 1, -1):
        if fits_narrow(heads, names[-count:], texts[-count:]):
            return count
    return 1


def _finding(counts: Mapping[str, float | None], last: str) -> str:
    """Which month has the most on average and which the fewest, once there are enough of all of them."""
    of_month: dict[int, list[float]] = {}
    for period, count in counts.items():
        if period < last and count is not None:
            of_month.setdefault(int(period[5:]), []).append(count)
    known = [count for count in counts.values() if count is not None]
    if len(known) < len(counts):
        return gettext("Enquiries by month and year")
    total = sum(known)
    if len(of_month) < len(MONTHS) or total < 12 * LEAST_FOR_SHARES:
        return gettext("%(count)s enquiries, month by month", count=number(total))
    average = {of: sum(values) / len(values) for of, values in of_month.items()}
    most, fewest = max(average, key=average.__getitem__), min(average, key=average.__getitem__)
    return gettext(
        "Most enquiries come in %(most)s, fewest in %(fewest)s",
        most=whole_month(most),
        fewest=whole_month(fewest),
    )
