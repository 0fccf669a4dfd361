"""Creating and updating departments from departments.yaml."""

from pathlib import Path

from sqlalchemy import select, update

from app.database import session
from app.departments.models import Department
from app.departments.schemas import DepartmentSchema
from app.jurisdictions.merge import merge, out_of_use
from app.jurisdictions.setup_files import BrokenSetup, read_yaml

TAKEN = ("code", "name", "kind", "receives", "email", "webhook_url")
"""What is stored as it stands in the file."""


def load(folder: Path, jurisdiction_id: int) -> list[str]:
    """Bring the departments in line with the file; a line for each change.

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
    return merge(
        "department", {row.code: row for row in stored}, wanted, Department, retire=out_of_use
    )
