"""GeoPackage: written to a file first, since its pages are not in the order in which rows come."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyogrio

from app.open_data import arrow
from app.open_data.extract import Extract

CHUNK = 256 * 1024


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
    with TemporaryDirectory(prefix="melde-geopackage-") as folder:
        path = Path(folder) / f"{extract.dataset.code}.gpkg"
        write(extract, path)
        with path.open("rb") as file:
            while part := file.read(CHUNK):
                yield part
