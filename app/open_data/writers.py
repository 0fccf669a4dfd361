"""A dataset in a format: the one way that downloads, exports and the nightly files share."""

from collections.abc import Iterator

from app.open_data import (
    csv_writer,
    geopackage_writer,
    json_stat_writer,
    json_writer,
    parquet_writer,
)
from app.open_data.columns import Format
from app.open_data.extract import Extract

MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSON: "application/json",
    Format.JSON_STAT: "application/json",
    Format.GEOJSON: "application/geo+json",
    Format.GEOPACKAGE: "application/geopackage+sqlite3",
    Format.PARQUET: "application/vnd.apache.parquet",
}
NAMES = {
    Format.CSV: "CSV",
    Format.JSON: "JSON",
    Format.JSON_STAT: "JSON-stat 2.0",
    Format.GEOJSON: "GeoJSON",
    Format.GEOPACKAGE: "GeoPackage",
    Format.PARQUET: "Parquet",
}


def chunks(found: Extract, wanted: Format, *, excel: bool = False) -> Iterator[bytes]:
    """The file, little by little. An error on the way is raised, so that nobody takes a part for the whole."""
    match wanted:
        case Format.CSV:
            return csv_writer.chunks(found, excel=excel)
        case Format.JSON:
            return json_writer.chunks(found)
        case Format.JSON_STAT:
            return json_stat_writer.chunks(found)
        case Format.GEOJSON:
            return json_writer.geojson(found)
        case Format.GEOPACKAGE:
            return geopackage_writer.chunks(found)
        case Format.PARQUET:
            return parquet_writer.chunks(found)
