"""The map of districts: rates where the number of inhabitants is known, else plain counts, and says which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.charts.ask import Ask
from app.charts.chart import Chart, DataTable, Line, Sign
from app.charts.classes import class_of, edges
from app.charts.findings import Compared, made_of, spread_finding
from app.charts.queries import DistrictShape, district_shapes
from app.charts.rates import RATE, People, people_of_districts
from app.charts.seasons import class_signs
from app.charts.selection_words import period_words
from app.charts.shapes import Area, drawing
from app.charts.words import cell, range_words
from app.i18n import gettext, number
from app.statistics.figures import Dimension, FigureRow, Question, figures
from app.statistics.measures import BY_CODE, title
from app.statistics.table import MISSING
from app.statistics.values import HIDDEN, written

CODE = "kart"


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A district with what is drawn of it."""

    shape: DistrictShape
    row: FigureRow | None
    value: float | None
    text: str


@dataclass(frozen=True, kw_only=True)
class DistrictMap:
    """The chart, and the areas for a map that can be moved."""

    chart: Chart
    areas: Sequence[Area]

    def features(self) -> dict[str, Any]:
        """The areas as a GeoJSON FeatureCollection. EPSG:4326, longitude before latitude."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {
                        "code": area.code,
                        "name": area.name,
                        "text": area.text,
                        "shade": area.shade,
                        "label_at": area.label_at,
                    },
                    "geometry": area.geometry,
                }
                for area in self.areas
            ],
        }


def district_map(ask: Ask, measure: str | None = None) -> DistrictMap | None:
    """None where there are no districts, or no reports. Without a measure: the rate, else the count."""
    shapes = district_shapes(ask.jurisdiction.id)
    if not shapes:
        return None
    people = people_of_districts(ask, [shape.code for shape in shapes])
    shown = measure or (RATE if people.year else "received")
    question = Question(filter=ask.recent, period=None, by=(Dimension.DISTRICT,), with_totals=False)
    rows = {row.keys[Dimension.DISTRICT]: row for row in figures(question, now=ask.now)}
    if all(row.values["received"] == 0 for row in rows.values()):
        return None
    rated = [_rated(shape, rows.get(shape.code), shown, people) for shape in shapes]
    uppers = edges((one.value for one in rated), _step(shown, rated))
    areas = [
        Area(
            code=one.shape.code,
            name=one.shape.name,
            geometry=one.shape.geometry,
            label_at=one.shape.label_at,
            text=one.text,
            shade=class_of(one.value, uppers),
        )
        for one in rated
    ]
    subject = f"{title(shown)}, {period_words(ask)}"
    pairs = [(one.shape.name, one.value) for one in rated]
    chart = Chart(
        code=CODE,
        subject=subject,
        finding=spread_finding(
            shown,
            [_compared(one, shown) for one in rated],
            otherwise=gettext("%(measure)s, district by district", measure=title(shown)),
        ),
        description=gettext("A map of the districts, the darker the higher.")
        + " "
        + range_words(pairs, [one.text for one in rated]),
        wide=drawing(areas, is_narrow=False),
        narrow=drawing(areas, is_narrow=True),
        signs=_signs(uppers, shown, areas),
        table=DataTable(
            caption=subject,
            head=_head(shown),
            lines=[
                Line(
                    label=one.shape.name,
                    cells=_cells(one, shown, people),
                    code=one.shape.code,
                    shade=area.shade,
                    behind=ask.behind(question, one.row, "received")
                    if one.row and shown not in one.row.hidden
                    else None,
                )
                for one, area in zip(rated, areas, strict=True)
            ],
        ),
        notes=_notes(shown, people, rows.get("none")),
    )
    return DistrictMap(chart=chart, areas=areas)


def _rated(shape: DistrictShape, row: FigureRow | None, measure: str, people: People) -> Rated:
    if measure == RATE:
        value = people.rate(row, shape.code)
        is_hidden = row is not None and "received" in row.hidden
        text = written(RATE, value, is_hidden=is_hidden)
        return Rated(shape=shape, row=row, value=value, text=text)
    empty = 0 if BY_CODE[measure].is_count else None
    value = row.values[measure] if row else empty
    return Rated(shape=shape, row=row, value=value, text=cell(row, measure))


def _step(measure: str, rated: Sequence[Rated]) -> float:
    """The smallest step between two classes that can be read from the legend."""
    if BY_CODE[measure].is_count:
        return 1
    if measure.endswith("_share"):
        return 0.01
    return 1 if max((one.value or 0 for one in rated), default=0) >= 10 else 0.1


def _signs(uppers: list[float], measure: str, areas: Sequence[Area]) -> list[Sign]:
    texts = {upper: written(measure, upper) for upper in uppers}
    signs = class_signs(uppers, None if BY_CODE[measure].is_count else texts)
    if any(area.shade == 0 for area in areas):
        signs = [Sign(kind="shade-0", text=gettext("none, or no number")), *signs]
    return signs


def _head(measure: str) -> list[str]:
    head = [title(measure)]
    if measure == RATE:
        head += [title("received"), gettext("Inhabitants")]
    elif measure != "received":
        head.append(gettext("Number"))
    return head


def _cells(one: Rated, measure: str, people: People) -> list[str]:
    if measure == RATE:
        lived = people.count.get(one.shape.code)
        return [
            one.text,
            cell(one.row, "received"),
            MISSING if lived is None else number(float(lived)),
        ]
    if measure == "received":
        return [one.text]
    count = made_of(one.row, measure)
    return [one.text, HIDDEN if count is None else number(count)]


def _compared(one: Rated, measure: str) -> Compared:
    return Compared(
        name=one.shape.name, value=one.value, text=one.text, behind=made_of(one.row, measure)
    )


def _notes(measure: str, people: People, elsewhere: FigureRow | None) -> list[str]:
    notes = []
    if measure == RATE and people.year:
        notes.append(
            gettext("Rates are made with the number of inhabitants of %(year)s.", year=people.year)
        )
    elif measure == RATE:
        notes.append(gettext("We do not know how many people live in each district."))
    elif BY_CODE[measure].is_count:
        notes.append(
            gettext("These are plain counts: where more people live or pass, more is reported.")
        )
    if elsewhere:
        notes.append(
            gettext("Outside the districts: %(count)s.", count=cell(elsewhere, "received"))
        )
    return notes
