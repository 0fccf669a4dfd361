"""The form that a table is asked for with: its choices, and what is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.statistics import measures
from app.statistics.names import dimension_word, names_of, period_word
from app.statistics.own_table import Asked
from app.statistics.questions import Dimension, Period

Choices = Sequence[tuple[str, str]]
ROWS = tuple(dimension for dimension in Dimension if dimension != Dimension.JURISDICTION)
PICKED = (
    Dimension.GROUP,
    Dimension.DEPARTMENT,
    Dimension.DISTRICT,
    Dimension.ROAD,
    Dimension.CHANNEL,
    Dimension.DEVICE,
)
"""What is chosen with boxes to tick."""
CARRIED = ("bbox", "status")
"""What the form does not show, and takes along."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """Choices are (code, name); the other fields are what is chosen, as text."""

    measures: Choices
    measure: str
    rows: Choices
    by: Sequence[str]
    periods: Choices
    period: str
    years: Choices
    year: str
    start: str
    end: str
    services: Choices
    service: str
    yes_no: Choices
    improved: str
    answered_in_time: str
    picks: Sequence[tuple[str, str, Choices, Sequence[str]]]
    carried: Mapping[str, str]


def form(
    jurisdiction: Jurisdiction, asked: Asked, query: Mapping[str, str], years: Sequence[int]
) -> Form:
    """The form as it stands after a query, one text for each name."""
    anything = [("", gettext("All"))]
    services = query.get("service", "")
    several = [(services, services.replace(",", ", "))] if "," in services else []
    return Form(
        measures=[(measure.code, measures.title(measure.code)) for measure in measures.MEASURES],
        measure=asked.measure,
        rows=[("", gettext("Nothing")), *((by.value, dimension_word(by)) for by in ROWS)],
        by=asked.by,
        periods=[(period.value, period_word(period)) for period in Period],
        period=asked.period,
        years=[("", gettext("All years")), *((str(year), str(year)) for year in years)],
        year=query.get("year", ""),
        start=query.get("from", "")[:10],
        end=query.get("to", "")[:10],
        services=[*anything, *several, *names_of(jurisdiction, Dimension.SERVICE).items()],
        service=services,
        yes_no=[*anything, ("true", gettext("Yes")), ("false", gettext("No"))],
        improved=query.get("improved", ""),
        answered_in_time=query.get("answered_in_time", ""),
        picks=[
            (
                dimension.value,
                dimension_word(dimension),
                [*names_of(jurisdiction, dimension).items()],
                [part.strip() for part in query.get(dimension.value, "").split(",")],
            )
            for dimension in PICKED
        ],
        carried={name: query[name] for name in CARRIED if name in query},
    )
