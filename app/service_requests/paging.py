"""The cursor of keyset paging, as it travels in links. Opaque to callers."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from app.service_requests.filter import Cursor, NearCursor


def write_cursor(cursor: Cursor | NearCursor) -> str:
    """The cursor for a `next` link."""
    place = cursor.metres if isinstance(cursor, NearCursor) else cursor.requested_at.isoformat()
    return urlsafe_b64encode(f"{place} {cursor.id}".encode()).decode().rstrip("=")


def read_cursor(written: str) -> Cursor | NearCursor:
    """The cursor from a link. :raises ValueError: it is not one of ours."""
    try:
        text = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
        place, key = text.split(" ")
        number = int(key)
        found = _cursor(place, number)
    except (ValueError, UnicodeDecodeError) as fault:
        raise ValueError("follow the next link as it is given") from fault
    if not 0 <= number < 2**63:
        raise ValueError("follow the next link as it is given")
    return found


def _cursor(place: str, number: int) -> Cursor | NearCursor:
    if "-" in place[1:] and ":" in place:
        moment = datetime.fromisoformat(place)
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return Cursor(requested_at=moment, id=number)
    metres = float(place)
    if not math.isfinite(metres) or metres < 0:
        raise ValueError("not a distance")
    return NearCursor(metres=metres, id=number)
