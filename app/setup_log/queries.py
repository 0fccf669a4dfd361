"""SELECTs over the log."""

from collections.abc import Sequence

from sqlalchemy import select

from app.database import session
from app.setup_log.models import SetupChange


def newest(
    jurisdiction_id: int, *, kind: str | None = None, before: int | None = None, limit: int
) -> Sequence[SetupChange]:
    """The changes, newest first: of one kind, and older than one of them, when these are given."""
    query = select(SetupChange).where(SetupChange.jurisdiction_id == jurisdiction_id)
    if kind:
        query = query.where(SetupChange.kind == kind)
    if before:
        query = query.where(SetupChange.id < before)
    return session().scalars(query.order_by(SetupChange.id.desc()).limit(limit)).all()
