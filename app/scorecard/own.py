"""The rows of the scorecard that this service measures itself."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.routing.models import Channel
from app.scorecard.card import Band, Kind, Row, Value
from app.scorecard.satisfaction import satisfaction, totals
from app.scorecard.schemas import MeasuredBy
from app.scorecard.units import Unit
from app.service_requests.filter import Filter
from app.statistics import measures
from app.statistics.figures import Dimension, Question, figures
from app.statistics.page import yearly_table
from app.statistics.questions import TOTAL
from app.statistics.table import TOTAL as ALL
from app.statistics.table import Figure, Table

DIGITAL = frozenset({Channel.WEB, Channel.API})
DIGITAL_BAND = Band(best=Decimal(100), least=Decimal(90))
"""The 90 per cent line."""


def own_rows(jurisdiction: Jurisdiction, now: datetime) -> dict[str, Row]:
    """By code: what was received and what it led to, how it was reported, answered and thought of.

    :param now: by the municipality's clock.
    """
    table = yearly_table(jurisdiction, this_year=now.year)
    counted = {str(year.year) for year in table.years if year.kind == Kind.COUNTED}
    rows = [
        _yearly(table, "received", Unit.COUNT, _received),
        _yearly(table, "improvement_share", Unit.PERCENT, _improved, more_is_better=True),
        _digital(jurisdiction, now, counted),
        _answered(jurisdiction, now, counted),
        _satisfaction(jurisdiction),
    ]
    return {row.code: row for row in rows}


def _source() -> str:
    return gettext("counted by this service")


def _percent(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(str(round(share * 100, 6)))


def _received(figure: Figure) -> Decimal | None:
    return None if figure.received is None else Decimal(figure.received)


def _improved(figure: Figure) -> Decimal | None:
    """Made of two figures, published or counted: only as exact as it is read."""
    share = _percent(figure.share)
    return None if share is None else round(share, 1)


def _yearly(
    table: Table,
    code: str,
    unit: Unit,
    value_of: Callable[[Figure], Decimal | None],
    *,
    more_is_better: bool | None = None,
) -> Row:
    """A row of the yearly table: published years, then counted ones."""
    values = {}
    for year in table.years:
        figure = table.figure(year.year, ALL)
        values[year.year] = Value(
            value=value_of(figure),
            kind=Kind(year.kind),
            source=year.source,
            note=localised(figure.note),
        )
    return Row(
        code=code,
        title=measures.title(code),
        unit=unit,
        decimals=0 if unit == Unit.COUNT else 1,
        values=values,
        more_is_better=more_is_better,
        rule=measures.rule(code),
    )


def _digital(jurisdiction: Jurisdiction, now: datetime, counted: set[str]) -> Row:
    """What came through digital channels, of all that came in here."""
    question = Question(
        filter=Filter(jurisdiction_id=jurisdiction.id),
        by=(Dimension.CHANNEL,),
        measures=("received",),
    )
    digital: dict[str, int] = defaultdict(int)
    every: dict[str, int] = defaultdict(int)
    for found in figures(question, now=now):
        channel, count = found.keys[Dimension.CHANNEL], found.values["received"]
        if channel in {TOTAL, Channel.IMPORT} or found.period not in counted:
            continue
        every[found.period] += int(count or 0)
        digital[found.period] += int(count or 0) if channel in DIGITAL else 0
    values = {
        year: _percent(digital[year] / every[year]) if every[year] else None for year in counted
    }
    return Row(
        code="digital_share",
        title=gettext("Share reported through digital channels"),
        unit=Unit.PERCENT,
        decimals=1,
        values=_counted(values),
        more_is_better=True,
        band=DIGITAL_BAND,
        rule=gettext(
            "Of the reports received in the year: the share that came by the web form or from another system. "
            "Reports that were imported later are left out. The line is at 90 per cent."
        ),
    )


def _answered(jurisdiction: Jurisdiction, now: datetime, counted: set[str]) -> Row:
    code = "answered_in_time_share"
    question = Question(filter=Filter(jurisdiction_id=jurisdiction.id), measures=(code,))
    found = {row.period: row.values[code] for row in figures(question, now=now)}
    return Row(
        code=MeasuredBy.ANSWERED_IN_TIME,
        title=measures.title(code),
        unit=Unit.PERCENT,
        decimals=1,
        values=_counted({year: _percent(found.get(year)) for year in counted}),
        more_is_better=True,
        rule=measures.rule(code),
    )


def _counted(values: Mapping[str, Decimal | None]) -> dict[int, Value]:
    return {
        int(year): Value(value=value, kind=Kind.COUNTED, source=_source())
        for year, value in sorted(values.items())
    }


def _satisfaction(jurisdiction: Jurisdiction) -> Row:
    """The mean of the marks; of few it is hidden."""
    values = {
        row.year: Value(
            value=None if row.mean is None else Decimal(str(round(row.mean, 6))),
            kind=Kind.COUNTED,
            source=_source(),
            is_hidden=row.is_hidden,
        )
        for row in totals(satisfaction(Filter(jurisdiction_id=jurisdiction.id)))
    }
    return Row(
        code=MeasuredBy.SATISFACTION,
        title=gettext("Satisfaction with how it went, mean mark"),
        unit=Unit.SCORE,
        decimals=1,
        values=values,
        more_is_better=True,
        rule=gettext(
            "The mean of the marks from 1 to 6 that reporters gave after their report was closed, in the year "
            "it was received. Fewer than four marks are not shown."
        ),
    )
