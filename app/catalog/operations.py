"""Creating and updating the catalogue from services.yaml."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.catalog.models import Service, ServiceGroup
from app.catalog.schemas import ServiceGroupSchema
from app.database import session
from app.jurisdictions.merge import merge, out_of_use
from app.jurisdictions.setup_files import BrokenSetup, SetupFile, read_yaml


def load(folder: Path, jurisdiction_id: int) -> list[str]:
    """Bring groups and services in line with the file; a line for each change.

    :raises BrokenSetup: the file is wrong, a code stands twice, or a stored group is missing.
    """
    file = read_yaml(folder / "services.yaml", ServiceGroupSchema(many=True))
    stored = (
        session()
        .scalars(select(ServiceGroup).where(ServiceGroup.jurisdiction_id == jurisdiction_id))
        .all()
    )
    _check(file, {group.code for group in stored})
    groups = {
        group["code"]: {
            "jurisdiction_id": jurisdiction_id,
            "code": group["code"],
            "rank": rank,
            "name": group["name"],
            "description": group["description"],
        }
        for rank, group in enumerate(file.content, 1)
    }
    lines = merge("group", {group.code: group for group in stored}, groups, ServiceGroup)
    return lines + _load_services(file.content, jurisdiction_id)


def _load_services(groups: list[dict[str, Any]], jurisdiction_id: int) -> list[str]:
    query = select(ServiceGroup.code, ServiceGroup.id).where(
        ServiceGroup.jurisdiction_id == jurisdiction_id
    )
    group_ids = dict(session().execute(query).all())
    wanted = {}
    for group in groups:
        for rank, service in enumerate(group["services"], 1):
            place = {
                "jurisdiction_id": jurisdiction_id,
                "group_id": group_ids[group["code"]],
                "rank": rank,
            }
            wanted[service["code"]] = service | place | {"is_active": True}
    stored = (
        session().scalars(select(Service).where(Service.jurisdiction_id == jurisdiction_id)).all()
    )
    return merge("service", {row.code: row for row in stored}, wanted, Service, retire=out_of_use)


def _check(file: SetupFile, stored_groups: set[str]) -> None:
    seen: set[str] = set()
    faults = []
    for at, group in enumerate(file.content):
        codes: list[tuple[str, tuple[str | int, ...]]] = [(group["code"], (at, "code"))]
        codes += [
            (item["code"], (at, "services", index, "code"))
            for index, item in enumerate(group["services"])
        ]
        for code, place in codes:
            if code in seen:
                faults.append(file.fault(f"the code {code} stands twice", *place))
            seen.add(code)
    for code in sorted(stored_groups - seen):
        faults.append(file.fault(f"the group {code} has been in use and cannot be left out"))
    if faults:
        raise BrokenSetup(faults)
