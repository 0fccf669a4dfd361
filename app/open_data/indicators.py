"""The dataset of indicators: figures that this service does not count itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app.database import session
from app.i18n import lazy_gettext as _l
from app.i18n import localised
from app.jurisdictions.models import Jurisdiction
from app.open_data import codes
from app.open_data.codes import TOTAL
from app.open_data.columns import Column, Dataset, Key, Kind, Part, Row
from app.open_data.cubes import NOTE, SOURCE, with_total
from app.open_data.kept import in_order
from app.service_requests.filter import Filter
from app.statistics.models import Indicator, IndicatorSeries


def _series(jurisdiction: Jurisdiction) -> Sequence[IndicatorSeries]:
    query = (
        select(IndicatorSeries)
        .where(IndicatorSeries.jurisdiction_id == jurisdiction.id)
        .order_by(IndicatorSeries.rank, IndicatorSeries.code)
    )
    return session().scalars(query).all()


def _series_names(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    return {series.code: localised(series.name) for series in _series(jurisdiction)}


def _indicators(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    query = (
        select(Indicator, IndicatorSeries)
        .join(IndicatorSeries, IndicatorSeries.id == Indicator.series_id)
        .where(Indicator.jurisdiction_id == jurisdiction.id)
    )
    if wanted.year is not None:
        query = query.where(Indicator.year == wanted.year)
    rows = [
        {
            "indicator": series.code,
            "year": found.year,
            "district": found.district_code or TOTAL,
            "value": None if found.value is None else float(found.value),
            "unit": series.unit,
            "source": found.source,
            "note": localised(found.note) or None,
        }
        for found, series in session().execute(query)
    ]
    return in_order(rows, ("indicator", "year", "district"), after)


INDICATORS = Dataset(
    code="indicators",
    label=_l("Indicators from elsewhere"),
    meaning=_l(
        "Figures that this service does not count itself, as they were published: telephone calls,"
        " visits, tests and surveys, each with its source."
    ),
    columns=(
        Column(
            code="indicator",
            kind=Kind.TEXT,
            label=_l("Indicator"),
            meaning=_l("What is measured."),
            part=Part.DIMENSION,
            codes=_series_names,
        ),
        Column(
            code="year",
            kind=Kind.INTEGER,
            label=_l("Year"),
            meaning=_l("The year that the figure is for."),
            part=Part.TIME,
        ),
        Column(
            code="district",
            kind=Kind.TEXT,
            label=_l("District"),
            meaning=_l("The part of the municipality, or total."),
            part=Part.DIMENSION,
            codes=with_total(codes.districts, _l("The whole municipality")),
        ),
        Column(
            code="value",
            kind=Kind.NUMBER,
            label=_l("Value"),
            meaning=_l("As published, in the unit beside it. Empty: not measured."),
            part=Part.METRIC,
        ),
        Column(code="unit", kind=Kind.TEXT, label=_l("Unit"), meaning=_l("What the value is in.")),
        SOURCE,
        NOTE,
    ),
    key=("indicator", "year", "district"),
    rows=_indicators,
    is_cube=True,
    filters=frozenset({"year"}),
)
