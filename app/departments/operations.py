"""Creating and updating departments from departments.yaml."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from app.database import session
from app.departments import queries
from app.departments.models import Department
from app.departments.schemas import DepartmentSchema
from app.errors import Conflict, Invalid, NotFound
from app.i18n import gettext, localised
from app.jurisdictions.merge import merge, out_of_use
from app.jurisdictions.setup_files import BrokenSetup, read_yaml
from app.setup_log.models import Kind
from app.setup_log.operations import keep_edited, note, touch

TAKEN = ("code", "name", "kind", "receives", "email", "webhook_url")
"""What is stored as it stands in the file."""


def load(folder: Path, jurisdiction_id: int, *, force: bool = False) -> list[str]:
    """Bring the departments in line with the file; a line for each change.

    What was changed in the browser stays, unless forced; only the first line is always the file's.

    :raises BrokenSetup: the file is wrong, a code stands twice, or not exactly one is the first line.
    """
    file = read_yaml(folder / "departments.yaml", DepartmentSchema(many=True))
    wanted, faults = {}, []
    for index, item in enumerate(file.content):
        if item["code"] in wanted:
            faults.append(file.fault(f"the code {item['code']} stands twice", index, "code"))
        values = {name: item[name] for name in TAKEN}
        wanted[item["code"]] = values | {
            "jurisdiction_id": jurisdiction_id,
            "is_first_line": item["first_line"],
            "is_active": True,
        }
    if sum(item["first_line"] for item in file.content) != 1:
        faults.append(file.fault("exactly one department has first_line: true"))
    if faults:
        raise BrokenSetup(faults)
    stored = (
        session()
        .scalars(select(Department).where(Department.jurisdiction_id == jurisdiction_id))
        .all()
    )
    first = next(code for code, values in wanted.items() if values["is_first_line"])
    # Give way before the new first line takes its place: the database allows one at a time.
    others = Department.jurisdiction_id == jurisdiction_id, Department.code != first
    session().execute(update(Department).where(*others).values(is_first_line=False))
    rows = {row.code: row for row in stored}
    for row in rows.values() if force else ():
        row.is_edited = False
    kept = [] if force else keep_edited("department", rows, wanted, always=("is_first_line",))
    return kept + merge("department", rows, wanted, Department, retire=out_of_use)


def edit(
    jurisdiction_id: int,
    code: str,
    values: Mapping[str, Any],
    *,
    version: int,
    account_id: int | None,
    now: datetime,
) -> Department:
    """Change a department in the browser; remembered with who and when.

    :raises NotFound: no such department here. :raises OutdatedVersion: somebody was faster.
    :raises Conflict: the first line cannot go out of use.
    """
    found = queries.any_by_code(jurisdiction_id, code, lock=True)
    if found is None:
        raise NotFound(gettext("There is no such department."))
    if found.is_first_line and not values.get("is_active", True):
        raise Conflict(
            gettext("The first line takes what no rule decides. It cannot go out of use.")
        )
    touch(found, version)
    before = {name: getattr(found, name) for name in values}
    for name, value in values.items():
        setattr(found, name, value)
    note(
        jurisdiction_id,
        account_id,
        Kind.DEPARTMENT,
        localised(found.name),
        before,
        values,
        now=now,
    )
    session().flush()
    return found


def add(
    jurisdiction_id: int, values: Mapping[str, Any], *, account_id: int | None, now: datetime
) -> Department:
    """Add a department in the browser. :raises Invalid: the code is taken."""
    if queries.any_by_code(jurisdiction_id, values["code"]) is not None:
        raise Invalid({"code": gettext("Another department has this code.")})
    made = Department(jurisdiction_id=jurisdiction_id, is_edited=True, **values)
    session().add(made)
    session().flush()
    name = localised(made.name)
    note(jurisdiction_id, account_id, Kind.DEPARTMENT, name, None, values, now=now)
    return made
