"""How many people live here, by year: what rates are made with."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from app.database import session
from app.statistics.models import POPULATION, Indicator, IndicatorSeries
from app.statistics.questions import NONE, TOTAL


def population(jurisdiction_id: int) -> Mapping[tuple[int, str | None], Decimal]:
    """Inhabitants by year and district code; None is the whole municipality. Years without are left out."""
    query = (
        select(Indicator.year, Indicator.district_code, Indicator.value)
        .join(IndicatorSeries, IndicatorSeries.id == Indicator.series_id)
        .where(
            Indicator.jurisdiction_id == jurisdiction_id,
            IndicatorSeries.code == POPULATION,
            Indicator.value > 0,
        )
    )
    return {(year, code): value for year, code, value in session().execute(query) if value}


def inhabitants(
    people: Mapping[tuple[int, str | None], Decimal],
    year: int,
    district: str | None,
    selected: tuple[str, ...],
) -> Decimal | None:
    """Who lives where the reports of a figure can come from; None where that is not known.

    :param district: the row's district, `total` or None when it is not divided by district.
    :param selected: the districts that the filter holds to; empty: the whole municipality.
    """
    if district not in {None, TOTAL}:
        return people.get((year, district))
    if not selected:
        return people.get((year, None))
    if NONE in selected:
        return None
    parts = [people.get((year, code)) for code in selected]
    return sum(filter(None, parts), Decimal(0)) if all(parts) else None
