"""Changing templates. Verbs flush; the caller's `transaction()` commits."""

from datetime import datetime
from pathlib import Path
from typing import Any

from app.catalog.queries import service_by_code, services
from app.database import session
from app.errors import Invalid, OutdatedVersion
from app.i18n import gettext
from app.jurisdictions.setup_files import BrokenSetup, read_yaml
from app.replies import queries
from app.replies.models import ReplyTemplate
from app.replies.schemas import TemplateSchema

FILE = "replies.yaml"


def load(folder: Path, jurisdiction_id: int) -> list[str]:
    """Bring the templates in line with the file; a line for each change. Those changed in the browser stay.

    :raises BrokenSetup: what is wrong, with its line.
    """
    path = folder / FILE
    if not path.exists():
        return []
    wanted = read_yaml(path, TemplateSchema(many=True)).content
    known = {service.code: service.id for service in services(jurisdiction_id)}
    faults = [
        f"{FILE}: {row['code']}: service: there is no {row['service']}"
        for row in wanted
        if row["service"] and row["service"] not in known
    ]
    if faults:
        raise BrokenSetup(faults)
    stored = {row.code: row for row in queries.templates(jurisdiction_id, also_retired=True)}
    lines = []
    for rank, values in enumerate(wanted):
        columns = _columns(values, known.get(values["service"] or "")) | {"rank": rank}
        row = stored.get(values["code"])
        if row is None:
            new = ReplyTemplate(jurisdiction_id=jurisdiction_id, code=values["code"], **columns)
            session().add(new)
            lines.append(f"answer {values['code']}: added")
        elif row.is_edited:
            if _differs(row, columns):
                lines.append(f"answer {row.code}: stays as it was changed in the browser")
        elif _differs(row, columns) or not row.is_active:
            _set(row, columns)
            row.is_active = True
            lines.append(f"answer {row.code}: changed")
    codes = {values["code"] for values in wanted}
    for code, row in stored.items():
        if code not in codes and row.is_active and not row.is_edited:
            row.is_active = False
            lines.append(f"answer {code}: out of use")
    session().flush()
    return lines


def _columns(values: dict[str, Any], service_id: int | None) -> dict[str, Any]:
    return {
        "name": dict(values["name"]),
        "text": dict(values["text"]),
        "service_id": service_id,
        "status": values["status"],
    }


def _differs(row: ReplyTemplate, columns: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in columns.items())


def _set(row: ReplyTemplate, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def save(
    jurisdiction_id: int,
    values: dict[str, Any],
    *,
    version: int,
    account_id: int | None,
    now: datetime,
) -> ReplyTemplate:
    """Make a template, or change the one with the code as it was at `version` (0: there was none).

    :raises Invalid: no such service, or the code is taken.
    :raises OutdatedVersion: someone changed it meanwhile.
    """
    service = None
    if values["service"]:
        service = service_by_code(jurisdiction_id, values["service"])
        if service is None:
            raise Invalid({"service": gettext("There is no such service.")})
    row = queries.template(jurisdiction_id, values["code"])
    if row is None:
        rank = len(queries.templates(jurisdiction_id, also_retired=True))
        row = ReplyTemplate(
            jurisdiction_id=jurisdiction_id, code=values["code"], rank=rank, version=0
        )
        session().add(row)
    elif version == 0:
        raise Invalid({"code": gettext("There is an answer with this code already.")})
    _check_version(row, version)
    _set(row, _columns(values, service.id if service else None))
    _mark(row, account_id, now)
    return row


def retire(
    jurisdiction_id: int,
    code: str,
    *,
    is_active: bool,
    version: int,
    account_id: int | None,
    now: datetime,
) -> ReplyTemplate | None:
    """Take a template out of use, or into use again. :raises OutdatedVersion: it was changed meanwhile."""
    row = queries.template(jurisdiction_id, code)
    if row is None:
        return None
    _check_version(row, version)
    row.is_active = is_active
    _mark(row, account_id, now)
    return row


def _check_version(row: ReplyTemplate, version: int) -> None:
    if (row.version or 0) != version:
        message = gettext("Somebody else has changed this answer since you opened it.")
        raise OutdatedVersion(message, expected=version, actual=row.version)


def _mark(row: ReplyTemplate, account_id: int | None, now: datetime) -> None:
    row.version = (row.version or 0) + 1
    row.is_edited, row.changed_at, row.changed_by_id = True, now, account_id
    session().flush()
