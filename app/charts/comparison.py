"""Years, districts, departments or municipalities beside each other, in an order of their own: no ranking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.charts.ask import Ask
from app.charts.bars import Row, Track, rows
from app.charts.chart import Chart, DataTable, Line, Sign
from app.charts.findings import Compared, made_of, spread_finding
from app.charts.rates import RATE, People, people_of, people_of_districts
from app.charts.selection_words import period_words
from app.charts.words import cell, range_words
from app.errors import MalformedQuery
from app.i18n import gettext, localised, number
from app.jurisdictions.queries import all_jurisdictions
from app.statistics.figures import Dimension, FigureRow, Period, Question, figures, names_of
from app.statistics.measures import BY_CODE, title
from app.statistics.page import yearly_table
from app.statistics.table import TOTAL
from app.statistics.values import HIDDEN, written

CODE = "sammenligning"
FEW = 10
"""A number made of fewer reports is drawn dashed."""
PUBLISHED = ("received", "led_to_improvement", "improvement_share")


class Beside(StrEnum):
    """What is held beside each other."""

    YEAR = "year"
    DISTRICT = "district"
    DEPARTMENT = "department"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, kw_only=True)
class One:
    """One of them."""

    name: str
    value: float | None
    text: str
    made_of: int | None
    behind: dict[str, str] | None = None
    is_published: bool = False


def beside_name(beside: Beside) -> str:
    """«Områder»."""
    return {
        Beside.YEAR: gettext("Years"),
        Beside.DISTRICT: gettext("Districts"),
        Beside.DEPARTMENT: gettext("Departments"),
        Beside.MUNICIPALITY: gettext("Municipalities"),
    }[beside]


def comparison(ask: Ask, beside: Beside, measure: str | None = None) -> Chart | None:
    """None where nothing can be held beside each other.

    :raises MalformedQuery: municipalities by something that only one of them has.
    """
    find: Callable[[Ask, str | None], tuple[str, list[One]]] = {
        Beside.YEAR: _years,
        Beside.DISTRICT: _districts,
        Beside.DEPARTMENT: _departments,
        Beside.MUNICIPALITY: _municipalities,
    }[beside]
    shown, found = find(ask, measure)
    if not any(one.value is not None for one in found):
        return None
    return _chart(ask, beside, shown, found)


def _years(ask: Ask, measure: str | None) -> tuple[str, list[One]]:
    shown = measure or "received"
    question = Question(filter=ask.filter, period=Period.YEAR, with_totals=False)
    published = _published(ask, shown)
    names = {one.name for one in published}
    counted = [
        One(
            name=row.period,
            value=row.values[shown],
            text=cell(row, shown),
            made_of=made_of(row, shown),
            behind=ask.behind(question, row, shown if shown != RATE else "received"),
        )
        for row in figures(question, now=ask.now)
        if row.period and row.period not in names
    ]
    return shown, published + counted


def _published(ask: Ask, measure: str) -> list[One]:
    """The annual reports' years, where nothing is selected and they have the measure."""
    if ask.query or measure not in PUBLISHED:
        return []
    table = yearly_table(ask.jurisdiction, this_year=ask.today.year)
    found = []
    for year in table.years:
        if year.kind != "imported":
            continue
        figure = table.figure(year.year, TOTAL)
        values = {
            "received": figure.received,
            "led_to_improvement": figure.led_to_improvement,
            "improvement_share": figure.share,
        }
        value = values[measure]
        found.append(
            One(
                name=str(year.year),
                value=value,
                text=written(measure, value),
                made_of=figure.received,
                is_published=True,
            )
        )
    return found


def _districts(ask: Ask, measure: str | None) -> tuple[str, list[One]]:
    codes = [code for code in names_of(ask.jurisdiction, Dimension.DISTRICT) if code != "none"]
    people = people_of_districts(ask, codes)
    shown = measure or (RATE if people.year else "improvement_share")
    return shown, _by(ask, Dimension.DISTRICT, shown, people)


def _departments(ask: Ask, measure: str | None) -> tuple[str, list[One]]:
    shown = measure or "improvement_share"
    return shown, _by(ask, Dimension.DEPARTMENT, shown, None)


def _by(ask: Ask, dimension: Dimension, measure: str, people: People | None) -> list[One]:
    question = Question(filter=ask.recent, period=None, by=(dimension,), with_totals=False)
    found = {row.keys[dimension]: row for row in figures(question, now=ask.now)}
    ones = []
    for code, name in names_of(ask.jurisdiction, dimension).items():
        row = found.get(code)
        if row is None and (code == "none" or dimension == Dimension.DEPARTMENT):
            continue
        value, text = _value(row, measure, people.rate(row, code) if people else None)
        ones.append(
            One(
                name=name,
                value=value,
                text=text,
                made_of=made_of(row, measure),
                behind=ask.behind(question, row, measure if measure != RATE else "received")
                if row
                else None,
            )
        )
    return ones


