"""What the scorecard reads of indicators."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from app.database import session
from app.statistics.models import POPULATION, Indicator, IndicatorSeries


def series_of(jurisdiction_id: int) -> list[tuple[IndicatorSeries, Sequence[Indicator]]]:
    """The series in their order, each with its figures of the whole municipality, by year.

    Not the number of inhabitants: it is what rates are made with.
    """
    whole = select(Indicator).where(
        Indicator.jurisdiction_id == jurisdiction_id, Indicator.district_code.is_(None)
    )
    figures: dict[int, list[Indicator]] = defaultdict(list)
    for figure in session().scalars(whole.order_by(Indicator.year)):
        figures[figure.series_id].append(figure)
    query = (
        select(IndicatorSeries)
        .where(
            IndicatorSeries.jurisdiction_id == jurisdiction_id, IndicatorSeries.code != POPULATION
        )
        .order_by(IndicatorSeries.rank, IndicatorSeries.code)
    )
    return [(one, figures[one.id]) for one in session().scalars(query)]
