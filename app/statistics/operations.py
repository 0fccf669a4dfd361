"""Importing published figures and folding the ledger."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.database import session
from app.i18n import LANGUAGES
from app.jurisdictions.merge import merge
from app.jurisdictions.setup_files import BrokenSetup, read_csv
from app.statistics import queries
from app.statistics.models import HistoricCount
from app.statistics.schemas import HistoricCountSchema


def load(folder: Path, jurisdiction_id: int) -> list[str]:
    """Bring the imported figures in line with historic_counts.csv; a line for each change.

    :raises BrokenSetup: the file is wrong, or a figure stands twice.
    """
    file = read_csv(folder / "historic_counts.csv", HistoricCountSchema())
    wanted: dict[str, dict[str, Any]] = {}
    for line, row in enumerate(file.content, 2):
        key = _key(row["year"], row["group"], row["measure"])
        if key in wanted:
            raise BrokenSetup([f"historic_counts.csv:{line}: the figure {key} stands twice"])
        notes = {code: row[f"note_{code}"] for code in LANGUAGES if row[f"note_{code}"]}
        wanted[key] = {
            "jurisdiction_id": jurisdiction_id,
            "year": row["year"],
            "group_code": row["group"],
            "measure": row["measure"],
            "value": row["value"],
            "source": row["source"],
            "note": notes or None,
        }
    query = select(HistoricCount).where(HistoricCount.jurisdiction_id == jurisdiction_id)
    stored = {_key(row.year, row.group_code, row.measure): row for row in session().scalars(query)}
    return merge("figure", stored, wanted, HistoricCount)


def _key(year: int, group_code: str | None, measure: str) -> str:
    return f"{year} {group_code or 'total'} {measure}"


def fold_counts() -> int:
    """Fold what has gathered in the ledger; figures do not change by it. Returns the rows taken."""
    return queries.fold()
