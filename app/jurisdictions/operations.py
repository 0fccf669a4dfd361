"""Creating and updating a municipality from its set-up files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.database import session
from app.geo.positions import Position
from app.geo.shapes import BrokenShape, as_column, multipolygon
from app.jurisdictions import queries
from app.jurisdictions.merge import merge
from app.jurisdictions.models import Jurisdiction, Place
from app.jurisdictions.schemas import MunicipalitySchema, PlaceSchema, as_columns
from app.jurisdictions.setup_files import BrokenSetup, read_csv, read_geojson, read_yaml

FETCHED = "Kartverket"
"""How the source of a boundary begins that `replace_boundary` stored;
the folder's coarse one does not undo it.
"""


def load(folder: Path) -> tuple[Jurisdiction, list[str]]:
    """Create or update the municipality from municipality.yaml, boundary.geojson and places.csv.

    :returns: the municipality, and a line for each thing that changed.
    :raises BrokenSetup: a file is missing or wrong.
    """
    content = read_yaml(folder / "municipality.yaml", MunicipalitySchema()).content
    places = read_csv(folder / "places.csv", PlaceSchema()).content
    values = as_columns(content)
    try:
        values["boundary"] = as_column(multipolygon(read_geojson(folder / "boundary.geojson")))
    except BrokenShape as fault:
        raise BrokenSetup([f"boundary.geojson: {fault}"]) from fault
    number = values["number"]
    stored = queries.by_number(number)
    if stored is not None and stored.boundary_source.startswith(FETCHED):
        del values["boundary"], values["boundary_source"]
    lines = merge(
        "municipality", {number: stored} if stored else {}, {number: values}, Jurisdiction
    )
    jurisdiction = (
        session().scalars(select(Jurisdiction).where(Jurisdiction.number == number)).one()
    )
    return jurisdiction, lines + _load_places(jurisdiction, places)


def _load_places(jurisdiction: Jurisdiction, rows: list[dict[str, Any]]) -> list[str]:
    stored = session().scalars(select(Place).where(Place.jurisdiction_id == jurisdiction.id)).all()
    wanted = {}
    for row in rows:
        at = Position(longitude=row["longitude"], latitude=row["latitude"])
        wanted[row["name"]] = {
            "jurisdiction_id": jurisdiction.id,
            "name": row["name"],
            "kind": row["kind"],
            "position": at.as_column(),
        }
    return merge("place", {place.name: place for place in stored}, wanted, Place)


def replace_boundary(
    jurisdiction: Jurisdiction, geojson: Mapping[str, Any], *, source: str
) -> None:
    """Store another boundary. :raises BrokenShape: it is not an area, or leaves nothing when made valid."""
    jurisdiction.boundary = as_column(multipolygon(geojson))
    jurisdiction.boundary_source = f"{FETCHED}, {source}"
    session().flush()
