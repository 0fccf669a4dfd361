"""Datasets in words: for the JSON interface and for the data dictionary's pages."""

from typing import Any

from app.i18n import localised
from app.jurisdictions.licence import licence_of
from app.jurisdictions.models import Jurisdiction
from app.open_data.columns import Column, Dataset, Kind
from app.open_data.csv_writer import headings
from app.open_data.datasets import DATASETS
from app.open_data.download import parameters
from app.open_data.writers import MEDIA_TYPES, NAMES

THEME = "http://publications.europa.eu/resource/authority/data-theme/"


def address(dataset: Dataset, ending: str = "") -> str:
    """The path of a dataset's description or, with a format, of its file."""
    return f"/api/v1/datasets/{dataset.code}" + (f".{ending}" if ending else "")


def listed(jurisdiction: Jurisdiction) -> list[dict[str, Any]]:
    """All datasets in short."""
    return [_short(dataset, jurisdiction) for dataset in DATASETS.values()]


def _short(dataset: Dataset, jurisdiction: Jurisdiction) -> dict[str, Any]:
    return {
        "code": dataset.code,
        "title": dataset.title(),
        "description": dataset.description(),
        "theme": THEME + dataset.theme,
        "licence": licence_of(jurisdiction).uri,
        "licence_name": licence_of(jurisdiction).name,
        "page": f"/apne-data/{dataset.code}",
        "self": address(dataset),
        "formats": [
            {
                "format": wanted,
                "name": NAMES[wanted],
                "media_type": MEDIA_TYPES[wanted].partition(";")[0],
                "file": address(dataset, wanted),
                "parameters": parameters(dataset, wanted),
            }
            for wanted in dataset.formats
        ],
    }


def described(dataset: Dataset, jurisdiction: Jurisdiction) -> dict[str, Any]:
    """A dataset with all its columns."""
    return {
        **_short(dataset, jurisdiction),
        "publisher": localised(jurisdiction.name),
        "key": list(dataset.key),
        "columns": [_column(column, jurisdiction) for column in dataset.columns],
    }


def _column(column: Column, jurisdiction: Jurisdiction) -> dict[str, Any]:
    return {
        "code": column.code,
        "kind": column.kind,
        "title": column.title(),
        "description": column.description(),
        "unit": column.unit or None,
        "part": column.part,
        "shape": column.shape or None,
        "crs": "EPSG:4326" if column.kind is Kind.GEOMETRY else None,
        "csv": headings([column]),
        "codes": column.codes(jurisdiction) if column.codes else None,
    }
