"""Every dataset in every format, read back by a reader of somebody else."""

import csv
import io
import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from geoalchemy2.shape import from_shape
from pyjstat import pyjstat

from app.database import transaction
from app.i18n import force_locale
from app.jurisdictions.models import District
from app.open_data.columns import HIDDEN, Column, Dataset, Format, Kind, Part
from app.open_data.datasets import DATASETS
from app.open_data.extract import extract, moment
from app.open_data.writers import chunks
from app.planned_work.models import PlannedWork
from app.service_requests.additions import Satisfaction
from app.service_requests.filter import Filter
from app.service_requests.status import Status
from app.statistics.models import FigureRevision, Indicator, IndicatorSeries, SealedYear
from tests.factories import GRIP, HARBOUR, TOWN, actor, changed, staff, submitted
from tests.kept import put_back

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SQUARE = shapely.MultiPolygon([shapely.box(7.70, 63.10, 7.76, 63.13)])
EVERY = [(code, wanted) for code, found in DATASETS.items() for wanted in found.formats]


@pytest.fixture
def filled(jurisdiction):
    """Something in every dataset, much of it empty or odd."""
    with put_back(District, IndicatorSeries, Indicator):
        _fill(jurisdiction)
        yield jurisdiction


def _fill(jurisdiction):
    crew = actor(staff(jurisdiction))
    with transaction() as current:
        current.query(District).delete()
        current.add(
            District(
                jurisdiction_id=jurisdiction.id,
                code="town",
                rank=1,
                name={"nb": "=Byen", "en": "The town"},
                source="drawn",
                area=from_shape(SQUARE, 4326),
            )
        )
    for day, at in enumerate((TOWN, HARBOUR, GRIP)):
        submitted(jurisdiction, now=NOW - timedelta(days=day * 40), position=at)
    fixed = submitted(jurisdiction, now=NOW - timedelta(days=5, hours=3))
    changed(fixed, Status.FIXED, crew, led_to_improvement=True, now=NOW - timedelta(days=1))
    with transaction() as current:
        series = IndicatorSeries(
            jurisdiction_id=jurisdiction.id,
            code="calls",
            rank=1,
            name={"nb": "Telefonsamtaler", "en": "Telephone calls"},
            unit="calls",
        )
        current.add(series)
        current.flush()
        for year, value in ((2016, 64000), (2017, None), (2018, 66012)):
            current.add(
                Indicator(
                    jurisdiction_id=jurisdiction.id,
                    series_id=series.id,
                    year=year,
                    value=value,
                    source="Årsrapport 2018",
                    note={"nb": "@SUM(1+1)"} if value is None else None,
                )
            )
        current.add(
            PlannedWork(
                jurisdiction_id=jurisdiction.id,
                code="pipe",
                title={"nb": 'Nytt rør, "stort"', "en": "New pipe"},
                description={"nb": "Vi graver;\nto linjer", "en": "We dig"},
                area=from_shape(SQUARE, 4326),
                starts_on=date(2026, 6, 1),
                ends_on=date(2026, 7, 1),
            )
        )
        current.add(
            Satisfaction(
                service_request_id=fixed.id,
                jurisdiction_id=jurisdiction.id,
                score=5,
                words="Takk, Synnøve",
                answered_at=NOW,
            )
        )
        current.add(
            SealedYear(
                jurisdiction_id=jurisdiction.id,
                year=2025,
                sealed_at=NOW,
                public_from=NOW - timedelta(days=1),
                content={},
                digest="ab" * 32,
            )
        )
        current.add(
            FigureRevision(
                jurisdiction_id=jurisdiction.id,
                year=2025,
                service_id=fixed.service_id,
                received=-1,
                led_to_improvement=0,
                outcome_unknown=0,
                reason="rejected",
                number=fixed.number,
                occurred_at=NOW,
            )
        )


def rows_of(dataset: Dataset, jurisdiction) -> list[dict]:
    wanted = Filter(jurisdiction_id=jurisdiction.id)
    return [dict(row) for row in dataset.rows(jurisdiction, wanted, None, NOW)]


def written(dataset: Dataset, wanted: Format, jurisdiction, path: Path) -> Path:
    with path.open("wb") as out, force_locale("nb"):
        chosen = Filter(jurisdiction_id=jurisdiction.id)
        out.writelines(chunks(extract(dataset, jurisdiction, chosen, now=NOW), wanted))
    assert path.stat().st_size > 0
    return path


@pytest.mark.parametrize(("code", "wanted"), EVERY, ids=lambda part: str(part))
def test_a_reader_of_somebody_else_finds_the_same_rows(filled, tmp_path, code, wanted):
    dataset = DATASETS[code]
    with force_locale("nb"):
        rows = rows_of(dataset, filled)
    assert rows, "nothing to compare"
    path = written(dataset, wanted, filled, tmp_path / f"file.{wanted}")
    READERS[wanted](dataset, rows, path)


def _read_csv(dataset: Dataset, rows: list[dict], path: Path) -> None:
    raw = path.read_bytes()
    assert raw.count(b"\r\n") == len(rows) + 1
    assert raw.endswith(b"\r\n")
    found = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    frame = pandas.read_csv(path)
    assert len(frame) == len(found) == len(rows)
    for line, row in zip(found, rows, strict=True):
        for column in dataset.columns:
            if column.shape == "Point":
                point = shapely.from_wkb(row[column.code])
                assert (float(line["longitude"]), float(line["latitude"])) == (point.x, point.y)
            else:
                assert line[column.code] == _as_text(column, row[column.code])


