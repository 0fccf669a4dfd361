"""The cursor of keyset paging, as it travels in links. Opaque to callers."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from app.service_requests.filter import Cursor


def write_cursor(cursor: Cursor) -> str:
    """The cursor for a `next` link."""
    return (
        urlsafe_b64encode(f"{cursor.requested_at.isoformat()} {cursor.id}".encode())
        .decode()
        .rstrip("=")
    )


def read_cursor(written: str) -> Cursor:
    """The cursor from a link. :raises ValueError: it is not one of ours."""
    try:
        text = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
        moment, key = text.split(" ")
        requested_at, number = datetime.fromisoformat(moment), int(key)
    except (ValueError, UnicodeDecodeError) as fault:
        raise ValueError("follow the next link as it is given") from fault
    if requested_at.tzinfo is None or not 0 <= number < 2**63:
        raise ValueError("follow the next link as it is given")
    return Cursor(requested_at=requested_at, id=number)
