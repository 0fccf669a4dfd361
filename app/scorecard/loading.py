"""Bringing in figures from elsewhere: a file of series, a file of figures. What stands in neither goes."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.database import session
from app.i18n import LANGUAGES
from app.jurisdictions.merge import merge
from app.jurisdictions.models import District
from app.jurisdictions.setup_files import BrokenSetup, SetupFile, read_csv, read_yaml
from app.scorecard.schemas import FigureSchema, SeriesSchema
from app.scorecard.units import Unit
from app.statistics.models import POPULATION, Indicator, IndicatorSeries

SERIES_FILE, FIGURES_FILE = "indicators.yaml", "indicators.csv"


def load(folder: Path, jurisdiction_id: int) -> list[str]:
    """Bring the indicators in line with the folder's two files; a line for each change.

    Without both, what is stored stays.

    :raises BrokenSetup: a file is wrong, or one of the two is missing.
    """
    series, figures = folder / SERIES_FILE, folder / FIGURES_FILE
    if not series.exists() and not figures.exists():
        return []
    return load_files(series, figures, jurisdiction_id)


def load_files(series_path: Path, figures_path: Path, jurisdiction_id: int) -> list[str]:
    """Make a municipality's indicators as the two files say; a line for each change, none when all is so.

    :raises BrokenSetup: a file is wrong; nothing is to be stored then.
    """
    series_file = read_yaml(series_path, SeriesSchema(many=True))
    figures_file = read_csv(figures_path, FigureSchema())
    series = _series(series_file, jurisdiction_id)
    wanted = _figures(figures_file, set(series), _districts(jurisdiction_id))
    kept = {row.code: row for row in _stored_series(jurisdiction_id)}
    going = {code: row for code, row in kept.items() if code not in series}
    lines = merge(
        "series",
        {code: row for code, row in kept.items() if code in series},
        series,
        IndicatorSeries,
    )
    keys = {row.code: row.id for row in _stored_series(jurisdiction_id)}
    values = {
        key: {"jurisdiction_id": jurisdiction_id, "series_id": keys[code], **figure}
        for key, (code, figure) in wanted.items()
    }
    lines += merge("indicator", _stored_figures(jurisdiction_id), values, Indicator)
    return lines + merge("series", going, {}, IndicatorSeries)


def _series(file: SetupFile, jurisdiction_id: int) -> dict[str, dict[str, Any]]:
    """The rows of the series' table, by code."""
    found: dict[str, dict[str, Any]] = {}
    faults = []
    for at, one in enumerate(file.content):
        if one["code"] in found:
            faults.append(file.fault(f"the code {one['code']} stands twice", at, "code"))
        if one["code"] == POPULATION and one["unit"] != Unit.INHABITANTS:
            faults.append(file.fault(f"the unit of {POPULATION} is inhabitants", at, "unit"))
        target = one["target"] or {"best": None, "least": None, "near": None}
        found[one["code"]] = {
            "jurisdiction_id": jurisdiction_id,
            "code": one["code"],
            "rank": at + 1,
            **{
                name: one[name]
                for name in (
                    "name",
                    "description",
                    "unit",
                    "decimals",
                    "more_is_better",
                    "measured_by",
                )
            },
            **{f"target_{end}": target[end] for end in ("best", "least", "near")},
        }
    if faults:
        raise BrokenSetup(faults)
    return found


def _figures(
    file: SetupFile, series: set[str], districts: set[str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """By year and so on, the series' code and the row of the figures' table."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    faults = []
    for at, row in enumerate(file.content):
        key = _key(row["series"], row["year"], row["district"])
        if row["series"] not in series:
            faults.append(file.row_fault(f"there is no series {row['series']}", at))
        if row["district"] is not None and row["district"] not in districts:
            faults.append(file.row_fault(f"there is no district {row['district']}", at))
        if key in found:
            faults.append(file.row_fault(f"the figure {key} stands twice", at))
        notes = {code: row[f"note_{code}"] for code in LANGUAGES if row[f"note_{code}"]}
        found[key] = (
            row["series"],
            {
                "year": row["year"],
                "district_code": row["district"],
                "value": row["value"],
                "source": row["source"],
                "note": notes or None,
            },
        )
    if faults:
        raise BrokenSetup(faults)
    return found


def _key(series: str, year: int, district: str | None) -> str:
    return " ".join(filter(None, (series, str(year), district)))


def _stored_series(jurisdiction_id: int) -> list[IndicatorSeries]:
    query = select(IndicatorSeries).where(IndicatorSeries.jurisdiction_id == jurisdiction_id)
    return list(session().scalars(query))


def _stored_figures(jurisdiction_id: int) -> dict[str, Indicator]:
    query = (
        select(IndicatorSeries.code, Indicator)
        .join(Indicator, Indicator.series_id == IndicatorSeries.id)
        .where(Indicator.jurisdiction_id == jurisdiction_id)
    )
    return {_key(code, row.year, row.district_code): row for code, row in session().execute(query)}


def _districts(jurisdiction_id: int) -> set[str]:
    query = select(District.code).where(District.jurisdiction_id == jurisdiction_id)
    return set(session().scalars(query))
