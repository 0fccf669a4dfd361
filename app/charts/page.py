"""The two pages of charts: what stands on them, and the form that selects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.charts import before_after, comparison, district_map
from app.charts.ask import Ask, a_year_before
from app.charts.categories import categories
from app.charts.chart import Chart
from app.charts.comparison import Beside, beside_name
from app.charts.district_map import DistrictMap
from app.charts.seasons import seasons
from app.charts.selection_words import selection_words
from app.charts.times import answers, fixes
from app.charts.trend import rolling, years
from app.errors import MalformedQuery
from app.i18n import day, gettext, localised
from app.jurisdictions.licence import licence_of
from app.statistics.figures import Dimension, names_of
from app.statistics.measures import MEASURES, title
from app.statistics.queries import counted

PLAIN: Mapping[str, Callable[[Ask], Chart | None]] = {
    "ar": years,
    "rullerende": rolling,
    "kategorier": categories,
    "sesong": seasons,
    "svartid": answers,
    "rettetid": fixes,
}
"""Charts that need a selection only, by the name of their file, in the page's order."""
NAMES = (*PLAIN, district_map.CODE, before_after.CODE, comparison.CODE)
"""All that can be downloaded."""


@dataclass(frozen=True, kw_only=True)
class Select:
    """A choice in the form; the empty value is no choice."""

    name: str
    label: str
    empty: str
    options: Sequence[tuple[str, str]]
    selected: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """`kept` is what else is selected, and stays when the form is sent."""

    selects: Sequence[Select]
    kept: Mapping[str, str]
    date: str = ""
    today: str = ""


@dataclass(frozen=True, kw_only=True)
class ChartsPage:
    """The page of charts: `charts` stand before the map, `paired` after it."""

    form: Form
    selection: str
    source: str
    charts: Sequence[Chart]
    map: DistrictMap | None
    paired: Chart | None


@dataclass(frozen=True, kw_only=True)
class ComparisonPage:
    """The comparison; `chart` None: nothing to hold beside each other."""

    form: Form
    selection: str
    source: str
    chart: Chart | None


def charts_page(ask: Ask, *, measure: str | None, on: date | None) -> ChartsPage:
    """Everything on the page of charts."""
    at = the_day(ask, on)
    drawn = [make(ask) for make in PLAIN.values()]
    return ChartsPage(
        form=_form(ask, [_map_measure(measure)], date=at.date().isoformat()),
        selection=selection_words(ask),
        source=source(ask),
        charts=[chart for chart in drawn if chart],
        map=district_map.district_map(ask, measure),
        paired=before_after.before_after(ask, at),
    )


def comparison_page(ask: Ask, *, beside: Beside, measure: str | None) -> ComparisonPage:
    """Everything on the page of comparison."""
    chosen = Select(
        name="by",
        label=gettext("Compare"),
        empty="",
        options=[(each.value, beside_name(each)) for each in Beside],
        selected=beside.value,
    )
    measures = Select(
        name="measure",
        label=gettext("Measure"),
        empty=gettext("What suits best"),
        options=[(each.code, title(each.code)) for each in MEASURES],
        selected=measure or "",
    )
    return ComparisonPage(
        form=_form(ask, [chosen, measures]),
        selection=selection_words(ask),
        source=source(ask),
        chart=comparison.comparison(ask, beside, measure),
    )


def one_chart(
    ask: Ask, name: str, *, measure: str | None, on: date | None, beside: Beside
) -> Chart | None:
    """A chart by the name of its file; None when there is nothing to draw.

    :raises MalformedQuery: as `the_day` does.
    """
    at = the_day(ask, on)
    if name in PLAIN:
        return PLAIN[name](ask)
    if name == before_after.CODE:
        return before_after.before_after(ask, at)
    if name == comparison.CODE:
        return comparison.comparison(ask, beside, measure)
    found = district_map.district_map(ask, measure)
    return found.chart if found else None


def the_day(ask: Ask, on: date | None) -> datetime:
    """The midnight between before and after: as chosen, else the latest first of a month a year ago.

    :raises MalformedQuery: a day that has not passed, or before anything could be counted.
    """
    zone = ZoneInfo(ask.jurisdiction.time_zone)
    if on is None:
        return a_year_before(ask.today.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    if not date(1900, 1, 1) <= on < ask.today.date():
        raise MalformedQuery("date", gettext("Choose a day that has passed, after 1900."))
    return datetime(on.year, on.month, on.day, tzinfo=zone)


def source(ask: Ask) -> str:
    """Who counted, and when."""
    return gettext(
        "Source: Report a fault in my street, %(municipality)s, counted on %(day)s. Free to use, "
        "name the source (%(licence)s).",
        licence=licence_of(ask.jurisdiction).name,
        municipality=localised(ask.jurisdiction.name),
        day=day(ask.today.date(), year=True),
    )


def _map_measure(measure: str | None) -> Select:
    return Select(
        name="measure",
        label=gettext("Measure on the map"),
        empty=gettext("What suits best"),
        options=[(each.code, title(each.code)) for each in MEASURES],
        selected=measure or "",
    )


def _form(ask: Ask, own: Sequence[Select], *, date: str = "") -> Form:
    selects = [*own, _years(ask)]
    for name, label, empty, dimension in (
        ("group", gettext("Category"), gettext("All categories"), Dimension.GROUP),
        ("department", gettext("Department"), gettext("All departments"), Dimension.DEPARTMENT),
        ("district", gettext("District"), gettext("All districts"), Dimension.DISTRICT),
    ):
        names = names_of(ask.jurisdiction, dimension)
        if set(names) - {"none"}:
            selects.append(_select(ask, name, label, empty, names))
    shown = {select.name for select in selects}
    return Form(
        selects=selects,
        kept={name: value for name, value in ask.query.items() if name not in shown},
        date=date,
        today=ask.today.date().isoformat(),
    )


def _years(ask: Ask) -> Select:
    years_ = sorted({row.year for row in counted(ask.jurisdiction.id)}, reverse=True)
    names = {str(year): str(year) for year in years_}
    return _select(ask, "year", gettext("Year"), gettext("All years"), names)


def _select(ask: Ask, name: str, label: str, empty: str, names: Mapping[str, str]) -> Select:
    """Several codes at once, which only an address can ask for, are a choice of their own."""
    selected = ask.query.get(name, "")
    options = dict(names)
    if selected and selected not in options:
        options[selected] = ", ".join(names.get(code, code) for code in selected.split(","))
    return Select(
        name=name, label=label, empty=empty, options=list(options.items()), selected=selected
    )
