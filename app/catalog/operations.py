"""Creating and updating the catalogue from services.yaml."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.catalog import search
from app.catalog.models import Service, ServiceGroup, ServiceQuestion
from app.catalog.schemas import ServiceGroupSchema
from app.database import session
from app.jurisdictions.merge import merge, out_of_use
from app.jurisdictions.setup_files import BrokenSetup, SetupFile, read_yaml
from app.setup_log.operations import keep_edited


def load(folder: Path, jurisdiction_id: int, *, force: bool = False) -> list[str]:
    """Bring groups and services in line with the file; a line for each change.

    Services that were changed in the browser stay with their questions, unless forced.

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
    rows = {group.code: group for group in stored}
    for row in rows.values() if force else ():
        row.is_edited = False
    lines = keep_edited("group", rows, groups, always=("rank",))
    lines += merge("group", rows, groups, ServiceGroup)
    lines += _load_services(file.content, jurisdiction_id, force=force)
    lines += _load_questions(file.content, jurisdiction_id, force=force)
    search.rebuild(jurisdiction_id)
    return lines


def _load_services(groups: list[dict[str, Any]], jurisdiction_id: int, *, force: bool) -> list[str]:
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
            columns = {name: value for name, value in service.items() if name != "questions"}
            wanted[service["code"]] = columns | place | {"is_active": True}
    stored = (
        session().scalars(select(Service).where(Service.jurisdiction_id == jurisdiction_id)).all()
    )
    rows = {row.code: row for row in stored}
    for row in rows.values() if force else ():
        row.is_edited = False
    kept = [] if force else keep_edited("service", rows, wanted)
    return kept + merge("service", rows, wanted, Service, retire=out_of_use)


def _load_questions(
    groups: list[dict[str, Any]], jurisdiction_id: int, *, force: bool
) -> list[str]:
    """Questions left out of the file are asked no more; what was answered to them stays."""
    query = select(Service.code, Service.id).where(Service.jurisdiction_id == jurisdiction_id)
    service_ids = dict(session().execute(query).all())
    wanted = {}
    for service in (service for group in groups for service in group["services"]):
        for rank, question in enumerate(service["questions"], 1):
            wanted[f"{service['code']}.{question['code']}"] = {
                "jurisdiction_id": jurisdiction_id,
                "service_id": service_ids[service["code"]],
                "code": question["code"],
                "rank": rank,
                "kind": question["kind"],
                "is_required": question["required"],
                "is_public": question["public"],
                "is_active": True,
                "label": question["label"],
                "hint": question["hint"],
                "choices": question["choices"],
            }
    rows = session().execute(
        select(Service.code, ServiceQuestion)
        .join(Service, Service.id == ServiceQuestion.service_id)
        .where(ServiceQuestion.jurisdiction_id == jurisdiction_id)
    )
    stored = {f"{service_code}.{row.code}": row for service_code, row in rows}
    if not force:
        edited = _edited_services(jurisdiction_id)
        wanted = {key: row for key, row in wanted.items() if key.split(".")[0] not in edited}
        stored = {key: row for key, row in stored.items() if key.split(".")[0] not in edited}
    return merge("question", stored, wanted, ServiceQuestion, retire=out_of_use)


def _edited_services(jurisdiction_id: int) -> set[str]:
    query = select(Service.code).where(
        Service.jurisdiction_id == jurisdiction_id, Service.is_edited
    )
    return set(session().scalars(query))


def _check(file: SetupFile, stored_groups: set[str]) -> None:
    seen: set[str] = set()
    faults = []
    for at, group in enumerate(file.content):
        codes: list[tuple[str, tuple[str | int, ...]]] = [(group["code"], (at, "code"))]
        codes += [
            (item["code"], (at, "services", index, "code"))
            for index, item in enumerate(group["services"])
        ]
        faults += [
            fault
            for index, item in enumerate(group["services"])
            for fault in _twice(file, item["questions"], (at, "services", index, "questions"))
        ]
        for code, place in codes:
            if code in seen:
                faults.append(file.fault(f"the code {code} stands twice", *place))
            seen.add(code)
    for code in sorted(stored_groups - seen):
        faults.append(file.fault(f"the group {code} has been in use and cannot be left out"))
    if faults:
        raise BrokenSetup(faults)


def _twice(
    file: SetupFile, questions: list[dict[str, Any]], place: tuple[str | int, ...]
) -> list[str]:
    codes = [question["code"] for question in questions]
    return [
        file.fault(f"the question {code} stands twice", *place, index, "code")
        for index, code in enumerate(codes)
        if code in codes[:index]
    ]
