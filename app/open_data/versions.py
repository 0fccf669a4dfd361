"""Which version of the public data there is: what ETags are made of."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from app.database import session
from app.open_data.columns import Dataset
from app.open_data.models import PublicChange

FORM = "1"
"""To be raised by a release that writes the same data in another way."""
_FOLD = text("""
WITH gone AS (DELETE FROM public_change RETURNING changes)
INSERT INTO public_change (changes) SELECT sum(changes) FROM gone HAVING count(*) > 0
""")


def version() -> int:
    """A number that grows whenever public data has changed; the same as long as nothing was committed."""
    return int(session().scalar(select(func.coalesce(func.sum(PublicChange.changes), 0))) or 0)


def fold() -> None:
    """Add the changes up in one row; the version stays the same."""
    session().execute(_FOLD)


def tag(dataset: Dataset, question: str, zone: str, now: datetime, *, is_late: bool = False) -> str:
    """The version of an answer. Ask before its rows: then it is never newer than they are.

    :param question: everything that the answer depends on but the data: address, language.
    :param is_late: whether the question itself is about what time it is.
    """
    parts = [FORM, str(version()), question]
    if dataset.by_clock or is_late:
        local = now.astimezone(ZoneInfo(zone))
        parts.append(
            local.strftime("%Y-%m-%d %H:%M" if is_late or dataset.by_minute else "%Y-%m-%d")
        )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
