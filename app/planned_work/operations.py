"""Bringing planned work in line with planned_work.geojson."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select

from app.catalog.models import ServiceGroup
from app.database import session
from app.geo.files import BrokenFile, features, read_json
from app.geo.shapes import BrokenShape, as_column, multipolygon
from app.jurisdictions.merge import merge
from app.jurisdictions.setup_files import BrokenSetup
from app.planned_work.models import PlannedWork
from app.planned_work.schemas import PlannedWorkSchema

FILE = "planned_work.geojson"
DEMO = "demo-"
"""How the codes of demo work begin."""
Feature = dict[str, Any]


def load(folder: Path, jurisdiction_id: int, *, force: bool = False) -> list[str]:
    """Bring the stored work in line with the file; a line for each change. Without a file there is none.

    What was made or changed in the browser stays, unless it is forced.

    Demo work stays: it comes and goes with the other demo things.

    :raises BrokenSetup: what is wrong, feature by feature.
    """
    path = folder / FILE
    wanted = columns(_features(path), jurisdiction_id) if path.exists() else {}
    stored = {code: row for code, row in _stored(jurisdiction_id).items() if not _is_demo(code)}
    edited = {} if force else {code: row for code, row in stored.items() if row.is_edited}
    kept = [f"planned work {code}: kept as it was changed in the browser" for code in edited]
    for code in edited:
        wanted.pop(code, None)
    rest = {code: row for code, row in stored.items() if code not in edited}
    return kept + merge("planned work", rest, wanted, PlannedWork)


def replace_demo(found: Sequence[tuple[str, Feature]], jurisdiction_id: int) -> None:
    """Make the demo work these features, each with its place in the file; none takes all away."""
    stored = {code: row for code, row in _stored(jurisdiction_id).items() if _is_demo(code)}
    merge("planned work", stored, columns(found, jurisdiction_id, demo=True), PlannedWork)


def _stored(jurisdiction_id: int) -> dict[str, PlannedWork]:
    query = select(PlannedWork).where(PlannedWork.jurisdiction_id == jurisdiction_id)
    return {row.code: row for row in session().scalars(query)}


def _is_demo(code: str) -> bool:
    return code.startswith(DEMO)


def _features(path: Path) -> list[tuple[str, Feature]]:
    """The file's features. An empty collection is allowed: nothing is planned."""
    try:
        content = read_json(path)
        return [] if content.get("features") == [] else features(path, content)
    except BrokenFile as fault:
        raise BrokenSetup(fault.faults) from fault


def columns(
    found: Sequence[tuple[str, Feature]], jurisdiction_id: int, *, demo: bool = False
) -> dict[str, dict[str, Any]]:
    """Works by code, as columns, from features with their places in the file.

    :raises BrokenSetup: what is wrong, feature by feature.
    """
    groups = _groups(jurisdiction_id)
    wanted: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    for place, feature in found:
        try:
            values = _columns(feature)
        except ValidationError as fault:
            faults += [
                f"{place}: {name}: {_first(said)}" for name, said in fault.messages_dict.items()
            ]
            continue
        except BrokenShape as fault:
            faults.append(f"{place}: {fault}")
            continue
        code, group = values["code"], values.pop("group")
        if code in wanted:
            faults.append(f"{place}: the code {code} stands twice")
        if _is_demo(code) != demo:
            faults.append(f"{place}: codes that begin with {DEMO} are for the demo")
        values |= {"jurisdiction_id": jurisdiction_id, "service_group_id": groups.get(group)}
        wanted[code] = values
    if faults:
        raise BrokenSetup(faults)
    return wanted


def _groups(jurisdiction_id: int) -> dict[str, int]:
    query = select(ServiceGroup.code, ServiceGroup.id).where(
        ServiceGroup.jurisdiction_id == jurisdiction_id
    )
    return dict(session().execute(query).all())


def _columns(feature: Feature) -> dict[str, Any]:
    values: dict[str, Any] = PlannedWorkSchema().load(feature["properties"])
    return values | {"area": as_column(multipolygon(feature))}


def _first(said: Any) -> str:
    """The first sentence of marshmallow's messages for a field."""
    while isinstance(said, dict):
        said = next(iter(said.values()))
    return str(said[0] if isinstance(said, list) else said)