def _as_text(column: Column, value) -> str:
    if value is None:
        return ""
    match column.kind:
        case Kind.MOMENT:
            return moment(value)
        case Kind.BOOLEAN:
            return str(value).lower()
        case Kind.GEOMETRY:
            return shapely.to_wkt(shapely.from_wkb(value), rounding_precision=6)
    text = str(value)
    return f"'{text}" if column.kind is Kind.TEXT and text[0] in "=+-@" else text


def _as_json(column: Column, value):
    if value is None:
        return None
    if column.kind is Kind.GEOMETRY:
        return json.loads(shapely.to_geojson(shapely.from_wkb(value)))
    if column.kind is Kind.MOMENT:
        return moment(value)
    return value.isoformat() if column.kind is Kind.DATE else value


def _read_json(dataset: Dataset, rows: list[dict], path: Path) -> None:
    found = json.loads(path.read_text())
    assert found["licence"].endswith("NLOD_2_0")
    assert [column["code"] for column in found["columns"]] == [c.code for c in dataset.columns]
    assert found["rows"] == [
        {column.code: _as_json(column, row[column.code]) for column in dataset.columns}
        for row in rows
    ]


def _read_json_stat(dataset: Dataset, rows: list[dict], path: Path) -> None:
    frame = pyjstat.Dataset.read(path.read_text()).write("dataframe", naming="id")
    axes = [c.code for c in dataset.columns if c.part in {Part.DIMENSION, Part.TIME}]
    metrics = [c.code for c in dataset.columns if c.part is Part.METRIC]
    found = {
        (*tuple(line[axis] for axis in axes), line["measure"]): line["value"]
        for line in frame.to_dict("records")
    }
    for row in rows:
        place = tuple(str(row[axis]) for axis in axes)
        for metric in metrics:
            value = found.pop((*place, metric))
            assert value == row[metric] or (pandas.isna(value) and row[metric] is None)
    assert all(value == 0 or pandas.isna(value) for value in found.values())
    whole = json.loads(path.read_text())
    assert whole["version"] == "2.0"
    assert whole["role"]["metric"] == ["measure"]
    signs = {int(at): sign for at, sign in whole["status"].items()}
    assert set(signs) == {at for at, value in enumerate(whole["value"]) if value is None}
    hides = any(row.get(HIDDEN) for row in rows)
    assert (":" in signs.values()) == hides


def _read_features(dataset: Dataset, rows: list[dict], path: Path) -> None:
    found = json.loads(path.read_text())
    geometry = dataset.geometry
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found  # RFC 7946
    for feature, row in zip(found["features"], rows, strict=True):
        assert feature["id"] == ",".join(str(row[code]) for code in dataset.key)
        assert feature["geometry"] == _as_json(geometry, row[geometry.code])
        others = [column for column in dataset.columns if column is not geometry]
        assert feature["properties"] == {c.code: _as_json(c, row[c.code]) for c in others}
    assert pyogrio.read_info(path)["features"] == len(rows)


def _read_geopackage(dataset: Dataset, rows: list[dict], path: Path) -> None:
    info = pyogrio.read_info(path, layer=dataset.code)
    assert info["crs"] == "EPSG:4326"
    assert info["geometry_type"] == dataset.geometry.shape
    meta, table = pyogrio.read_arrow(path, layer=dataset.code)
    assert meta["geometry_name"] == dataset.geometry.code
    found = table.to_pylist()
    for line, row in zip(found, rows, strict=True):
        for column in dataset.columns:
            name = "wkb_geometry" if column.kind is Kind.GEOMETRY else column.code
            value, wanted = line.get(name, line.get(column.code)), row[column.code]
            if column.kind is Kind.GEOMETRY:
                assert shapely.equals(shapely.from_wkb(value), shapely.from_wkb(wanted))
            elif column.kind is Kind.MOMENT and wanted is not None:
                assert value.replace(tzinfo=UTC) == wanted
            else:
                assert value == wanted
    with sqlite3.connect(path) as database:
        titles = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns"))
    with force_locale("nb"):
        plain = [c for c in dataset.columns if c.kind is not Kind.GEOMETRY]
        assert titles == {c.code: c.title() for c in plain if c.title() != c.code}


def _read_parquet(dataset: Dataset, rows: list[dict], path: Path) -> None:
    table = pq.read_table(path)
    plain = [c.code for c in dataset.columns if c.kind is not Kind.GEOMETRY]
    assert table.select(plain).to_pylist() == [{code: row[code] for code in plain} for row in rows]
    assert len(pandas.read_parquet(path)) == len(rows)
    names = ", ".join(f'"{code}"' for code in dataset.key)
    keys = duckdb.sql(f"SELECT {names} FROM read_parquet('{path}')").fetchall()
    assert keys == [dataset.key_of(row) for row in rows]
    with force_locale("nb"):
        for column in dataset.columns:
            said = table.schema.field(column.code).metadata
            assert said[b"title"].decode() == column.title()
    if dataset.geometry is None:
        return
    geo = json.loads(pq.ParquetFile(path).metadata.metadata[b"geo"])
    place = dataset.geometry.code
    shapes = [shapely.from_wkb(row[place]) for row in rows]
    assert geo["version"] == "1.1.0"
    assert geo["primary_column"] == place
    assert geo["columns"][place]["encoding"] == "WKB"
    assert geo["columns"][place]["bbox"] == pytest.approx(list(shapely.total_bounds(shapes)))
    assert [shapely.from_wkb(value) for value in table[place].to_pylist()] == shapes


READERS = {
    Format.CSV: _read_csv,
    Format.JSON: _read_json,
    Format.JSON_STAT: _read_json_stat,
    Format.GEOJSON: _read_features,
    Format.GEOPACKAGE: _read_geopackage,
    Format.PARQUET: _read_parquet,
}