def _value(row: FigureRow | None, measure: str, rate: float | None) -> tuple[float | None, str]:
    if measure == RATE:
        is_hidden = row is not None and "received" in row.hidden
        return rate, written(RATE, rate, is_hidden=is_hidden)
    if row is None:
        return (0 if BY_CODE[measure].is_count else None), cell(None, measure)
    return row.values[measure], cell(row, measure)


def _municipalities(ask: Ask, measure: str | None) -> tuple[str, list[One]]:
    wanted = ask.recent
    own = {
        "service": wanted.services,
        "department": wanted.department_codes,
        "district": wanted.districts,
        "bbox": wanted.bbox,
    }
    for name, chosen in own.items():
        if chosen:
            raise MalformedQuery(
                name,
                gettext("Leave out %(name)s: other municipalities have other ones.", name=name),
            )
    everyone = all_jurisdictions()
    people = {each.id: people_of(ask, each.id) for each in everyone}
    shown = measure or (RATE if all(people.values()) else "improvement_share")
    ones = []
    for each in everyone:
        question = Question(
            filter=replace(wanted, jurisdiction_id=each.id), period=None, with_totals=False
        )
        rows_ = figures(question, now=ask.now)
        row = rows_[0] if rows_ else None
        lived = people[each.id]
        received = row.values["received"] if row else 0
        rate = (
            None if lived is None or received is None else float(received) / float(lived[1]) * 1000
        )
        value, text = _value(row, shown, rate)
        ones.append(
            One(name=localised(each.name), value=value, text=text, made_of=made_of(row, shown))
        )
    return shown, ones


def _chart(ask: Ask, beside: Beside, measure: str, found: Sequence[One]) -> Chart:
    drawn = [
        Row(
            label=one.name,
            tracks=[Track(value=one.value, text=_end(one, measure), kind=_kind(one))],
            starts_part=at > 0 and found[at - 1].is_published and not one.is_published,
        )
        for at, one in enumerate(found)
    ]
    subject = f"{title(measure)}: {beside_name(beside).lower()}"
    if beside != Beside.YEAR or ask.has_period:
        subject = f"{subject}, {period_words(ask)}"
    head = [title(measure)]
    if measure != "received":
        head.append(gettext("Enquiries behind"))
    compared = [
        Compared(name=one.name, value=one.value, text=one.text, behind=one.made_of) for one in found
    ]
    return Chart(
        code=CODE,
        subject=subject,
        finding=spread_finding(measure, compared, otherwise=_alone(found)),
        description=gettext("Bars beside each other.")
        + " "
        + range_words([(one.name, one.value) for one in found], [one.text for one in found]),
        wide=rows(drawn, is_narrow=False),
        narrow=rows(drawn, is_narrow=True),
        signs=_signs(found),
        table=DataTable(
            caption=subject,
            head=head,
            lines=[
                Line(
                    label=one.name,
                    cells=[one.text, _count(one)][: len(head)],
                    behind=one.behind,
                    starts_part=row.starts_part,
                )
                for one, row in zip(found, drawn, strict=True)
            ],
        ),
        notes=_notes(beside, measure, found),
    )


def _kind(one: One) -> str:
    if one.made_of is None or one.made_of < FEW:
        return "few"
    return "light" if one.is_published else "fill"


def _count(one: One) -> str:
    return HIDDEN if one.made_of is None else number(one.made_of)


def _end(one: One, measure: str) -> str:
    """«82,2 % av 321»: no share without how many it is a share of."""
    if one.value is None or BY_CODE[measure].is_count:
        return one.text
    return gettext("%(value)s (of %(count)s)", value=one.text, count=_count(one))


def _alone(found: Sequence[One]) -> str:
    known = [one for one in found if one.value is not None]
    return gettext("Only one to show: %(name)s, %(value)s", name=known[0].name, value=known[0].text)


def _signs(found: Sequence[One]) -> list[Sign]:
    kinds = {_kind(one) for one in found if one.value is not None}
    texts = {
        "light": gettext("From annual reports"),
        "fill": gettext("Counted by this service"),
        "few": gettext("Fewer than %(count)s enquiries behind: says little", count=FEW),
    }
    shown = [kind for kind in texts if kind in kinds]
    return [Sign(kind=kind, text=texts[kind]) for kind in shown] if shown != ["fill"] else []


def _notes(beside: Beside, measure: str, found: Sequence[One]) -> list[str]:
    notes = []
    if any(one.is_published for one in found):
        notes.append(
            gettext(
                "Before the dashed line: from annual reports. After it: counted by this service."
            )
        )
    if beside == Beside.MUNICIPALITY and len(found) == 1:
        notes.append(gettext("There is only one municipality in this service so far."))
    if beside == Beside.MUNICIPALITY and BY_CODE[measure].is_count and len(found) > 1:
        notes.append(
            gettext("These are plain counts: where more people live or pass, more is reported.")
        )
    notes.append(gettext("The order says nothing: it is the same whatever the numbers are."))
    return notes
