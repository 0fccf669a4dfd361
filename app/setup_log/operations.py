"""Writing changes down, and keeping what was changed in the browser. Flush; the caller commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.database import session
from app.errors import OutdatedVersion
from app.i18n import gettext
from app.setup_log.models import Editable, SetupChange

Values = Mapping[str, Any]


def note(
    jurisdiction_id: int,
    who_account_id: int | None,
    kind: str,
    subject: str,
    before: Values | None,
    after: Values | None,
    *,
    now: datetime,
) -> SetupChange | None:
    """Write a change down, only with what differs; nothing when nothing does."""
    if before is not None and after is not None:
        names = [name for name in after if before.get(name) != after[name]]
        if not names:
            return None
        before = {name: before.get(name) for name in names}
        after = {name: after[name] for name in names}
    change = SetupChange(
        jurisdiction_id=jurisdiction_id,
        occurred_at=now,
        account_id=who_account_id,
        kind=kind,
        subject=subject,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    session().add(change)
    session().flush()
    return change


def touch(row: Editable, version: int) -> None:
    """Mark a row as changed in the browser. :raises OutdatedVersion: somebody else was faster."""
    if row.version != version:
        detail = gettext(
            "Somebody else has changed this. Look at both, and save again if yours counts."
        )
        raise OutdatedVersion(detail, expected=version, actual=row.version)
    row.version, row.is_edited = version + 1, True


def keep_edited(
    kind: str, stored: Mapping[str, Any], wanted: dict[str, Any], *, always: tuple[str, ...] = ()
) -> list[str]:
    """Take out of `wanted` what would undo changes in the browser; a line for each row that stays.

    :param always: columns that the file decides all the same.
    """
    lines = []
    for key, row in stored.items():
        if not row.is_edited:
            continue
        values = wanted.get(key, {})
        wanted[key] = {name: values[name] for name in always if name in values}
        lines.append(f"{kind} {key}: kept as it was changed in the browser")
    return lines
