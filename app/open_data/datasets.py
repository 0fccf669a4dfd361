"""The datasets: each is described once here, and every format, page and catalogue comes from that."""

from collections.abc import Mapping

from app.open_data.columns import Column, Dataset, Format, Kind, Part
from app.open_data.reports import SERVICE_REQUESTS

__all__ = ["DATASETS", "Column", "Dataset", "Format", "Kind", "Part"]

DATASETS: Mapping[str, Dataset] = {dataset.code: dataset for dataset in (SERVICE_REQUESTS,)}
"""By code, in the order in which they are listed."""
