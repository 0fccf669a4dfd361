"""Creating and updating a municipality from its set-up files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, unary_union
from shapely.geometry import mapping
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.database import session
from app.geo.crs import UnknownSystem, of_geojson
from app.geo.files import BrokenFile, features, missing_columns, read_json, text_of
from app.geo.positions import Position
from app.geo.shapes import BrokenShape, as_column, multipolygon
from app.jurisdictions import districts, queries
from app.jurisdictions.merge import merge
from app.jurisdictions.models import Jurisdiction, KnownMunicipality, Place
from app.jurisdictions.schemas import MunicipalitySchema, PlaceSchema, as_columns
from app.jurisdictions.setup_files import BrokenSetup, read_csv, read_geojson, read_yaml

FETCHED = "Kartverket"
"""How the source of a boundary begins that `replace_boundary` stored;
the folder's coarse one does not undo it.
"""

CHANGED_IN_THE_BROWSER = ("contact_email", "contact_phone", "emergency_numbers")
NUMBERS = ("number", "kommunenummer")
NAMES = ("name", "navn", "kommunenavn")


def load(folder: Path, *, force: bool = False) -> tuple[Jurisdiction, list[str]]:
    """Create or update the municipality from municipality.yaml, boundary.geojson and places.csv, with its
    districts where there is a districts.geojson.

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
    _refuse_what_is_taken(values)
    stored = queries.by_number(number)
    if stored is not None and stored.boundary_source.startswith(FETCHED):
        del values["boundary"], values["boundary_source"]
    kept = stored is not None and stored.contact_version > 1 and not force
    for name in CHANGED_IN_THE_BROWSER if kept else ():
        del values[name]
    lines = merge(
        "municipality", {number: stored} if stored else {}, {number: values}, Jurisdiction
    )
    jurisdiction = (
        session().scalars(select(Jurisdiction).where(Jurisdiction.number == number)).one()
    )
    lines += _load_places(jurisdiction, places)
    return jurisdiction, lines + districts.load(folder, jurisdiction.id)


def _refuse_what_is_taken(values: Mapping[str, Any]) -> None:
    """:raises BrokenSetup: another municipality has the slug, the prefix of numbers, or a host name."""
    faults = []
    for other in queries.all_jurisdictions():
        if other.number == values["number"]:
            continue
        taken = [name for name in ("slug", "number_prefix") if getattr(other, name) == values[name]]
        faults += [f"{name}: {other.number} has {values[name]} already" for name in taken]
        both = sorted({*other.host_names} & {*values["host_names"]})
        faults += [f"host_names: {other.number} has {name} already" for name in both]
    if faults:
        raise BrokenSetup([f"municipality.yaml: {fault}; choose another" for fault in faults])


def without_host_name() -> list[Jurisdiction]:
    """Those that nobody finds by an address of their own, where there are several municipalities."""
    found = queries.all_jurisdictions()
    return [one for one in found if not one.host_names] if len(found) > 1 else []


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


def load_neighbours(path: Path) -> tuple[int, list[str]]:
    """Store name, number and boundary of every municipality in a GeoJSON file; those not in it stay.

    Several features with the same number and name are parts of one municipality.

    :returns: how many the file has, and a line for each that changed.
    :raises BrokenFile: the file, or a feature of it, cannot be used.
    """
    wanted = {
        number: {
            "number": number,
            "name": name,
            "boundary": as_column(multipolygon(mapping(unary_union(parts)))),
            "source": path.name,
        }
        for number, (name, parts) in _municipalities(path).items()
    }
    rows = session().scalars(select(KnownMunicipality).options(undefer(KnownMunicipality.boundary)))
    stored = {row.number: row for row in rows}
    lines = merge("municipality", stored, wanted, KnownMunicipality, retire=lambda row: False)
    return len(wanted), lines


def _municipalities(path: Path) -> dict[str, tuple[str, list[MultiPolygon]]]:
    """Name and parts by number. :raises BrokenFile: what is wrong, feature by feature."""
    content = read_json(path)
    found = features(path, content)
    try:
        system = of_geojson(content)
    except UnknownSystem as fault:
        raise BrokenFile([f"{path.name}: {fault}"]) from fault
    columns = sorted({name for _, feature in found for name in feature["properties"]})
    missing = [
        " or ".join(names) for names in (NUMBERS, NAMES) if not set(names).intersection(columns)
    ]
    if missing:
        raise BrokenFile([missing_columns(path.name, missing, columns)])
    by_number: dict[str, tuple[str, list[MultiPolygon]]] = {}
    faults = []
    for place, feature in found:
        number, name = (_first(feature["properties"], names) for names in (NUMBERS, NAMES))
        if not number or not name:
            faults.append(f"{place}: there is no {'name' if number else 'number'}")
            continue
        number = number.zfill(4) if number.isdigit() else number
        known, parts = by_number.setdefault(number, (name, []))
        if known != name:
            faults.append(f"{place}: {name} has the number {number}, and so has {known}")
        try:
            parts.append(multipolygon(feature, system))
        except (BrokenShape, UnknownSystem) as fault:
            faults.append(f"{place}: {name}: {fault}")
    if faults:
        raise BrokenFile(faults)
    return by_number


def _first(properties: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := text_of(properties.get(name)))), None)


def one_import_at_a_time(jurisdiction_id: int) -> None:
    """Wait for other imports for this municipality, and keep later ones waiting until the transaction ends.

    Reports are not held up: they only refer to the municipality's row.
    """
    row = select(Jurisdiction.id).where(Jurisdiction.id == jurisdiction_id)
    session().execute(row.with_for_update(key_share=True))
