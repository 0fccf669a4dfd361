"""Pages for those who want the data: the list of datasets, and a dictionary of each."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from app.i18n import gettext
from app.jurisdictions.licence import licence_of
from app.jurisdictions.views import current_jurisdiction
from app.open_data import download
from app.open_data.columns import Column, Dataset, Format, Kind
from app.open_data.csv_writer import headings
from app.open_data.datasets import DATASETS
from app.open_data.described import address
from app.open_data.writers import NAMES
from app.security import ANYONE, visible_to
from app.settings import Settings

blueprint = Blueprint("open_data", __name__)
MOST_CODES = 12
"""So many codes of a column stand open on the page; longer lists are folded."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A column in the dictionary."""

    column: Column
    headings: tuple[str, ...]
    kind: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A way to have a dataset."""

    format: Format
    name: str
    url: str


@blueprint.get("/apne-data")
@visible_to(ANYONE)
def index() -> ResponseReturnValue:
    """The datasets with their formats, the licence, and the other ways to the data."""
    datasets = [(dataset, _links(dataset)) for dataset in DATASETS.values()]
    return render_template(
        "open_data/index.html",
        datasets=datasets,
        licence_name=licence_of(current_jurisdiction()).name,
        licence_page=licence_of(current_jurisdiction()).page,
        today=datetime.now(UTC),
        base_url=_base_url(),
    )


@blueprint.get("/apne-data/<code>")
@visible_to(ANYONE)
def show(code: str) -> ResponseReturnValue:
    """What a dataset holds, how to choose from it, and examples."""
    dataset = download.find(code)
    return render_template(
        "open_data/dataset.html",
        dataset=dataset,
        ways=_links(dataset),
        lines=[_line(column) for column in dataset.columns],
        filters=filters(dataset),
        licence_name=licence_of(current_jurisdiction()).name,
        licence_page=licence_of(current_jurisdiction()).page,
        most_codes=MOST_CODES,
        most_rows=download.MOST,
        base_url=_base_url(),
    )


def _base_url() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return current_jurisdiction().public_url(settings.base_url)


def _links(dataset: Dataset) -> list[Link]:
    return [
        Link(format=wanted, name=NAMES[wanted], url=address(dataset, wanted))
        for wanted in dataset.formats
    ]


def _line(column: Column) -> Line:
    codes = column.codes(current_jurisdiction()) if column.codes else {}
    return Line(
        column=column,
        headings=tuple(headings([column])),
        kind=kind_word(column.kind),
        codes=tuple(codes.items()),
    )


def kind_word(kind: Kind) -> str:
    """What the values of a column are, in words."""
    match kind:
        case Kind.TEXT:
            return gettext("Text")
        case Kind.INTEGER:
            return gettext("Whole number")
        case Kind.NUMBER:
            return gettext("Number")
        case Kind.DATE:
            return gettext("Date")
        case Kind.MOMENT:
            return gettext("Date and time, UTC")
        case Kind.BOOLEAN:
            return gettext("True or false")
        case Kind.GEOMETRY:
            return gettext("Geometry")


def filters(dataset: Dataset) -> list[tuple[str, str]]:
    """The parameters that choose rows, each with what to write."""
    said = {
        "from": gettext("received on this day or later: 2026-01-01"),
        "to": gettext("received before this day: 2026-04-01"),
        "year": gettext("the year: 2026"),
        "service": gettext("codes of services, commas between"),
        "group": gettext("codes of categories, commas between"),
        "status": gettext("codes of statuses, or open, closed; commas between"),
        "department": gettext("codes of departments, commas between"),
        "district": gettext("codes of districts, or none; commas between"),
        "road": gettext("road categories: E, R, F, K, P, S, U, none; commas between"),
        "channel": gettext("how it came in: web, api; commas between"),
        "device": gettext("what it was sent from: phone, tablet, computer, unknown"),
        "improved": gettext("whether it led to improvement: true, false"),
        "answered_in_time": gettext("whether it was answered in time: true, false"),
        "bbox": gettext("west,south,east,north in degrees (EPSG:4326)"),
    }
    return [(name, text) for name, text in said.items() if name in dataset.filters]
