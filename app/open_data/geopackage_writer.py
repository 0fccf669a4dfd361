"""GeoPackage: written to a file first, since its pages are not in the order in which rows come."""

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pyarrow as pa
import pyogrio

from app.open_data import arrow
from app.open_data.extract import Extract

CHUNK = 256 * 1024
PREFIX = "melde-geopackage-"
LONGEST = timedelta(days=1)
"""What is older than this was left by a process that was killed."""


def write(extract: Extract, path: Path) -> None:
    """The layer, named by the dataset's code, EPSG:4326."""
    geometry = extract.dataset.geometry
    if geometry is None:
        raise ValueError(f"{extract.dataset.code} has no geometry")
    wanted = arrow.schema(extract, for_gdal=True)
    reader = pa.RecordBatchReader.from_batches(wanted, arrow.batches(extract, wanted))
    pyogrio.write_arrow(
        reader,
        path,
        layer=extract.dataset.code,
        driver="GPKG",
        geometry_name=geometry.code,
        geometry_type=geometry.shape,
        crs="EPSG:4326",
        layer_options={
            "IDENTIFIER": extract.title,
            "DESCRIPTION": extract.description,
            "GEOMETRY_NAME": geometry.code,
        },
    )


def chunks(extract: Extract) -> Iterator[bytes]:
    """The file. The first part comes when all rows are written."""
    with TemporaryDirectory(prefix=PREFIX) as folder:
        path = Path(folder) / f"{extract.dataset.code}.gpkg"
        write(extract, path)
        with path.open("rb") as file:
            while part := file.read(CHUNK):
                yield part


def remove_left() -> int:
    """Remove the folders that killed processes left on this machine's disk; how many. Again is harmless."""
    oldest, gone = time.time() - LONGEST.total_seconds(), 0
    for folder in Path(gettempdir()).glob(f"{PREFIX}*"):
        try:
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder)
                gone += 1
        except FileNotFoundError:
            continue  # another process was first
    return gone
