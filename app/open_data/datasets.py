"""The datasets: each is described once here, and every format, page and catalogue comes from that."""

from collections.abc import Mapping

from app.open_data.columns import Column, Dataset, Format, Kind, Part
from app.open_data.cubes import FIGURES, YEARLY
from app.open_data.indicators import INDICATORS
from app.open_data.opinions import SATISFACTION
from app.open_data.reports import SERVICE_REQUESTS
from app.open_data.sealed import REVISIONS, SEALED_YEARS
from app.open_data.tables import DEPARTMENTS, DISTRICTS, PLANNED_WORK, SERVICES

__all__ = ["DATASETS", "Column", "Dataset", "Format", "Kind", "Part"]

DATASETS: Mapping[str, Dataset] = {
    dataset.code: dataset
    for dataset in (
        YEARLY,
        FIGURES,
        INDICATORS,
        SATISFACTION,
        SERVICE_REQUESTS,
        SERVICES,
        DEPARTMENTS,
        DISTRICTS,
        PLANNED_WORK,
        SEALED_YEARS,
        REVISIONS,
    )
}
"""By code, in the order in which they are listed."""
